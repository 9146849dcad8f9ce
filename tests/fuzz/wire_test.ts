/**
 * Payloads, ids and addresses that are not what they should be: read, or refused, and what is read is written back the same.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { formatArchiveId, parseArchiveId } from "../../src/store/id.ts";
import { fuzz } from "../support/fuzz.ts";
import { mutate, mutatedText } from "../support/mutation.ts";
import type { Random } from "../support/random.ts";
import type { Codec } from "../../src/wire/codec.ts";
import { form } from "../../src/wire/xep0004.ts";
import { resultSet, resultSetRequest } from "../../src/wire/xep0059.ts";
import { formatStamp, parseStamp } from "../../src/wire/xep0082.ts";
import { queryArchive } from "../../src/wire/xep0313.ts";
import { setPreferences } from "../../src/wire/xep0441.ts";
import type { Element } from "../../src/xml/element.ts";
import { parse } from "../../src/xml/parse.ts";
import { serialize } from "../../src/xml/writer.ts";
import { StanzaError } from "../../src/xmpp/error.ts";
import { Jid } from "../../src/xmpp/jid.ts";

const FORM = `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>` +
  `<field var='with'><value>bob@example.test</value></field><field var='start'><value>2026-11-22T18:00:00Z</value></field>` +
  `<field var='ids'><validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:string'><open/></validate>` +
  `<value>a</value><value>b</value></field><field var='include-groupchat'><value>true</value></field></x>`;

const PAGE = `<set xmlns='http://jabber.org/protocol/rsm'><max>10</max><before/><after>a</after><index>1</index></set>`;

/** Codecs, each with a payload that is right. */
const PAYLOADS: readonly [codec: Codec<unknown>, sample: string][] = [
  [form, FORM],
  [resultSetRequest, PAGE],
  [
    resultSet,
    `<set xmlns='http://jabber.org/protocol/rsm'><count>2</count><first index='0'>a</first><last>b</last></set>`,
  ],
  [queryArchive.query, `<query xmlns='urn:xmpp:mam:2' queryid='q'>${FORM}${PAGE}<flip-page/></query>`],
  [
    setPreferences.query,
    `<prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>a@b.test</jid></always><never><jid>c.test/d</jid></never></prefs>`,
  ],
];

fuzz("Forms, pages, queries and preferences are read or refused, and written as they were read", {
  inputs: 40_000,
  draw(random): { codec: Codec<unknown>; payload: Element } {
    const [codec, sample] = random.pick(PAYLOADS);
    const payload = parse(sample);
    mutate(payload, random, random.integer(0, 4));
    return { codec, payload };
  },
  check({ codec, payload }): void {
    const value = read(codec, payload);
    if (value === undefined) return;
    const again = read(codec, parse(serialize(codec.write(value))));
    assertEquals(comparable(again), comparable(value));
  },
  show: ({ codec, payload }) => `<${codec.name}/> ${payload}`,
});

function read(codec: Codec<unknown>, payload: Element): unknown {
  try {
    return codec.read(payload);
  } catch (error) {
    assert(error instanceof StanzaError, String(error));
    return undefined;
  }
}

/** Addresses as text. */
function comparable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part) => part instanceof Jid ? part.toString() : part));
}

fuzz("Text is an archive id, an address or a time, or is none; and each has one way to be written", {
  inputs: 60_000,
  draw(random: Random): string {
    const samples = [
      "AAMqakXLUAsEZYzWd_MBSQ",
      "alice@example.test/a",
      "2026-11-22T18:00:00.123Z",
      "münchen.example",
      "",
    ];
    return mutatedText(random.pick(samples), random, random.integer(0, 3));
  },
  check(text): void {
    const id = parseArchiveId(text);
    if (id !== undefined) assertEquals(formatArchiveId(id), text);
    const time = parseStamp(text);
    if (time !== undefined) assertEquals(parseStamp(formatStamp(time)), time);
    const jid = parsed(text);
    if (jid !== undefined) assertEquals(Jid.parse(jid.toString()), jid);
  },
  show: (text) => JSON.stringify(text),
});

function parsed(text: string): Jid | undefined {
  try {
    return Jid.parse(text);
  } catch (error) {
    assert(error instanceof TypeError, String(error));
    return undefined;
  }
}
