import { assertEquals } from "@std/assert";
import { page } from "../../../wire/companion_page.ts";
import { type Element, xml } from "../../../xml/element.ts";
import { parse } from "../../../xml/parse.ts";
import { serialize } from "../../../xml/writer.ts";
import { Jid } from "../../../xmpp/jid.ts";
import type { Request } from "../../../runtime/plugin.ts";
import { pushPages } from "./pages.ts";

const REQUEST: Request = {
  from: Jid.parse("alice@a.test/x"),
  to: Jid.parse("alice@a.test"),
  id: "q",
  behind: false,
  push: () => Promise.resolve(),
};

/** Pushes results of so many characters each; says what is sent. */
async function pushed(lengths: readonly number[], character = "x"): Promise<Element[]> {
  const sent: Element[] = [];
  const push = pushPages({
    component: Jid.parse("archive.a.test"),
    send: (stanza) => Promise.resolve(void sent.push(parse(serialize(stanza)))),
  }, "r5");
  await push(
    lengths.map((length, id) => xml("result", { xmlns: "urn:r", id: String(id) }, character.repeat(length))),
    REQUEST,
  );
  return sent;
}

/** A text in parts of so many bytes. */
function cut(text: string, sizes: readonly number[]): string[] {
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  let end = 0;
  const parts = sizes.map((size) => decoder.decode(bytes.subarray(end, end += size)));
  assertEquals(end, bytes.length);
  return parts;
}

/** The ids of the results in each page. */
function ids(sent: readonly Element[]): string[][] {
  return sent.map((stanza) => {
    const { request, text, sizes } = page.read(stanza.getChild("page", "annals:companion") as Element);
    assertEquals([stanza.attrs.from, stanza.attrs.to, request], ["archive.a.test", "a.test", "r5"]);
    return cut(text, sizes).map((part) => {
      const message = parse(part);
      assertEquals([message.attrs.from, message.attrs.to], ["alice@a.test", "alice@a.test/x"]);
      return message.getChild("result", "urn:r")?.attrs.id ?? "";
    });
  });
}

Deno.test("pushPages() sends results in as few messages as 256 KiB each allow", async () => {
  assertEquals(ids(await pushed([])), []);
  assertEquals(ids(await pushed([10, 10, 10])), [["0", "1", "2"]]);
  assertEquals(ids(await pushed([100_000, 100_000, 100_000, 10])), [["0", "1"], ["2", "3"]]);
});

Deno.test("pushPages() sends a result that is larger than a page alone", async () => {
  assertEquals(ids(await pushed([10, 400_000, 10])), [["0"], ["1"], ["2"]]);
});

Deno.test("pushPages() measures bytes, not characters", async () => {
  assertEquals(ids(await pushed([60_000, 60_000], "\u20ac")), [["0"], ["1"]]);
});
