import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { TransferError } from "./error.ts";
import { readProsodySql } from "./prosody_sql.ts";
import { withFile, withFolder } from "../../tests/support/transfer/files.ts";

/** As mod_storage_sql makes them. */
const SCHEMA = `
  CREATE TABLE prosody (host TEXT NOT NULL, user TEXT NOT NULL, store TEXT NOT NULL, key TEXT NOT NULL, type TEXT NOT NULL,
    value MEDIUMTEXT NOT NULL);
  CREATE TABLE prosodyarchive (sort_id INTEGER PRIMARY KEY AUTOINCREMENT, host TEXT NOT NULL, user TEXT NOT NULL,
    store TEXT NOT NULL, key TEXT NOT NULL, "when" INTEGER NOT NULL, "with" TEXT NOT NULL, type TEXT NOT NULL,
    value MEDIUMTEXT NOT NULL);`;

const HOST = "montague.example";

/** Runs a test with a database that has these rows, of host, user, store, and so on. */
async function withDatabase(
  { archive = [], data = [] }: { archive?: readonly (string | number)[][]; data?: readonly string[][] },
  run: (path: string) => void,
): Promise<void> {
  await withFolder({}, (folder) => {
    const path = `${folder}/prosody.sqlite`;
    {
      using db = new DatabaseSync(path);
      db.exec(`BEGIN; ${SCHEMA}`);
      const add = db.prepare(
        `INSERT INTO prosodyarchive (host, user, store, key, "when", "with", type, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      for (const row of archive) add.run(...row);
      const set = db.prepare("INSERT INTO prosody VALUES (?, ?, ?, ?, ?, ?)");
      for (const row of data) set.run(...row);
      db.exec("COMMIT");
    }
    run(path);
  });
}

const XML = "<message from='juliet@capulet.example/balcony' to='romeo@montague.example'><body>Ay me!</body></message>";

Deno.test("each row is an entry, in the order of arrival, archive after archive", async () => {
  const archive = [
    [HOST, "romeo", "archive", "k2", 1795385000.1239, "juliet@capulet.example", "xml", XML],
    [HOST, "benvolio", "archive", "k3", 1795385001, "juliet@capulet.example", "xml", XML],
    [HOST, "romeo", "archive", "k1", 1795384000, "juliet@capulet.example", "xml", XML],
    [HOST, "romeo", "muc_log", "k4", 1795384000, "", "xml", XML],
  ];
  await withDatabase({ archive }, (path) => {
    const items = [...readProsodySql(path)].flatMap((item) => item.kind === "entry" ? item : []);
    assertEquals(items.map(({ owner, entry: { id, time } }) => [owner, id, time]), [
      ["benvolio@montague.example", "k3", 1795385001000],
      ["romeo@montague.example", "k2", 1795385000123],
      ["romeo@montague.example", "k1", 1795384000000],
    ]);
    assertEquals(items[1]?.entry, {
      id: "k2",
      time: 1795385000123,
      with: "juliet@capulet.example",
      resource: "balcony",
      stanza: '<message from="juliet@capulet.example/balcony" to="romeo@montague.example" xmlns="jabber:client">' +
        "<body>Ay me!</body></message>",
    });
    assertEquals([...readProsodySql(path, { host: "capulet.example" })], []);
  });
});

Deno.test("rooms of mod_muc_mam come without what their occupants may have forged", async () => {
  const said = "<message from='tea@rooms.example/Alice' to='bob@capulet.example/b' type='groupchat'><body>Hi</body>" +
    "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='forged@capulet.example'/></x></message>";
  const archive = [["rooms.example", "tea", "muc_log", "k1", 1795384000, "tea@rooms.example/Alice", "xml", said]];
  await withDatabase({ archive }, (path) => {
    assertEquals([...readProsodySql(path)], [{
      kind: "entry",
      owner: "tea@rooms.example",
      entry: {
        id: "k1",
        time: 1795384000000,
        with: "tea@rooms.example",
        resource: "Alice",
        stanza:
          '<message from="tea@rooms.example/Alice" type="groupchat" xmlns="jabber:client"><body>Hi</body></message>',
      },
    }]);
  });
});

Deno.test("more rows than are read at once are all read", async () => {
  const archive = Array.from(
    { length: 1234 },
    (_, i) => [HOST, "romeo", "archive", `k${i}`, 1795384000 + i, "", "xml", XML],
  );
  await withDatabase({ archive }, (path) => {
    const ids = [...readProsodySql(path)].map((item) => item.kind === "entry" && item.entry.id);
    assertEquals(ids, archive.map(([, , , key]) => key));
  });
});

Deno.test("preferences are a row a JID, and what has no JID in one", async () => {
  const data = [
    [HOST, "romeo", "archive_prefs", "juliet@capulet.example", "boolean", "true"],
    [HOST, "romeo", "archive_prefs", "tybalt@capulet.example", "boolean", "false"],
    [HOST, "romeo", "archive_prefs", "", "json", '{"__hash":[false,"roster"]}'],
    [HOST, "romeo", "accounts", "password", "string", "secret"],
  ];
  await withDatabase({ data }, (path) => {
    assertEquals([...readProsodySql(path)], [{
      kind: "preferences",
      owner: "romeo@montague.example",
      preferences: { default: "roster", always: ["juliet@capulet.example"], never: ["tybalt@capulet.example"] },
    }]);
  });
});

Deno.test("what cannot be taken is skipped, and the rest read", async () => {
  const row = (
    user: string,
    type: string,
    xml: string,
  ): (string | number)[] => [HOST, user, "archive", "k", 1, "", type, xml];
  const archive = [
    row("a/b", "xml", XML),
    row("romeo", "json", "{}"),
    row("romeo", "xml", "<message>"),
    row("romeo", "xml", XML),
  ];
  const data = [[HOST, "x", "archive_prefs", "", "json", "{cut off"], [
    HOST,
    "",
    "archive_prefs",
    "a@b",
    "boolean",
    "true",
  ]];
  await withDatabase({ archive, data }, (path) => {
    const kinds = [...readProsodySql(path)].map(({ kind }) => kind);
    assertEquals(kinds, ["skipped", "skipped", "skipped", "skipped", "skipped", "entry"]);
  });
});

Deno.test("a file that is none of Prosody's is refused", async () => {
  await withFile("garbage ".repeat(1000), (path) => {
    assertThrows(() => [...readProsodySql(path)], TransferError, "found no database that can be read");
  });
  await withFile("", (path) => {
    assertThrows(() => [...readProsodySql(path)], TransferError, "found none of Prosody's tables");
    assertThrows(() => [...readProsodySql(`${path}-missing`)], TransferError, "found no such file");
  });
});
