import { assert } from "@std/assert";
import fc from "fast-check";
import { readXml } from "../support/codec.ts";
import { askPreferences, greet, listArchives } from "../../src/wire/companion.ts";
import { ack, batch, deleted, entry } from "../../src/wire/companion_handover.ts";
import { marker, page, readMarker } from "../../src/wire/companion_page.ts";
import { greetEither, listRoomArchives, retention } from "../../src/wire/companion_rooms.ts";
import {
  askRecent,
  findRoomMessage,
  readRoomMarker,
  roomDeleted,
  roomEntry,
} from "../../src/wire/companion_rooms_handover.ts";
import { describeMessage, withoutNamespaces, withoutStanzaIds } from "../../src/wire/message.ts";
import { readPresence } from "../../src/wire/presence.ts";
import { getRoster } from "../../src/wire/rfc6121.ts";
import { form } from "../../src/wire/xep0004.ts";
import { lastActivity } from "../../src/wire/xep0012.ts";
import { discoInfo, discoItems } from "../../src/wire/xep0030.ts";
import { resultSet, resultSetRequest } from "../../src/wire/xep0059.ts";
import { softwareVersion } from "../../src/wire/xep0092.ts";
import { ping } from "../../src/wire/xep0199.ts";
import { delay } from "../../src/wire/xep0203.ts";
import { forwarded } from "../../src/wire/xep0297.ts";
import { archiveMetadata, queryArchive, queryForm, result } from "../../src/wire/xep0313.ts";
import { parseNode, readDelegated, readGrant as readDelegations } from "../../src/wire/xep0355.ts";
import { readGrant as readPrivileges } from "../../src/wire/xep0356.ts";
import { getPreferences, setPreferences } from "../../src/wire/xep0441.ts";
import type { Element } from "../../src/xml/element.ts";
import { StanzaError } from "../../src/xmpp/error.ts";
import { readError } from "../../src/xmpp/stanza.ts";

/** Everything that reads what a stranger has sent. */
const READERS: readonly ((element: Element) => unknown)[] = [
  ...[
    ...[lastActivity, discoInfo, discoItems, softwareVersion, ping, queryArchive, queryForm, archiveMetadata, getRoster]
      .flatMap((call) => [call.query, call.reply]),
    ...[greet, askPreferences, listArchives, greetEither, listRoomArchives, askRecent, findRoomMessage]
      .flatMap((call) => [call.query, call.reply]),
    ...[getPreferences.query, setPreferences.query, form, resultSet, resultSetRequest, delay, forwarded, result],
    ...[ack, batch, deleted, entry, marker, page, retention, roomDeleted, roomEntry],
  ].flatMap((codec) => codec === undefined ? [] : [(element: Element) => codec.read(element)]),
  readDelegations,
  readDelegated,
  readMarker,
  readRoomMarker,
  readPrivileges,
  readError,
  describeMessage,
  readPresence,
  (element) => withoutNamespaces(element, new Set(["urn:xmpp:mam:2"])),
  (element) => withoutStanzaIds(element, ["a@b.test"]),
  (element) => parseNode(element.attrs["node"] ?? ""),
];

