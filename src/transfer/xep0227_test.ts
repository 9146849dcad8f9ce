import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { openMemoryStore } from "../store/memory/mod.ts";
import { TransferError } from "./error.ts";
import { exportItems, ownersOf } from "./export.ts";
import { importItems } from "./import.ts";
import type { EntryItem, Item } from "./item.ts";
import { Summary } from "./summary.ts";
import { storeTarget } from "./target.ts";
import { anyArchives, HOSTS, NOW } from "../../tests/support/transfer/archives.ts";
import { withFile, withFolder } from "../../tests/support/transfer/files.ts";
import { readXep0227, writeXep0227 } from "./xep0227.ts";

/** XEP-0227 §4.10, with what else may be in such a file. */
const DOCUMENT = `<?xml version='1.0' encoding='UTF-8'?>
<server-data xmlns='urn:xmpp:pie:0'>
  <host jid='capulet.example'>
    <user name='juliet' password='s3cret'>
      <query xmlns='jabber:iq:roster'><item jid='romeo@montague.example'><group>Friends &amp; foes</group></item></query>
      <prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>romeo@montague.example</jid></always><never/></prefs>
      <archive xmlns='urn:xmpp:pie:0#mam'>
        <result xmlns='urn:xmpp:mam:2' id='28482-98726-73623'>
          <forwarded xmlns='urn:xmpp:forward:0'>
            <delay xmlns='urn:xmpp:delay' stamp='2020-07-10T23:08:25Z'/>
            <message xmlns='jabber:client' to='juliet@capulet.example/balcony' from='romeo@montague.example/orchard' type='chat'>
              <body>Call me but love</body>
            </message>
          </forwarded>
        </result>
      </archive>
    </user>
  </host>
</server-data>
`;

const RESULT_END = DOCUMENT.indexOf("</result>") + "</result>".length;

Deno.test("archives and preferences are read, and nothing else", async () => {
  await withFile(DOCUMENT, (path) => {
    const [preferences, entry, ...rest] = [...readXep0227(path)];
    assertEquals(rest, []);
    assertEquals(preferences, {
      kind: "preferences",
      owner: "juliet@capulet.example",
      preferences: { default: "roster", always: ["romeo@montague.example"], never: [] },
    });
    if (entry?.kind !== "entry") throw new Error("Found no entry");
    const { stanza, ...said } = entry.entry;
    assertEquals([entry.owner, said], ["juliet@capulet.example", {
      id: "28482-98726-73623",
      time: Date.UTC(2020, 6, 10, 23, 8, 25),
      with: "romeo@montague.example",
      resource: "orchard",
    }]);
    assert(/^<message [^>]*xmlns="jabber:client"[^>]*>\s+<body>Call me but love<\/body>\s+<\/message>$/.test(stanza));
  });
});

Deno.test("what is exported, imported and exported again is the same text", async () => {
  await fc.assert(
    fc.asyncProperty(anyArchives, async (items) => {
      const text = (await Array.fromAsync(writeXep0227(items))).join("");
      await withFile(text, async (path) => {
        await using store = openMemoryStore();
        const summary = new Summary();
        await importItems(readXep0227(path), { target: storeTarget(store), hosts: new Set(HOSTS), now: NOW, summary });
        assertEquals([...summary.skipped], []);
        const again = await Array.fromAsync(writeXep0227(exportItems(store, ownersOf(store, HOSTS))));
        assertEquals(again.join(""), text);
      });
    }),
    { numRuns: 200 },
  );
});

Deno.test("a message without a namespace of its own is one of a client (XEP-0297 §3.2), what it inherits stays bound", async () => {
  const bare = DOCUMENT.replace("<message xmlns='jabber:client'", "<message")
    .replace("<body>", "<x:x/><body>").replace("<archive ", "<archive xmlns:x='urn:x' ");
  await withFile(bare, (path) => {
    const entry = [...readXep0227(path)].find(({ kind }) => kind !== "preferences");
    if (entry?.kind !== "entry") throw new Error(`Found no entry: ${JSON.stringify(entry)}`);
    assert(/^<message [^>]*xmlns="jabber:client"/.test(entry.entry.stanza));
    assert(entry.entry.stanza.includes("urn:x"));
  });
});

