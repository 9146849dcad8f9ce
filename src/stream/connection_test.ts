import { assertEquals, assertRejects } from "@std/assert";
import { setImmediate } from "node:timers";
import { ComponentServer } from "../../tests/support/component_server.ts";
import { Inbox } from "../../tests/support/inbox.ts";
import { type Element, xml } from "../xml/element.ts";
import { Connection, type Credentials } from "./connection.ts";
import { ConnectionError, type ConnectionFailure } from "./error.ts";

const CREDENTIALS = { domain: "archive.example.test", secret: "sécret" };
const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='3BF96D32'>";

interface Scene extends AsyncDisposable {
  readonly server: ComponentServer;
  readonly connection: Connection;
  /** Stanzas that were taken, by turn of the event loop. */
  readonly batches: Inbox<readonly Element[]>;
  /** Stanzas that were too deep: id and condition. */
  readonly refused: Inbox<string>;
}

function scene(credentials: Credentials = CREDENTIALS): Scene {
  const server = new ComponentServer();
  const batches = new Inbox<readonly Element[]>();
  const turn: Element[] = [];
  const refused = new Inbox<string>();
  const connection = new Connection(server.socket, credentials, {
    take(stanza): void {
      if (turn.push(stanza) === 1) queueMicrotask(() => batches.put(turn.splice(0)));
    },
    refuse: ({ attrs }, { condition }) => refused.put(`${attrs.id}: ${condition}`),
  });
  connection.ready.catch(() => {});
  return {
    server,
    connection,
    batches,
    refused,
    async [Symbol.asyncDispose](): Promise<void> {
      server.hangUp();
      await connection.ended.catch(() => {});
      await server[Symbol.asyncDispose]();
    },
  };
}

function bodies(stanzas: readonly Element[]): (string | null)[] {
  return stanzas.map((stanza) => stanza.getChildText("body"));
}

function next({ batches }: Scene): Promise<readonly Element[]> {
  return batches.take(() => true, "stanzas", 5_000);
}

Deno.test("Connection opens the stream to its own address and proves the secret (XEP-0114 §3)", async () => {
  await using set = scene();
  assertEquals(
    await set.server.hears("<stream:stream"),
    "<?xml version='1.0'?><stream:stream xmlns=\"jabber:component:accept\" " +
      'xmlns:stream="http://etherx.jabber.org/streams" to="archive.example.test">',
  );
  set.server.say(HEADER);
  // sha1("3BF96D32" + "sécret"), as UTF-8
  assertEquals(
    await set.server.hears("<handshake>"),
    "<handshake>1afc065a94f9d0d0f7122e3529f3187de1a5710b</handshake>",
  );
  set.server.say("<handshake/>");
  await set.connection.ready;
});

Deno.test("Connection is told to be open ahead of the first stanza, also where both come at once", async () => {
  await using server = new ComponentServer();
  const told: string[] = [];
  const taken = Promise.withResolvers<void>();
  const connection = new Connection(server.socket, CREDENTIALS, {
    open: () => void told.push("open"),
    take(stanza): void {
      told.push(stanza.name);
      taken.resolve();
    },
    refuse: () => {},
  });
  server.say(`${HEADER}<handshake/><message/>`);
  await taken.promise;
  assertEquals(told, ["open", "message"]);
  server.hangUp();
  await assertRejects(() => connection.ended, ConnectionError);
});

Deno.test("Connection does not wait for ever to be recognised", async () => {
  await using set = scene({ ...CREDENTIALS, handshakeTimeout: 1 });
  set.server.say(HEADER);
  const error = await assertRejects(() => set.connection.ready, ConnectionError, "handshake");
  assertEquals([error.failure, set.server.closed > 0], ["unreachable", true]);
});

const REFUSALS: readonly [said: string, failure: ConnectionFailure, message: RegExp][] = [
  ["not-authorized", "refused", /component\.secret/],
  ["host-unknown", "refused", /component\.domain/],
  ["conflict", "conflict", /another Annals/],
  ["system-shutdown", "lost", /system-shutdown/],
];

