import { assertEquals, assertMatch } from "@std/assert";
import { wholeArchive } from "../support/archive.ts";
import type { LogLine } from "../support/annals.ts";
import { onEachServer } from "./stage.ts";

const SECRET = "swear not by the moon";

onEachServer(
  "the log has a line for each thing that happens, none for a message, and no word of what is said",
  async (stage, t) => {
    const { annals } = stage;
    const told = () => annals.lines.map((line): LogLine => JSON.parse(line)).filter(({ level }) => level !== "debug");
    await annals.event("sweep");
    const started = told().length;

    await t.step("start, connection and grants are one line each, in this order", () => {
      const events = told().map(({ event }) => event);
      assertEquals(events.slice(0, 1), ["starting"]);
      assertEquals(events.indexOf("stream-connected") < events.indexOf("delegation-granted"), true);
      // A sweep that removed nothing is told at the level "debug".
      for (const event of ["starting", "store-opened", "stream-connected", "delegation-granted"]) {
        assertEquals(events.filter((each) => each === event), [event]);
      }
    });
    await t.step("messages and pages leave none", async () => {
      const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
      for (let count = 1; count <= 20; count++) {
        await alice.send(`<message to='bob@example.test' type='chat'><body>${SECRET} ${count}</body></message>`);
      }
      await bob.message(`${SECRET} 20`);
      assertEquals((await wholeArchive(alice)).length, 20);
      assertEquals(told().slice(started), []);
    });
    await t.step("a reload is one line", async () => {
      annals.signal("SIGHUP");
      await annals.event("config-reloaded");
      assertEquals(told().slice(started).map(({ event }) => event), ["config-reloaded"]);
    });
    await t.step("each has a time, a level, an event and a message; none has what was said", async () => {
      await annals.stop();
      for (const line of annals.lines) {
        const { time, level, event, message }: LogLine = JSON.parse(line);
        assertMatch(`${time} ${level} ${event}`, /^\S+T\S+Z (debug|info|warn|error) [a-z-]+$/);
        assertMatch(message, /^[A-Z].*[^.]$/);
        assertEquals(line.includes(SECRET), false);
      }
    });
  },
);
