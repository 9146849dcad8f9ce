/** The module says when all that it has handed over is stored (PROTOCOL.md §"Handing messages over"). */
import { assertEquals } from "@std/assert";
import { entriesOf, type ScriptedComponent } from "../support/scripted_component.ts";
import { chat, onModule } from "./module_stage.ts";

async function probe(component: ScriptedComponent, id: string): Promise<void> {
  const addresses = `from='${component.site.component}' to='example.test'`;
  await component.send(`<iq type='get' id='${id}' ${addresses}><probe xmlns='annals:companion'/></iq>`);
}

onModule("a probe is answered once all before it is acknowledged, and never before", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const alice = await stage.enter("alice");
  await alice.send(chat("bob@example.test", "Art thou not Romeo?"));
  await alice.settle();
  await probe(component, "first");
  await probe(component, "second");
  const refused = await component.hear((stanza) => stanza.attrs.id === "second", "the answer to the second");
  assertEquals(refused.attrs.type, "error");
  const batches = [await component.told("batch"), await component.told("batch")];
  assertEquals(batches.map((batch) => entriesOf(batch).length), [1, 0]);
  await component.acknowledge(batches[0]?.attrs.seq ?? "");
  await component.settle();
  assertEquals(component.inbox.held.filter((stanza) => stanza.attrs.id === "first"), []);
  await component.acknowledge(batches[1]?.attrs.seq ?? "");
  const answer = await component.hear((stanza) => stanza.attrs.id === "first", "the answer to the first");
  assertEquals(answer.attrs.type, "result");
  await probe(component, "third");
  await component.acknowledge((await component.told("batch")).attrs.seq ?? "");
  await component.hear((stanza) => stanza.attrs.id === "third" && stanza.attrs.type === "result", "the third");
});

onModule("a probe of an earlier stream holds nothing up on the next", async (stage) => {
  {
    const component = await stage.welcome();
    await probe(component, "lost");
    await component.told("batch");
    const before = stage.server.lines.length;
    await component[Symbol.asyncDispose]();
    await stage.server.line((line) => line.includes("Annals is away"), before);
  }
  const component = await stage.welcome();
  await component.acknowledge((await component.told("batch")).attrs.seq ?? "");
  await component.settle();
  assertEquals(component.inbox.held.filter((stanza) => stanza.attrs.id === "lost"), []);
  await probe(component, "next");
  await component.acknowledge((await component.told("batch")).attrs.seq ?? "");
  await component.hear((stanza) => stanza.attrs.id === "next" && stanza.attrs.type === "result", "the answer");
});