for (const [condition, failure, message] of REFUSALS) {
  Deno.test(`Connection fails as "${failure}" when the server says ${condition} (RFC 6120 §4.9.3)`, async () => {
    await using set = scene();
    set.server.say(
      `${HEADER}<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`,
    );
    const error = await assertRejects(() => set.connection.ready, ConnectionError);
    assertEquals([error.failure, message.test(error.message)], [failure, true]);
  });
}

const OFFENCES: readonly [name: string, said: string, condition: string][] = [
  ["a mismatched tag", "<message><body></message>", "not-well-formed"],
  ["a comment", "<!-- psst -->", "restricted-xml"],
  ["a document type", "<!DOCTYPE x [<!ENTITY e 'lol'>]>", "restricted-xml"],
  ["a processing instruction", "<?php ?>", "restricted-xml"],
  ["an entity that is not XML's own", "<message><body>&lol;</body></message>", "restricted-xml"],
  ["an unbound prefix", "<x:message/>", "bad-namespace-prefix"],
  ["a stanza of 5 MiB", `<message><body>${"x".repeat(5 * 1024 * 1024)}</body></message>`, "policy-violation"],
];

for (const [name, said, condition] of OFFENCES) {
  Deno.test(`Connection answers ${name} with ${condition}, and ends (RFC 6120 §4.9.3, §11.1)`, async () => {
    await using set = scene();
    await set.server.welcome();
    await set.connection.ready;
    set.server.say(said);
    await assertRejects(() => set.connection.ended, ConnectionError, condition);
    await set.server.hears(`<${condition} `);
    assertEquals(set.server.closed, 1);
  });
}

Deno.test("Connection reads on behind what a user can make a server relay", async () => {
  await using set = scene();
  await set.server.welcome();
  const deep = "<a>".repeat(150_000) + "</a>".repeat(150_000);
  const attributes = Array.from({ length: 20_000 }, (_, i) => ` a${i}=''`).join("");
  const escaped = "&apos;".repeat(512 * 1024);
  set.server.say(
    `<iq id='deep'>${deep}</iq><message><a${attributes}/><body>1</body></message>` +
      `<message><body>${escaped}</body></message><message><body>3</body></message>`,
  );
  const [one, two, three] = bodies((await Promise.all([next(set), next(set)])).flat());
  assertEquals([one, two?.length, three], ["1", 512 * 1024, "3"]);
  assertEquals(set.refused.held, ["deep: policy-violation"]);
});

Deno.test("Connection ends at bytes that are not UTF-8, and hands on what came before", async () => {
  await using set = scene();
  await set.server.welcome();
  const text = new TextEncoder().encode("<message><body>é</body></message><a>");
  set.server.sendBytes(Uint8Array.of(...text, 0xff));
  assertEquals(bodies(await next(set)), ["é"]);
  await assertRejects(() => set.connection.ended, ConnectionError, "not-well-formed");
});

Deno.test("Connection hands on in one turn what arrives together", async () => {
  await using set = scene();
  await set.server.welcome();
  set.server.say("<message><body>1</body></message><message><body>2</body></message><message><bo");
  assertEquals(bodies(await next(set)), ["1", "2"]);
  set.server.say("dy>3</body></message>");
  assertEquals(bodies(await next(set)), ["3"]);
});

Deno.test("Connection reads a stanza that comes a byte at a time, characters of four bytes too", async () => {
  await using set = scene();
  await set.server.welcome();
  for (const byte of new TextEncoder().encode("<message><body>🌹é</body></message>")) {
    set.server.sendBytes(Uint8Array.of(byte));
  }
  assertEquals(bodies(await next(set)), ["🌹é"]);
});

Deno.test("Connection hands on what came before an offence", async () => {
  await using set = scene();
  await set.server.welcome();
  set.server.say("<message><body>1</body></message><message></oops>");
  assertEquals(bodies(await next(set)), ["1"]);
  await assertRejects(() => set.connection.ended, ConnectionError);
});

