import { assertEquals, assertThrows } from "@std/assert";
import { XmlError } from "./error.ts";
import { OutlineReader, type Treatment } from "./outline.ts";
import { serialize } from "./writer.ts";

/** Lists a reader's events; elements named `in…` are entered and those named `no…` skipped. */
function told(pieces: Iterable<string>, maxSize = 100): string[] {
  const events: string[] = [];
  const reader = new OutlineReader({
    begins(element): Treatment {
      events.push(`begins ${element.name}`);
      return element.name.startsWith("in") ? "enter" : element.name.startsWith("no") ? "skip" : "whole";
    },
    whole: (element) => events.push(serialize(element)),
    ends: (element) => events.push(`ends ${element.name}`),
  }, maxSize);
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return events;
}

const DOCUMENT =
  "<?xml version='1.0'?>\n<in1 xmlns='urn:a' xmlns:p='urn:p'> <in2><a x='1'>t<b/><![CDATA[<]]>&amp;</a>" +
  "<no1>text<in3/></no1><p:c/></in2>\n<in4/></in1>\n";

const EVENTS = [
  "begins in1",
  "begins in2",
  "begins a",
  '<a x="1" xmlns="urn:a">t<b/>&lt;&amp;</a>',
  "begins no1",
  "begins p:c",
  '<p:c xmlns:p="urn:p"/>',
  "ends in2",
  "begins in4",
  "ends in4",
  "ends in1",
];

Deno.test("OutlineReader tells what is entered piece by piece, and the rest whole or not at all", () => {
  assertEquals(told([DOCUMENT]), EVENTS);
});

Deno.test("OutlineReader tells the same however the text is split", () => {
  for (let size = 1; size < 20; size++) {
    const pieces = Array.from(
      { length: Math.ceil(DOCUMENT.length / size) },
      (_, i) => DOCUMENT.slice(i * size, (i + 1) * size),
    );
    assertEquals(told(pieces), EVENTS, `pieces of ${size}`);
  }
});

Deno.test("OutlineReader bounds what is told whole, not what is entered", () => {
  assertEquals(told(["<in>", ..."<a>123456</a>".repeat(100), "</in>"], 15).length, 202);
  assertThrows(() => told(["<in><a>123456789012</a></in>"], 15), XmlError, "more than 15 characters");
  assertThrows(() => told([`<in><a b='${"x".repeat(20)}`, "y"], 15), XmlError, "more than 15 characters");
  assertThrows(() => told(["<in>".repeat(300)]), XmlError, "more than 200 levels");
});

Deno.test("OutlineReader refuses what is not well-formed", () => {
  for (const text of ["<in>", "<in></out>", "<in/><in/>", "<in>x</in>", "x", "<in><a></in>", "<in><!--c--></in>", ""]) {
    assertThrows(() => told([text]), XmlError);
  }
});