Deno.test("each stanza is written with its namespace, also where it is kept without", async () => {
  const cases: readonly (readonly [kept: string, written: string])[] = [
    [`<message id="xmlns="/>`, `<message xmlns="jabber:client" id="xmlns="/>`],
    [`<message><body xmlns="x"/></message>`, `<message xmlns="jabber:client"><body xmlns="x"/></message>`],
    [`<message xmlns:x="x"/>`, `<message xmlns="jabber:client" xmlns:x="x"/>`],
    [`<message/>`, `<message xmlns="jabber:client"/>`],
    [`<message id='>' xmlns='jabber:client'/>`, `<message id='>' xmlns='jabber:client'/>`],
  ];
  for (const [stanza, expected] of cases) {
    const entry = { id: "a", time: NOW, with: "romeo@montague.example", resource: "", stanza };
    const items = (async function* (): AsyncGenerator<EntryItem> {
      yield { kind: "entry", owner: "juliet@capulet.example", entry };
    })();
    assert((await Array.fromAsync(writeXep0227(items))).join("").includes(`${expected}</forwarded>`), stanza);
  }
});

Deno.test("files that are included are read, each about whom it is included for (XEP-0227 §5)", async () => {
  const user = DOCUMENT.slice(DOCUMENT.indexOf("<user"), DOCUMENT.indexOf("</user>") + "</user>".length);
  const xi = "xmlns='urn:xmpp:pie:0' xmlns:xi='http://www.w3.org/2001/XInclude'";
  const files = {
    "all.xml":
      `<server-data ${xi}><xi:include href='capulet.example.xml'/><xi:include href='/etc/passwd'/></server-data>`,
    "capulet.example.xml": `<host ${xi} jid='capulet.example'><xi:include href='capulet.example/juliet.xml'/></host>`,
    "capulet.example/juliet.xml": user.replace("<user", "<user xmlns='urn:xmpp:pie:0'"),
    "loop.xml": `<server-data ${xi}><xi:include href='loop.xml'/></server-data>`,
  };
  await withFolder(files, (path) => {
    assertEquals([...readXep0227(`${path}/all.xml`)].map(({ kind }) => kind), ["preferences", "entry", "skipped"]);
    assertEquals([...readXep0227(`${path}/loop.xml`)].map(({ kind }) => kind), ["skipped"]);
    assertThrows(() => [...readXep0227(`${path}/missing.xml`)], TransferError, "no such file");
  });
});

Deno.test("only what is of the host that is asked for is read", async () => {
  await withFile(DOCUMENT, (path) => {
    assertEquals([...readXep0227(path, { host: "montague.example" })], []);
    assertEquals([...readXep0227(path, { host: "capulet.example" })].length, 2);
  });
});

Deno.test("a document that is cut off, or garbage, is read up to there, and the line is named", async () => {
  const head = DOCUMENT.slice(0, RESULT_END);
  const cases: readonly (readonly [string | Uint8Array, number])[] = [
    [head, 15],
    [`${head}\n\n<result`, 17],
    [`${head}garbage`, 15],
    [`${head}\n</user>`, 16],
    [`${head}\n<!-- -->`, 16],
    [`${head}\n<a>\n<b></a>`, 17],
    [`${head}<result xmlns='urn:xmpp:mam:2'>${"x".repeat(3_000_000)}`, 15],
    [head + "<a>".repeat(1000), 15],
    [new Uint8Array([...new TextEncoder().encode(`${head}\n`), 0xff, 0x3c, 0x3e]), 15],
  ];
  for (const [content, line] of cases) {
    await withFile(content, (path) => {
      const read: Item[] = [];
      const error = assertThrows(() => readXep0227(path).forEach((item) => read.push(item)), TransferError);
      assert(error.message.startsWith(`Cannot read "${path}", line `), error.message);
      if (typeof content === "string") {
        assert(error.message.includes(`, line ${line}: `), `${content.slice(-20)} ${error.message}`);
      }
      assertEquals(read.length, typeof content === "string" ? 2 : read.length);
    });
  }
});

Deno.test("another document is refused, and a result that is none of ours is not taken", async () => {
  await withFile("<html/>", (path) => {
    assertThrows(() => [...readXep0227(path)], TransferError, "expected <server-data/> of XEP-0227");
  });
  const unbound = DOCUMENT.replace("<body>Call me but love</body>", "<x:body/>");
  const unstamped = DOCUMENT.replace("stamp='2020-07-10T23:08:25Z'", "");
  const unnamed = DOCUMENT.replace("name='juliet'", "");
  for (const text of [unbound, unstamped, unnamed]) {
    await withFile(text, (path) => assertEquals([...readXep0227(path)].at(-1)?.kind, "skipped"));
  }
});
