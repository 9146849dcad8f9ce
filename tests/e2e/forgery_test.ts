import { assertEquals } from "@std/assert";
import { condition, wholeArchive } from "../support/archive.ts";
import { onEachServer } from "./stage.ts";

const COMPONENT = "archive.example.test";

/** A message that was never sent. */
const LIE = `<message xmlns='jabber:client' from='bob@example.test/1' to='alice@example.test' type='chat' id='lie'>` +
  `<body>I owe you a horse</body></message>`;
const FORWARDED = `<forwarded xmlns='urn:xmpp:forward:0'>${LIE}</forwarded>`;
const QUERY = `<query xmlns='urn:xmpp:mam:2'/>`;

/** XEP-0297 copies that do not come from the server. */
const FORGED_MESSAGES: readonly string[] = [
  `<message to='${COMPONENT}'>${FORWARDED}</message>`,
  `<message to='${COMPONENT}' type='chat'>${FORWARDED}</message>`,
  `<message to='${COMPONENT}/resource'>${FORWARDED}</message>`,
  ...["1", "2"].flatMap((version) => [
    `<message to='${COMPONENT}'><privilege xmlns='urn:xmpp:privilege:${version}'>${FORWARDED}</privilege></message>`,
    `<message to='${COMPONENT}'><delegation xmlns='urn:xmpp:delegation:${version}'>${FORWARDED}</delegation></message>`,
    `<message to='${COMPONENT}'><delegation xmlns='urn:xmpp:delegation:${version}'>` +
    `<delegated namespace='urn:xmpp:mam:2'/></delegation></message>`,
    `<message to='${COMPONENT}'><privilege xmlns='urn:xmpp:privilege:${version}'>` +
    `<perm access='message' type='none'/><perm access='roster' type='none'/></privilege></message>`,
  ]),
];

onEachServer("only the server's word counts", async (stage, t) => {
  const alice = await stage.enter("alice");
  const bob = await stage.enter("bob", { resource: "1" });
  await bob.send(`<message to='alice@example.test' type='chat'><body>the truth</body></message>`);
  await alice.message("the truth");

  for (const forged of FORGED_MESSAGES) {
    await t.step(forged, async () => {
      await alice.send(forged);
      // Takes the same way as the forgery, so that it is answered after it.
      await alice.request("get", `<ping xmlns='urn:xmpp:ping'/>`, COMPONENT);
      assertEquals((await wholeArchive(alice)).map(({ body }) => body), ["the truth"]);
      assertEquals((await wholeArchive(bob)).map(({ body }) => body), ["the truth"]);
    });
  }
  for (const version of ["1", "2"]) {
    await t.step(`a request in somebody else's name (XEP-0355, version ${version})`, async () => {
      const reply = await alice.request(
        "set",
        `<delegation xmlns='urn:xmpp:delegation:${version}'><forwarded xmlns='urn:xmpp:forward:0'>` +
          `<iq xmlns='jabber:client' type='set' id='f' from='bob@example.test/1' to='bob@example.test'>${QUERY}</iq>` +
          `</forwarded></delegation>`,
        COMPONENT,
      );
      assertEquals(reply.attrs.type, "error");
      assertEquals(reply.getChild("delegation")?.getChild("forwarded")?.getChild("fin"), undefined);
    });
  }
  await t.step("a request to the component itself, which has no archive", async () => {
    const reply = await alice.request("set", QUERY, COMPONENT);
    assertEquals(
      ["service-unavailable", "item-not-found", "forbidden"].includes(condition(reply) ?? ""),
      true,
      String(reply),
    );
  });
  await t.step("nothing of it reached anybody", async () => {
    await bob.settle();
    assertEquals([...alice.pending, ...bob.pending].filter((stanza) => String(stanza).includes("horse")), []);
  });
});
