/**
 * Streams that are not what they should be: read to their end, or ended by the error that the specification has for it, the
 * same however they are cut.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Connection } from "../../src/stream/connection.ts";
import { ConnectionError } from "../../src/stream/error.ts";
import type { Socket } from "../../src/stream/socket.ts";
import { allDialogues, saidByServers } from "../support/dialogues.ts";
import { fuzz } from "../support/fuzz.ts";
import { COMPONENT, HOST } from "../support/handed_over.ts";
import { mutatedText } from "../support/mutation.ts";
import type { Random } from "../support/random.ts";
import { serialize } from "../../src/xml/writer.ts";

const OPENING = `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' id='3BF96D32' ` +
  `xmlns:stream='http://etherx.jabber.org/streams'><handshake/>`;

/** Servers' stanzas of all dialogues. */
const SAID = (await Promise.all([...allDialogues().values()].map(saidByServers))).flat()
  .map((stanza) => serialize(stanza)).filter(({ length }) => length < 2000);

/** Other text of servers. */
const SELDOM: readonly string[] = [
  `<message from='${HOST}'><a:b xmlns:a='urn:a' a:c='&#x1F339;'><![CDATA[<&>]]></a:b></message>`,
  `<iq type="result" id='annals-1' from='alice@${HOST}' to='${COMPONENT}'><query xmlns="jabber:iq:roster" /></iq>`,
  `<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
  " \n",
];

/** RFC 6120 §4.9.3: what a server may be told. */
const CONDITIONS: ReadonlySet<string> = new Set([
  "bad-format",
  "bad-namespace-prefix",
  "not-well-formed",
  "policy-violation",
  "restricted-xml",
  "unsupported-encoding",
]);

/** Text that ends any token. */
const END = ">'>\">]]>?>";

const HUNG_UP = "The server closed the connection";

interface Outcome {
  /** Serialised; one that is too deep is told by its name. */
  readonly taken: readonly string[];
  /** Why the stream ended. */
  readonly reason: string;
  readonly said: string;
}

fuzz("Any stream is read, or ended as RFC 6120 has it, however it is cut", {
  inputs: 8_000,
  draw(random): Uint8Array {
    const said = random.times(1, 3, () => random.pick(random.chance(0.8) ? SAID : SELDOM));
    const text = OPENING + said.join("") + (random.chance(0.5) ? "</stream:stream>" : "");
    const mutated = mutatedText(text, random, random.integer(0, 3)) + (random.chance(0.5) ? END : "");
    const bytes = new TextEncoder().encode(mutated);
    for (let change = random.integer(-5, 2); change > 0; change--) {
      bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
    }
    return bytes;
  },
  async check(bytes, random): Promise<void> {
    const whole = await read([bytes]);
    const cut = await read(cutUp(bytes, random));
    const condition = /<stream:error [^>]*><([a-z-]+) /.exec(whole.said)?.[1];
    assert(condition === undefined || CONDITIONS.has(condition), whole.said);
    if (condition !== undefined) assert(whole.said.endsWith("</stream:stream>"), whole.said);
    if (!isText(bytes)) {
      // Which of several offences is met first depends on how much of them comes at once.
      assertEquals(cut.taken.slice(0, whole.taken.length), whole.taken.slice(0, cut.taken.length));
      return;
    }
    assertEquals(cut.taken, whole.taken);
    // What is wrong in a token that comes in pieces is noticed when it is complete, which may be never.
    if (cut.reason !== HUNG_UP) assertEquals(cut.reason, whole.reason);
    else assert(whole.reason === HUNG_UP || !new TextDecoder().decode(bytes).endsWith(END), whole.reason);
  },
  show: (bytes) => JSON.stringify(new TextDecoder().decode(bytes)),
});

/** Reads a stream in these pieces, after which the server hangs up. */
async function read(pieces: readonly Uint8Array[]): Promise<Outcome> {
  const coming = [...pieces];
  const taken: string[] = [];
  let said = "";
  const socket: Socket = {
    read(buffer): Promise<number | null> {
      const piece = coming.shift();
      if (piece === undefined) return Promise.resolve(null);
      buffer.set(piece);
      return Promise.resolve(piece.length);
    },
    write(bytes): Promise<void> {
      said += new TextDecoder().decode(bytes);
      return Promise.resolve();
    },
    close(): void {},
  };
  const connection = new Connection(socket, { domain: COMPONENT, secret: "secret" }, {
    take: (stanza) => taken.push(serialize(stanza)),
    refuse: (cropped) => taken.push(cropped.name),
  });
  connection.ready.catch(() => {});
  try {
    await connection.ended;
    throw new Error("The stream ended as if Annals had closed it");
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    return { taken, reason: error.message, said };
  }
}

function cutUp(bytes: Uint8Array, random: Random): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const longest = random.chance(0.01) ? 1 : random.pick([20, 100, 300, 2000]);
  for (let at = 0; at < bytes.length;) {
    const end = at + random.integer(1, longest);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
