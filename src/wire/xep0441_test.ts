import { testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { Jid } from "../xmpp/jid.ts";
import { getPreferences, MAX_RULE_TEXT, MAX_RULES, setPreferences } from "./xep0441.ts";

const preferences = setPreferences.query;

testRoundTrips(getPreferences.query, [["a request (§2.1)", "<prefs xmlns='urn:xmpp:mam:2'/>", undefined]]);

testRoundTrips(preferences, [
  [
    "empty lists (§2.1)",
    "<prefs xmlns='urn:xmpp:mam:2' default='roster'><always/><never/></prefs>",
    { default: "roster", always: [], never: [] },
  ],
  [
    "rules for accounts, clients and servers",
    `<prefs xmlns='urn:xmpp:mam:2' default='never'>
      <always><jid>romeo@montague.lit</jid><jid>romeo@montague.lit/orchard</jid></always>
      <never><jid>capulet.lit</jid></never>
    </prefs>`,
    {
      default: "never",
      always: [Jid.parse("romeo@montague.lit"), Jid.parse("romeo@montague.lit/orchard")],
      never: [Jid.parse("capulet.lit")],
    },
  ],
  [
    "the other default (§2.1.1)",
    "<prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never/></prefs>",
    { default: "always", always: [], never: [] },
  ],
]);

testReading(preferences, [
  [
    "missing lists as empty ones (§2.1.2, §2.1.3)",
    "<prefs xmlns='urn:xmpp:mam:2' default='roster'/>",
    { default: "roster", always: [], never: [] },
  ],
  [
    "a JID given twice once",
    `<prefs xmlns='urn:xmpp:mam:2' default='roster'>
      <never><jid>Romeo@Montague.lit</jid><jid> romeo@montague.lit </jid></never>
    </prefs>`,
    { default: "roster", always: [], never: [Jid.parse("romeo@montague.lit")] },
  ],
  [
    `${MAX_RULES} rules`,
    `<prefs xmlns='urn:xmpp:mam:2' default='roster'><always>${jids(MAX_RULES).join("")}</always></prefs>`,
    { default: "roster", always: numbered(MAX_RULES), never: [] },
  ],
]);

testRefusals(preferences, [
  ["no default", "<prefs xmlns='urn:xmpp:mam:2'/>", "bad-request", 'Found <prefs/> without the attribute "default"'],
  [
    "a default that is none",
    "<prefs xmlns='urn:xmpp:mam:2' default='sometimes'/>",
    "bad-request",
    'Found the default "sometimes", expected always, never, roster',
  ],
  [
    "a rule for nobody",
    "<prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid/></always></prefs>",
    "bad-request",
    'Found "" in <always/>, expected a JID',
  ],
  [
    "a JID in both lists",
    `<prefs xmlns='urn:xmpp:mam:2' default='roster'>
      <always><jid>romeo@montague.lit</jid></always>
      <never><jid>ROMEO@montague.lit</jid></never>
    </prefs>`,
    "bad-request",
    'Found "romeo@montague.lit" in both <always/> and <never/>, expected one of them',
  ],
  [
    "a list twice",
    "<prefs xmlns='urn:xmpp:mam:2' default='roster'><never/><never/></prefs>",
    "bad-request",
    "Found more than one <never/> in <prefs/>, expected one",
  ],
  [
    "too many rules",
    `<prefs xmlns='urn:xmpp:mam:2' default='roster'>
      <always>${jids(MAX_RULES).join("")}</always>
      <never><jid>capulet.lit</jid></never>
    </prefs>`,
    "policy-violation",
    `Found ${MAX_RULES + 1} JIDs, expected at most ${MAX_RULES}`,
  ],
  [
    "too long rules",
    `<prefs xmlns='urn:xmpp:mam:2' default='roster'>
      <always>${`<jid>${"a".repeat(1000)}@b.lit</jid>`.repeat(70)}</always>
    </prefs>`,
    "policy-violation",
    `Found JIDs of 70420 characters, expected at most ${MAX_RULE_TEXT} characters`,
  ],
]);

function numbered(count: number): Jid[] {
  return Array.from({ length: count }, (_, index) => Jid.of(`user${index}`, "example.test"));
}

function jids(count: number): string[] {
  return numbered(count).map((jid) => `<jid>${jid}</jid>`);
}
