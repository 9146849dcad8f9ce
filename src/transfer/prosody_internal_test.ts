import { assert, assertEquals, assertThrows } from "@std/assert";
import { TransferError } from "./error.ts";
import type { Item } from "./item.ts";
import { readProsodyInternal } from "./prosody_internal.ts";
import { withFolder } from "../../tests/support/transfer/files.ts";

/** An item as util.serialization writes it. */
const ITEM = `item({
\t["name"] = "message";
\t["key"] = "k1";
\t["when"] = 1795385000.1239;
\t["with"] = "juliet@capulet.example";
\t["attr"] = {
\t\t["to"] = "juliet@capulet.example/balcony";
\t\t["from"] = "romeo@montague.example/orchard";
\t\t["stamp"] = "2026-11-22T18:03:20Z";
\t\t["xml:lang"] = "it";
\t};
\t{
\t\t["name"] = "body";
\t\t["attr"] = {};
\t\t"O \\240\\159\\140\\153 \\"<\\" );\\n";
\t};
\t{
\t\t["name"] = "x";
\t\t["attr"] = {
\t\t\t["xmlns"] = "urn:x";
\t\t\t["urn:y\\001kind"] = "odd";
\t\t};
\t};
});
`;

const LIST = "montague%2eexample/archive/romeo.list";
const PREFERENCES = "montague%2eexample/archive_prefs/romeo.dat";

Deno.test("an item is an entry as mod_mam would give it", async () => {
  await withFolder({ [LIST]: ITEM, [LIST.replace(".list", ".lidx")]: "\x00\x01" }, (path) => {
    assertEquals([...readProsodyInternal(path)], [{
      kind: "entry",
      owner: "romeo@montague.example",
      entry: {
        id: "k1",
        time: 1795385000123,
        with: "juliet@capulet.example",
        resource: "balcony",
        stanza: '<message to="juliet@capulet.example/balcony" from="romeo@montague.example/orchard" xml:lang="it" ' +
          'xmlns="jabber:client"><body>O \u{1f319} "&lt;" );\n</body><x xmlns="urn:x" xmlns:ns1="urn:y" ns1:kind="odd"/></message>',
      },
    }]);
  });
});

Deno.test("a list of mod_muc_mam is the archive of a room", async () => {
  const item = ITEM.replaceAll("romeo@montague.example/orchard", "tea@montague.example/Romeo");
  await withFolder({ ["montague%2eexample/muc_log/tea.list"]: item }, (path) => {
    const [found] = [...readProsodyInternal(path)];
    assertEquals(found?.kind === "entry" && [found.owner, found.entry.id, found.entry.with, found.entry.resource], [
      ...["tea@montague.example", "k1", "tea@montague.example", "Romeo"],
    ]);
    assertEquals(found?.kind === "entry" && found.entry.stanza.includes(" to="), false);
  });
});

Deno.test("an item without a key is known by its position, one without a time by its stamp", async () => {
  const old = ITEM.replace(/\t\["(key|when)"\].*\n/g, "");
  await withFolder({ [LIST]: ITEM + old }, (path) => {
    const [, item] = [...readProsodyInternal(path)];
    assertEquals(item?.kind === "entry" && [item.entry.id, item.entry.time], ["2", Date.UTC(2026, 10, 22, 18, 3, 20)]);
  });
});

Deno.test("preferences are those of mod_mam", async () => {
  const rules =
    'return {\n\t[false] = "roster";\n\t["juliet@capulet.example"] = true;\n\t["tybalt@capulet.example"] = false;\n};\n';
  await withFolder({
    [PREFERENCES]: rules,
    [PREFERENCES.replace("romeo", "paris")]: "return {\n\t[false] = false;\n};\n",
  }, (path) => {
    assertEquals([...readProsodyInternal(path)], [
      {
        kind: "preferences",
        owner: "paris@montague.example",
        preferences: { default: "never", always: [], never: [] },
      },
      {
        kind: "preferences",
        owner: "romeo@montague.example",
        preferences: { default: "roster", always: ["juliet@capulet.example"], never: ["tybalt@capulet.example"] },
      },
    ]);
  });
});

Deno.test("names of files are users' names, and one that no user can have is not taken", async () => {
  const folder = "montague%2eexample/archive";
  const files = {
    [`${folder}/j%c3%bcrg%2eb.list`]: ITEM,
    [`${folder}/%2e%2e%2fadmin.list`]: ITEM,
    [`${folder}/%ff.list`]: ITEM,
  };
  await withFolder(files, (path) => {
    const owners = [...readProsodyInternal(path)].map((item) => item.kind === "entry" ? item.owner : item.kind);
    assertEquals(owners, ["skipped", "skipped", "jürg.b@montague.example"]);
  });
});

Deno.test("only what is of the host that is asked for is read", async () => {
  await withFolder(
    { [LIST]: ITEM, "capulet%2eexample/archive/nurse.list": ITEM, "capulet%2eexample/roster/x.dat": "" },
    (path) => {
      assertEquals([...readProsodyInternal(path, { host: "capulet.example" })].length, 1);
      assertThrows(
        () => [...readProsodyInternal(path, { host: "verona.example" })],
        TransferError,
        "no archive of verona.example",
      );
      assertThrows(() => [...readProsodyInternal(`${path}/nowhere`)], TransferError, "expected Prosody's data_path");
    },
  );
});

Deno.test("a list that is cut off, garbage or code is read up to there, and the line is named", async () => {
  const lines = ITEM.split("\n").length - 1;
  const cases: readonly (readonly [string, number])[] = [
    [ITEM.slice(0, ITEM.indexOf("romeo") + 3), lines + 8],
    [ITEM.slice(0, -4), 2 * lines - 1],
    ["garbage\n", lines + 1],
    ["\x00\xff\x1b[2J\n", lines + 1],
    ["item(os.execute('touch /tmp/x'));\n", lines + 1],
    ["while true do end\n", lines + 1],
    [`item({\n\t["name"] = os.getenv("HOME");\n});\n`, lines + 2],
    [`item({\n${"\t{\n".repeat(1000)}`, lines + 252],
    [`item({\n\t"${"a".repeat(5_000_000)}";\n});\n`, lines + 1],
  ];
  for (const [bad, line] of cases) {
    await withFolder({ [LIST]: ITEM + bad }, (path) => {
      const read: Item[] = [];
      const error = assertThrows(() => readProsodyInternal(path).forEach((item) => read.push(item)), TransferError);
      assert(
        error.message.startsWith(`Cannot read "${path}/${LIST}", line ${line}: found `),
        `${bad.slice(0, 30)}: ${error.message}`,
      );
      assertEquals(read.length, 1);
    });
  }
});

Deno.test("a message that could not be written as XML is not taken", async () => {
  const bad = [
    ITEM.replace('"x"', '"x><y"'),
    ITEM.replace('"xml:lang"', "\"a='1' b\""),
    ITEM.replace("O ", "\\000"),
    ITEM.replace('"message"', '"iq"'),
    ITEM.replace('["name"] = "body"', '["name"] = 3'),
    ITEM.replace('["from"] = "romeo', '["from"] = "ro meo').replace('["with"] = "juliet', '["with"] = "jul iet'),
  ];
  await withFolder({ [LIST]: bad.join("") }, (path) => {
    assertEquals([...readProsodyInternal(path)].map(({ kind }) => kind), bad.map(() => "skipped"));
  });
});
