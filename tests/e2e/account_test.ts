import { assertEquals } from "@std/assert";
import { archivePage, condition, NS_MAM } from "../support/archive.ts";
import { onEachServer } from "./stage.ts";

onEachServer("an empty archive", async (stage, t) => {
  const alice = await stage.enter("alice");
  await t.step("§4 is a page without messages, and complete", async () => {
    const { messages, complete, first, last, iq } = await archivePage(alice);
    assertEquals({ messages, complete, first, last }, {
      messages: [],
      complete: true,
      first: undefined,
      last: undefined,
    });
    assertEquals(iq.getChild("fin", NS_MAM)?.getChild("set", "http://jabber.org/protocol/rsm") !== undefined, true);
  });
  await t.step("§5 has empty metadata", async () => {
    const reply = await alice.request("get", `<metadata xmlns='${NS_MAM}'/>`);
    assertEquals(reply.getChild("metadata", NS_MAM)?.children, []);
  });
  await t.step("§4.1.5 offers every field, none of them required", async () => {
    const form = (await alice.request("get", `<query xmlns='${NS_MAM}'/>`)).getChild("query", NS_MAM)
      ?.getChild("x", "jabber:x:data");
    const fields = form?.getChildren("field").map((field) => `${field.attrs.var} ${field.attrs.type}`) ?? [];
    const mandatory = [
      "FORM_TYPE hidden",
      "with jid-single",
      "start text-single",
      "end text-single",
      "before-id text-single",
      "after-id text-single",
      "ids list-multi",
    ];
    assertEquals(mandatory.filter((field) => !fields.includes(field)), []);
    assertEquals(form?.getChildren("field").filter((field) => field.getChild("required")), []);
  });
  await t.step("§9 the account advertises what it can do", async () => {
    const reply = await alice.request("get", `<query xmlns='http://jabber.org/protocol/disco#info'/>`, alice.account);
    const features = reply.getChild("query")?.getChildren("feature").map((feature) => feature.attrs.var) ?? [];
    assertEquals([NS_MAM, `${NS_MAM}#extended`].filter((feature) => !features.includes(feature)), []);
  });
});

onEachServer("§10.1 nobody reads or changes somebody else's archive", async (stage, t) => {
  const alice = await stage.enter("alice");
  const bob = await stage.enter("bob");
  await alice.send(`<message to='bob@example.test' type='chat'><body>between us</body></message>`);
  await bob.message("between us");
  const carol = await stage.enter("carol");
  const prefs = `<prefs xmlns='${NS_MAM}' default='never'><always/><never/></prefs>`;
  for (
    const [type, payload] of [
      ["set", `<query xmlns='${NS_MAM}'/>`],
      ["get", `<query xmlns='${NS_MAM}'/>`],
      ["get", `<metadata xmlns='${NS_MAM}'/>`],
      ["get", `<prefs xmlns='${NS_MAM}'/>`],
      ["set", prefs],
    ] as const
  ) {
    await t.step(`${type} ${payload}`, async () => {
      const reply = await carol.request(type, payload, "bob@example.test");
      assertEquals(condition(reply), "forbidden", String(reply));
      assertEquals(carol.pending.filter((stanza) => stanza.getChild("result", NS_MAM) !== undefined), []);
    });
  }
});
