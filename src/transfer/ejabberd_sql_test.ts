import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { readEjabberdSql } from "./ejabberd_sql.ts";
import { TransferError } from "./error.ts";
import { withFile, withFolder } from "../../tests/support/transfer/files.ts";

const HOST = "montague.example";

const XML = "<message xml:lang='it' from='juliet@capulet.example/balcony' to='romeo@montague.example' type='chat' " +
  "xmlns='jabber:client'><body>Ay me!</body></message>";

/** As sql/lite.sql makes them, or sql/lite.new.sql. */
function schema(hosts: boolean): string {
  const host = hosts ? "server_host text NOT NULL," : "";
  return `
    CREATE TABLE archive (username text NOT NULL, ${host} timestamp BIGINT UNSIGNED NOT NULL, peer text NOT NULL,
      bare_peer text NOT NULL, xml text NOT NULL, txt text, id INTEGER PRIMARY KEY AUTOINCREMENT, kind text, nick text);
    CREATE TABLE archive_prefs (username text NOT NULL, ${host} def text NOT NULL, always text NOT NULL, never text NOT NULL);`;
}

/** Runs a test with a database in which statements were executed. */
async function withDatabase(statements: readonly string[], run: (path: string) => void): Promise<void> {
  await withFolder({}, (folder) => {
    const path = `${folder}/ejabberd.sqlite`;
    {
      using db = new DatabaseSync(path);
      db.exec(["BEGIN", ...statements, "COMMIT"].join(";"));
    }
    run(path);
  });
}

/** Adds a message to an archive of the older schema. */
function message(user: string, timestamp: number, xml = XML, kind = "chat"): string {
  return `INSERT INTO archive (username, timestamp, peer, bare_peer, xml, kind) VALUES
    ('${user}', ${timestamp}, 'juliet@capulet.example/balcony', 'juliet@capulet.example', '${
    xml.replaceAll("'", "''")
  }', '${kind}')`;
}

function idsIn(path: string, host?: string): unknown[] {
  return [...readEjabberdSql(path, { host })].map((item) => item.kind === "entry" ? [item.owner, item.entry.id] : item);
}

Deno.test("each row is an entry, known by its time", async () => {
  await withDatabase([schema(false), message("romeo", 1795385000123456)], (path) => {
    assertEquals([...readEjabberdSql(path, { assumed: HOST })], [{
      kind: "entry",
      owner: "romeo@montague.example",
      entry: {
        id: "1795385000123456",
        time: 1795385000123,
        with: "juliet@capulet.example",
        resource: "balcony",
        stanza:
          '<message xml:lang="it" from="juliet@capulet.example/balcony" to="romeo@montague.example" type="chat" ' +
          'xmlns="jabber:client"><body>Ay me!</body></message>',
      },
    }]);
  });
});

Deno.test("archives follow each other, each in the order of time; two messages of one time are two", async () => {
  const romeo = "romeo@montague.example";
  const rows = [
    message("romeo", 3),
    message("benvolio", 9),
    message("romeo", 1),
    message("romeo", 3),
    message("romeo", 3),
  ];
  await withDatabase([schema(false), ...rows], (path) => {
    assertEquals(idsIn(path, HOST), [
      ["benvolio@montague.example", "9"],
      [romeo, "1"],
      [romeo, "3"],
      [romeo, "3-1"],
      [romeo, "3-2"],
    ]);
  });
});

Deno.test("more rows than are read at once are all read, also where their times are equal", async () => {
  const times = Array.from({ length: 1300 }, (_, i) => Math.floor(i / 3));
  await withDatabase([schema(false), ...times.map((time) => message("romeo", time))], (path) => {
    const ids = times.map((time, i) => ["romeo@montague.example", i % 3 === 0 ? `${time}` : `${time}-${i % 3}`]);
    assertEquals(idsIn(path, HOST), ids);
  });
});

