import { replyOf, testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { askPreferences, greet, listArchives, settings, skipped, userPreferences } from "./companion.ts";
import { Jid } from "../xmpp/jid.ts";

testRoundTrips(greet.query, [["a greeting", "<greeting xmlns='annals:companion' version='1'/>", "1"]]);
testRefusals(greet.query, [
  [
    "a greeting without a version",
    "<greeting xmlns='annals:companion'/>",
    "bad-request",
    'Found <greeting/> without the attribute "version"',
  ],
]);

const SETTINGS = "<settings xmlns='annals:companion' policy='true'/>";

testRoundTrips(replyOf(greet), [
  [
    "the answer to a greeting",
    `<greeting xmlns='annals:companion' version='1' newest='888888888888888'>
      <feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:mam:2#extended'/>
      <settings policy='roster'><strip namespace='http://jabber.org/protocol/chatstates'/></settings>
    </greeting>`,
    {
      version: "1",
      newest: 888888888888888,
      features: ["urn:xmpp:mam:2", "urn:xmpp:mam:2#extended"],
      settings: { policy: "roster", strip: ["http://jabber.org/protocol/chatstates"], conversation: [] },
    },
  ],
]);
testRefusals(replyOf(greet), [
  [
    "a number past the last",
    `<greeting xmlns='annals:companion' version='1' newest='9007199254740992'>${SETTINGS}</greeting>`,
    "bad-request",
    'Found "9007199254740992" in the attribute "newest", expected an integer that is not negative',
  ],
  [
    "a number that is none",
    `<greeting xmlns='annals:companion' version='1' newest='1e3'>${SETTINGS}</greeting>`,
    "bad-request",
    'Found "1e3" in the attribute "newest", expected an integer that is not negative',
  ],
]);

testRoundTrips(settings, [
  ["everything", SETTINGS, { policy: true, strip: [], conversation: [] }],
  ["nothing", "<settings xmlns='annals:companion' policy='false'/>", { policy: false, strip: [], conversation: [] }],
  [
    "contacts, with what is not kept",
    "<settings xmlns='annals:companion' policy='roster'><strip namespace='a'/><strip namespace='b'/></settings>",
    { policy: "roster", strip: ["a", "b"], conversation: [] },
  ],
]);
testRoundTrips(settings, [
  [
    "what becomes of retractions",
    "<settings xmlns='annals:companion' policy='true' tombstones='true' max-age='86400'/>",
    { policy: true, strip: [], conversation: [], tombstones: true, maxAge: 86400 },
  ],
  [
    "elements that make conversation",
    `<settings xmlns='annals:companion' policy='true'>
      <keep namespace='jabber:client' name='body' as='body'/><keep namespace='urn:xmpp:receipts' as='receipt'/>
      <keep namespace='http://jabber.org/protocol/muc#user' name='x' child='invite' as='invitation'/>
    </settings>`,
    {
      policy: true,
      strip: [],
      conversation: [
        { namespace: "jabber:client", name: "body", as: "body" },
        { namespace: "urn:xmpp:receipts", as: "receipt" },
        { namespace: "http://jabber.org/protocol/muc#user", name: "x", child: "invite", as: "invitation" },
      ],
    },
  ],
]);

testRoundTrips(skipped, [
  [
    "two reasons",
    `<skipped xmlns='annals:companion'><reason name='hint' count='1'/><reason name='no content' count='20'/></skipped>`,
    new Map([["hint", 1], ["no content", 20]]),
  ],
]);
testRefusals(skipped, [
  [
    "a count that is none",
    "<skipped xmlns='annals:companion'><reason name='hint' count='-1'/></skipped>",
    "bad-request",
    'Found "-1" in the attribute "count", expected an integer that is not negative',
  ],
]);

testRefusals(settings, [
  [
    "a policy that there is not",
    "<settings xmlns='annals:companion' policy='always'/>",
    "bad-request",
    'Found the policy "always", expected true, false or roster',
  ],
]);

testRoundTrips(askPreferences.query, [
  ["a question", "<preferences xmlns='annals:companion' user='alice'/>", { user: "alice" }],
]);
testRoundTrips(userPreferences, [
  [
    "what a user prefers",
    `<preferences xmlns='annals:companion' user='alice'>
      <prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>bob@b.test</jid></always><never/></prefs>
    </preferences>`,
    { user: "alice", preferences: { default: "roster", always: [Jid.parse("bob@b.test")], never: [] } },
  ],
]);
testRefusals(userPreferences, [
  [
    "nobody",
    "<preferences xmlns='annals:companion' user=''/>",
    "bad-request",
    'Found "" in the attribute "user", expected a local part',
  ],
  [
    "no user",
    "<preferences xmlns='annals:companion'/>",
    "bad-request",
    'Found <preferences/> without the attribute "user"',
  ],
]);

testRoundTrips(listArchives.query, [
  ["the first", "<archives xmlns='annals:companion'/>", undefined],
  ["those after a user", "<archives xmlns='annals:companion' after='bob'/>", "bob"],
]);
testRoundTrips(replyOf(listArchives), [
  [
    "users",
    "<archives xmlns='annals:companion'><archive user='carol'/><archive user='dave'/></archives>",
    ["carol", "dave"],
  ],
  ["the end", "<archives xmlns='annals:companion'/>", []],
]);
testReading(replyOf(listArchives), [
  [
    "past what is another's",
    "<archives xmlns='annals:companion'><archive xmlns='a' user='x'/></archives>",
    [],
  ],
]);
