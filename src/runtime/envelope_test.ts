import { assertEquals, assertThrows } from "@std/assert";
import { xml } from "../xml/element.ts";
import { XmlError } from "../xml/error.ts";
import { Opaque } from "../xml/opaque.ts";
import { serialize } from "../xml/writer.ts";
import { Envelope } from "./envelope.ts";

const wrap = (content: ReturnType<typeof xml>) =>
  xml("a", { of: "me & you" }, xml("b", { xmlns: "b" }, content), "end");

Deno.test("Envelope.around() gives what wrapping the content gives", () => {
  const envelope = new Envelope(wrap);
  for (const content of [xml("c", { xmlns: "c" }, "<&>"), new Opaque("<c xmlns='c'/>")]) {
    assertEquals(serialize(envelope.around(content)), serialize(wrap(content)));
  }
});

Deno.test("Envelope refuses what XML does not have, as a content that stands there does", () => {
  assertThrows(() => new Envelope((content) => xml("a", { of: "\0" }, content)), XmlError);
  assertThrows(() => new Envelope(wrap).around(xml("c", {}, "\0")), XmlError);
});
