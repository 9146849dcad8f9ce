import { testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { resultSet, resultSetRequest } from "./xep0059.ts";

testRoundTrips(resultSetRequest, [
  ["nothing", "<set xmlns='http://jabber.org/protocol/rsm'/>", {}],
  ["a limit (§2.1)", "<set xmlns='http://jabber.org/protocol/rsm'><max>10</max></set>", { max: 10 }],
  ["a wish for the count alone (§2.7)", "<set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set>", { max: 0 }],
  [
    "the next page (§2.2)",
    "<set xmlns='http://jabber.org/protocol/rsm'><max>10</max><after>a1</after></set>",
    { max: 10, after: "a1" },
  ],
  [
    "the page before (§2.3)",
    "<set xmlns='http://jabber.org/protocol/rsm'><max>10</max><before>a1</before></set>",
    { max: 10, before: "a1" },
  ],
  ["the last page (§2.5)", "<set xmlns='http://jabber.org/protocol/rsm'><before/></set>", { before: "" }],
  ["a page by position (§2.6)", "<set xmlns='http://jabber.org/protocol/rsm'><index>371</index></set>", { index: 371 }],
  [
    "both ends",
    "<set xmlns='http://jabber.org/protocol/rsm'><before>b</before><after>a</after></set>",
    { before: "b", after: "a" },
  ],
]);

testReading(resultSetRequest, [
  ["an empty <after/> as the first page", "<set xmlns='http://jabber.org/protocol/rsm'><after/></set>", {}],
  ["a number with blanks (xs:int)", "<set xmlns='http://jabber.org/protocol/rsm'><max> 10\n</max></set>", { max: 10 }],
  ["the largest number", "<set xmlns='http://jabber.org/protocol/rsm'><max>2147483647</max></set>", {
    max: 2147483647,
  }],
  [
    "past children of other namespaces",
    "<set xmlns='http://jabber.org/protocol/rsm'><max xmlns='urn:example'>x</max></set>",
    {},
  ],
]);

testRefusals(
  resultSetRequest,
  ["-1", "1.5", "1e3", "0x10", "ten", "", "2147483648", "9".repeat(400)].map((text) => [
    `a limit of ${text.slice(0, 20)}`,
    `<set xmlns='http://jabber.org/protocol/rsm'><max>${text}</max></set>`,
    "bad-request",
    `Found "${text.slice(0, 100)}${text.length > 100 ? "…" : ""}" in <max/>, expected an integer from 0 to 2147483647`,
  ]),
);

testRefusals(resultSetRequest, [
  [
    "a position that is none",
    "<set xmlns='http://jabber.org/protocol/rsm'><index>first</index></set>",
    "bad-request",
    'Found "first" in <index/>, expected an integer from 0 to 2147483647',
  ],
  [
    "two limits",
    "<set xmlns='http://jabber.org/protocol/rsm'><max>1</max><max>2</max></set>",
    "bad-request",
    "Found more than one <max/> in <set/>, expected one",
  ],
]);

testRoundTrips(resultSet, [
  [
    "a page (§2.2)",
    `<set xmlns='http://jabber.org/protocol/rsm'><count>800</count><first index='20'>a1</first><last>a9</last></set>`,
    { first: { id: "a1", index: 20 }, last: "a9", count: 800 },
  ],
  [
    "a page of an unknown number",
    "<set xmlns='http://jabber.org/protocol/rsm'><first>a1</first><last>a1</last></set>",
    { first: { id: "a1" }, last: "a1" },
  ],
  ["an empty page", "<set xmlns='http://jabber.org/protocol/rsm'><count>790</count></set>", { count: 790 }],
]);

testRefusals(resultSet, [
  [
    "one end of a page",
    "<set xmlns='http://jabber.org/protocol/rsm'><first>a1</first></set>",
    "bad-request",
    "Found only one of <first/> and <last/> in <set/>, expected both or none",
  ],
  [
    "a count that is none",
    "<set xmlns='http://jabber.org/protocol/rsm'><count>many</count></set>",
    "bad-request",
    'Found "many" in <count/>, expected an integer from 0 to 2147483647',
  ],
  [
    "a position that is none",
    "<set xmlns='http://jabber.org/protocol/rsm'><first index='x'>a</first><last>a</last></set>",
    "bad-request",
    'Found "x" in the attribute "index", expected an integer from 0 to 2147483647',
  ],
]);