/** Payloads as they should be, from which a stranger may start. */
const SAMPLES = [
  `<query xmlns='urn:xmpp:mam:2' queryid='q' node='n'>
    <x xmlns='jabber:x:data' type='submit'>
      <field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>
      <field var='with'><value>a@b.test</value></field>
      <field var='start'><value>2026-11-22T18:00:00Z</value></field>
      <field var='ids'><validate xmlns='http://jabber.org/protocol/xdata-validate'><open/></validate><value>1</value></field>
      <field var='include-groupchat'><value>true</value></field>
    </x>
    <set xmlns='http://jabber.org/protocol/rsm'><max>10</max><before/></set>
    <flip-page/>
  </query>`,
  `<fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'>
    <set xmlns='http://jabber.org/protocol/rsm'><count>2</count><first index='0'>a</first><last>b</last></set>
  </fin>`,
  `<metadata xmlns='urn:xmpp:mam:2'>
    <start id='a' timestamp='2026-11-22T18:00:00Z'/><end id='b' timestamp='2026-11-22T18:00:00Z'/>
  </metadata>`,
  `<result xmlns='urn:xmpp:mam:2' id='a'><forwarded xmlns='urn:xmpp:forward:0'>
    <delay xmlns='urn:xmpp:delay' stamp='2026-11-22T18:00:00Z' from='b.test'>x</delay>
    <message xmlns='jabber:client'><body>x</body></message>
  </forwarded></result>`,
  `<prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>a@b.test</jid></always><never><jid>c.test</jid></never></prefs>`,
  `<query xmlns='jabber:iq:roster'><item jid='a@b.test' subscription='both' name='A'/></query>`,
  `<query xmlns='jabber:iq:last' seconds='1'>x</query>`,
  `<query xmlns='jabber:iq:version'><name>a</name><version>b</version><os>c</os></query>`,
  `<query xmlns='http://jabber.org/protocol/disco#info' node='urn:xmpp:delegation:2::urn:xmpp:mam:2'>
    <identity category='a' type='b' name='c'/><feature var='d'/>
  </query>`,
  `<query xmlns='http://jabber.org/protocol/disco#items' node='n'><item jid='a.test' node='b' name='c'/></query>`,
  `<delegation xmlns='urn:xmpp:delegation:2'>
    <delegated namespace='urn:xmpp:mam:2'/>
    <forwarded xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client' type='get'/></forwarded>
  </delegation>`,
  `<privilege xmlns='urn:xmpp:privilege:2'>
    <perm access='roster' type='get'/><perm access='iq'><namespace ns='a' type='set'/></perm>
  </privilege>`,
  `<greeting xmlns='annals:companion' version='1' newest='1'>
    <feature var='a'/><settings policy='roster'><strip namespace='b'/></settings>
  </greeting>`,
  `<preferences xmlns='annals:companion' user='alice'>
    <prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never/></prefs>
  </preferences>`,
  `<archives xmlns='annals:companion' after='alice'><archive user='bob'/></archives>`,
  `<deleted xmlns='annals:companion' seq='1' user='alice'/>`,
  `<entry xmlns='annals:companion' at='1' sent='a' sent-if='contact' received='b'>&lt;message>&lt;body/>&lt;/message></entry>`,
  `<greeting xmlns='annals:companion' version='1' rooms='true' newest='1'>
    <settings policy='true' retention='1' tombstones='true' max-age='1'/>
  </greeting>`,
  `<archives xmlns='annals:companion'><archive room='tea' retention='1'/></archives>`,
  `<recent xmlns='annals:companion' room='tea' max='1'>
    <entry at='1' room='a' jid='a@b.test/c' occupant-id='d'>&lt;message>&lt;body/>&lt;/message></entry>
  </recent>`,
  `<delegation xmlns='urn:xmpp:delegation:2'><companion xmlns='annals:companion' archive='room' jids='true'/></delegation>`,
  "<presence><priority>1</priority></presence>",
  `<error type='wait'>
    <gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>x</text>
  </error>`,
  `<message type='chat'>
    <body>x</body><thread>t</thread>
    <delay xmlns='urn:xmpp:delay' stamp='2026-11-22T18:00:00Z'/>
    <stanza-id xmlns='urn:xmpp:sid:0' by='a@b.test' id='1'/>
    <x xmlns='http://jabber.org/protocol/muc#user'><invite/></x>
  </message>`,
];

const text = fc.oneof(
  fc.constantFrom("", "0", "-1", "99999999999", "2026-02-30T18:00:00Z", "a@b@c", "form", "none", "__proto__", "start"),
  fc.string({ unit: "binary" }),
);

/** Hostile changes to one element of a payload. */
const change: fc.Arbitrary<(element: Element) => void> = fc.oneof(
  fc.tuple(fc.nat(), text).map(([at, text]) => (element: Element) => {
    const names = Object.keys(element.attrs);
    element.attrs[names[at % names.length] ?? "type"] = text;
  }),
  fc.nat().map((at) => (element: Element) => {
    const names = Object.keys(element.attrs);
    delete element.attrs[names[at % names.length] ?? ""];
  }),
  text.map((text) => (element: Element) => element.children = [text]),
  fc.nat().map((at) => (element: Element) => element.children.splice(at % (element.children.length + 1), 1)),
  fc.nat().map((at) => (element: Element) =>
    element.children.push(element.children[at % element.children.length] ?? "")
  ),
  fc.stringMatching(/^[a-z]{1,3}:?[a-z]{1,3}$/).map((name) => (element: Element) => element.name = name),
);

const payload = fc.tuple(fc.constantFrom(...SAMPLES), fc.array(fc.tuple(fc.nat(), change), { maxLength: 3 }))
  .map(([sample, changes]) => {
    const payload = readXml(sample);
    for (const [at, change] of changes) {
      const elements = descendants(payload);
      change(elements[at % elements.length] ?? payload);
    }
    return payload;
  });

Deno.test("Whatever a stranger makes of a payload is read, or refused with a stanza error", () => {
  let read = 0, refused = 0;
  fc.assert(
    fc.property(payload, (payload) => {
      for (const reader of READERS) {
        try {
          reader(payload);
          read++;
        } catch (error) {
          assert(error instanceof StanzaError, `Found ${error}, expected a StanzaError`);
          refused++;
        }
      }
    }),
    { numRuns: 2000 },
  );
  assert(read > 0 && refused > 0);
});

function descendants(element: Element): Element[] {
  return [element, ...element.getChildElements().flatMap((child) => descendants(child as Element))];
}
