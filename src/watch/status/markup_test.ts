import { assertEquals } from "@std/assert";
import { html, Markup } from "./markup.ts";

Deno.test("html escapes what is put in, unless it is markup", () => {
  const evil = `<script>alert("x")</script>&'`;
  const { text } = html`<p title="${evil}">${evil}${new Markup("<b>")}${[html`<i>`, html`<u>`]}${7}</p>`;
  const escaped = "&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;&#38;&#39;";
  assertEquals(text, `<p title="${escaped}">${escaped}<b><i><u>7</p>`);
});