Deno.test("Connection lets everything else have its turn between two reads", async () => {
  await using set = scene();
  await set.server.welcome();
  await set.connection.ready;
  const happened: string[] = [];
  for (const body of ["1", "2"]) set.server.say(`<message><body>${body}</body></message>`);
  // By now the connection is reading: what is put off to the next turn must not have to wait for it to be done.
  setImmediate(() => happened.push("another"));
  for (const body of ["1", "2"]) {
    await next(set);
    happened.push(body);
  }
  assertEquals(happened, ["1", "another", "2"]);
});

Deno.test("Connection sends in one write what is sent in one turn, also where each waits for the one before", async () => {
  await using set = scene();
  await set.server.welcome();
  await set.connection.ready;
  for (const id of ["1", "2"]) await set.connection.send(xml("message", { id }));
  assertEquals(await set.server.hears("message"), '<message id="1"/><message id="2"/>');
});

Deno.test("Connection lets senders wait while the server takes nothing, and goes on reading", async () => {
  await using set = scene();
  await set.server.welcome();
  await set.connection.ready;
  const resume = set.server.stall();
  const large = xml("message", {}, xml("body", {}, "x".repeat(700_000)));
  let waiting = 0;
  const sent = Array.from({ length: 4 }, () => {
    waiting++;
    return set.connection.send(large).then(() => waiting--);
  });
  set.server.say("<message><body>in</body></message>");
  assertEquals(bodies(await next(set)), ["in"]);
  assertEquals(waiting > 0, true);
  resume();
  await Promise.all(sent);
  assertEquals(waiting, 0);
});

Deno.test("Connection gives up a server that takes nothing at all, and says so to those who wait", async () => {
  await using set = scene({ ...CREDENTIALS, writeTimeout: 1 });
  await set.server.welcome();
  await set.connection.ready;
  const resume = set.server.stall();
  const large = xml("message", {}, xml("body", {}, "x".repeat(1_000_000)));
  const last = Array.from({ length: 30 }, () => set.connection.send(large).catch((error) => error)).at(-1);
  assertEquals(await last instanceof ConnectionError, true);
  await assertRejects(() => set.connection.ended, ConnectionError, "takes nothing");
  resume();
});

Deno.test("Connection sends in order, however long senders had to wait", async () => {
  await using set = scene();
  await set.server.welcome();
  await set.connection.ready;
  const resume = set.server.stall();
  const sent = Array.from({ length: 200 }, (_, id) => {
    const stanza = xml("message", { id: String(id) }, xml("body", {}, "x".repeat(50_000)));
    return set.connection.send(stanza);
  });
  resume();
  await Promise.all(sent);
  await set.server.hears('id="199"');
  const said = set.server.received.drain().join("");
  const found = [...said.matchAll(/id="(\d+)"/g)].map(([, id]) => Number(id));
  assertEquals(found, found.toSorted((a, b) => a - b));
});

Deno.test("Connection ends its half of the stream, and waits for the server's (RFC 6120 §4.4)", async () => {
  await using set = scene();
  await set.server.welcome();
  await set.connection.ready;
  const closing = set.connection.close();
  await set.server.hears("</stream:stream>");
  set.server.say("</stream:stream>");
  set.server.hangUp();
  await closing;
  await set.connection.ended;
  await assertRejects(() => set.connection.send(xml("message")), ConnectionError);
});

Deno.test("Connection that is closed before the server has recognised it is never ready", async () => {
  await using set = scene();
  await set.server.hears("<stream:stream");
  set.server.hangUp();
  await set.connection.close();
  await assertRejects(() => set.connection.ready, ConnectionError, "closed before");
});

Deno.test("Connection is lost when the server hangs up", async () => {
  await using set = scene();
  await set.server.welcome();
  await set.connection.ready;
  set.server.hangUp();
  const error = await assertRejects(() => set.connection.ended, ConnectionError);
  assertEquals(error.failure, "lost");
});