Deno.test("the newer schema says of which host a row is, the older has to be told", async () => {
  const row = (host: string): string => (
    `INSERT INTO archive (username, server_host, timestamp, peer, bare_peer, xml) VALUES ('u', '${host}', 7, 'x', 'x', '<message/>')`
  );
  await withDatabase([schema(true), row("b.example"), row("a.example")], (path) => {
    assertEquals(idsIn(path), [["u@a.example", "7"], ["u@b.example", "7"]]);
    assertEquals(idsIn(path, "b.example"), [["u@b.example", "7"]]);
  });
  await withDatabase([schema(false)], (path) => {
    assertThrows(() => idsIn(path), TransferError, "expected --host");
  });
});

Deno.test("preferences are Erlang terms", async () => {
  const prefs = (user: string, def: string, always: string): string => (
    `INSERT INTO archive_prefs (username, def, always, never) VALUES ('${user}', '${def}', '${always}', '[]')`
  );
  const rows = [
    prefs("a", "roster", '[{<<"juliet">>,<<"capulet.example">>,<<"b">>}]'),
    prefs("b", "x", "[]"),
    prefs("c", "never", "x"),
  ];
  await withDatabase([schema(false), ...rows], (path) => {
    const reason = "preferences that cannot be read";
    assertEquals([...readEjabberdSql(path, { assumed: HOST })], [
      {
        kind: "preferences",
        owner: "a@montague.example",
        preferences: { default: "roster", always: ["juliet@capulet.example/b"], never: [] },
      },
      { kind: "skipped", reason },
      { kind: "skipped", reason },
    ]);
  });
});

Deno.test("what cannot be taken is skipped, and the rest read", async () => {
  const rows = [
    message("room@conference.montague.example", 1, XML, "groupchat"),
    message("a@b", 2),
    message("romeo", 3, "\x01\x02compressed"),
    message("romeo", 4, "<message>"),
    message("romeo", 5),
  ];
  await withDatabase([schema(false), ...rows], (path) => {
    assertEquals(
      [...readEjabberdSql(path, { assumed: HOST })].map((item) => item.kind === "skipped" ? item.reason : item.kind),
      [
        "an address that cannot be read",
        "compressed by ejabberd (compress_xml)",
        "XML that is not well-formed",
        "entry",
        "of another room",
      ],
    );
  });
});

Deno.test("a file that is none of ejabberd's is refused", async () => {
  await withFile("garbage ".repeat(1000), (path) => {
    assertThrows(() => idsIn(path, HOST), TransferError, "found no database that can be read");
  });
  await withFile("", (path) => {
    assertThrows(() => idsIn(path, HOST), TransferError, "found no table of ejabberd's mod_mam");
  });
});

Deno.test("archives of rooms are those of their whole JIDs, and the other end is the sender", async () => {
  const said =
    "<message from=''tea@rooms.example/Alice'' to=''bob@capulet.example/b'' type=''groupchat''><body>Hi</body>" +
    "<x xmlns=''http://jabber.org/protocol/muc#user''><item jid=''forged@capulet.example''/></x></message>";
  const row = `INSERT INTO archive (username, timestamp, peer, bare_peer, xml, txt, kind, nick) VALUES
    ('tea@rooms.example', 7000, 'alice@capulet.example/desk', 'alice@capulet.example', '${said}', '', 'groupchat', 'Alice')`;
  await withDatabase([schema(false), row], (path) => {
    assertEquals([...readEjabberdSql(path, { assumed: HOST })], [{
      kind: "entry",
      owner: "tea@rooms.example",
      entry: {
        id: "7000",
        time: 7,
        with: "tea@rooms.example",
        resource: "Alice",
        stanza:
          '<message from="tea@rooms.example/Alice" type="groupchat" xmlns="jabber:client"><body>Hi</body></message>',
        beside: "alice@capulet.example/desk\n{}",
      },
    }]);
  });
});
