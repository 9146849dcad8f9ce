import { assertEquals } from "@std/assert";
import { memoryLog } from "../../../log/log.ts";
import { SilenceNotice } from "./silence.ts";
import { Tally } from "../tally.ts";

/** Events logged where these hosts are asked for archives, one after the other; `a.test` has a module. */
function noticed(hosts: readonly string[], { tally = new Tally(), underWay = 0 } = {}): string[] {
  const log = memoryLog();
  const linkTo = (host: string) => ({ expectsCopies: host !== "a.test" });
  const notice = new SilenceNotice({ archiving: { tally, underWay }, linkTo, log });
  for (const host of hosts) notice.noteQuery(host);
  return log.events.map(({ event }) => event);
}

Deno.test("SilenceNotice says once that somebody reads and nothing was handed over", () => {
  assertEquals(noticed(["b.test", "b.test"]), ["no-copies-yet"]);
});

Deno.test("SilenceNotice says nothing of a host whose module hands over: it sends no copies", () => {
  assertEquals(noticed(["a.test", "a.test"]), []);
  assertEquals(noticed(["a.test", "b.test"]), ["no-copies-yet"]);
});

Deno.test("SilenceNotice says nothing where something was handed over", () => {
  const tally = new Tally();
  tally.add("stored");
  assertEquals(noticed(["b.test"], { tally }), []);
  assertEquals(noticed(["b.test"], { underWay: 1 }), []);
});
