/** Owners are compared byte for byte, in every store. */
import { assertEquals } from "@std/assert";
import { codePoints } from "../../tests/support/code_points.ts";
import { messageAt } from "../../tests/support/store/messages.ts";
import { testStores } from "../../tests/support/store/stores.ts";
import { Jid } from "../xmpp/jid.ts";

/** Names of one code point that some mapping of Unicode takes for another. */
function lookAlikes(): string[] {
  const names = [...codePoints()].filter((char) => {
    return [char.toLowerCase(), char.toUpperCase(), char.normalize("NFC"), char.normalize("NFKC")].some((other) =>
      other !== char
    );
  });
  return [
    ...names.filter((name) => Jid.tryOf(name, "a.test")?.local === name),
    "e\u0301",
    "\u1ead\u0303",
    "\u1eab\u0323",
  ];
}

testStores("Names that look alike are owners of their own", async (store) => {
  const owners = lookAlikes().map((name) => `${name}@a.test`);
  await store.append(owners.map((owner, at) => {
    return messageAt(at + 1, { archive: owner, with: "bob@a.test" });
  }));
  const found: string[] = [];
  for (let after = "";;) {
    const some = await store.owners("a.test", after, 1000);
    if (some.length === 0) break;
    found.push(...some);
    after = some.at(-1) ?? "";
  }
  assertEquals(new Set(found).size, found.length);
  assertEquals(new Set(found), new Set(owners));
});
