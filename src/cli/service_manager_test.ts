import { assertEquals } from "@std/assert";
import { NotifySocket } from "../../tests/support/notify_socket.ts";
import { ServiceManager } from "./service_manager.ts";

function fail(error: unknown): never {
  throw error;
}

Deno.test("ServiceManager tells the socket of sd_notify(3), in order", async () => {
  await using socket = await NotifySocket.open();
  await using manager = new ServiceManager(socket.env, fail);
  manager.tell("STATUS=Opening");
  await manager.tell("READY=1", "STATUS=Open");
  await socket.until("STATUS=Open");
  assertEquals(socket.told, ["STATUS=Opening", "READY=1", "STATUS=Open"]);
});

Deno.test("ServiceManager tells of the connection what the log tells", async () => {
  await using socket = await NotifySocket.open();
  await using manager = new ServiceManager(socket.env, fail);
  const event = {
    level: "info",
    message: "Connected to the server",
    fields: { domain: "archive.example.org" },
  } as const;
  manager.hear({ ...event, event: "stream-connected" });
  manager.hear({ ...event, event: "archive-swept" });
  manager.hear({ ...event, event: "stream-failed", message: "Cannot connect to x:5347\nREADY=1" });
  await socket.until(/^STATUS=Cannot/);
  assertEquals(socket.told, [
    "STATUS=Connected to the server as archive.example.org",
    "STATUS=Cannot connect to x:5347\\u000aREADY=1; trying again",
  ]);
});

Deno.test("ServiceManager tells of archives that are not open before all else, until they are", async () => {
  await using socket = await NotifySocket.open();
  await using manager = new ServiceManager(socket.env, fail);
  const hear = (event: string, message: string, fields = {}): void => (
    manager.hear({ level: "info", event, message, fields })
  );
  hear("store-not-open", "The archives cannot be opened; messages wait");
  hear("stream-connected", "Connected to the server", { domain: "archive.example.org" });
  hear("store-opened", "The archives are open");
  hear("archive-displaced", "A file of the archives was removed");
  hear("archive-saved", "What they held is saved", { saved: "/a.saved" });
  await socket.until(/^STATUS=What/);
  assertEquals(socket.told, [
    "STATUS=The archives cannot be opened; messages wait",
    "STATUS=The archives cannot be opened; messages wait. Connected to the server as archive.example.org",
    "STATUS=Connected to the server as archive.example.org",
    "STATUS=A file of the archives was removed. Connected to the server as archive.example.org",
    "STATUS=What they held is saved: /a.saved. Connected to the server as archive.example.org",
  ]);
});

Deno.test("ServiceManager gives signs of life as long as the watchdog is to be fed", async () => {
  await using socket = await NotifySocket.open();
  await using _manager = new ServiceManager(
    { ...socket.env, WATCHDOG_USEC: "2000", WATCHDOG_PID: `${Deno.pid}` },
    fail,
  );
  await socket.until("WATCHDOG=1", await socket.until("WATCHDOG=1"));
});

Deno.test("ServiceManager leaves the watchdog of another process alone", async () => {
  await using socket = await NotifySocket.open();
  // A timer would be a leak, which fails the test.
  const _manager = new ServiceManager({ ...socket.env, WATCHDOG_USEC: "2000", WATCHDOG_PID: "1" }, fail);
});

Deno.test("ServiceManager has nobody to tell where nobody asked", async () => {
  await using manager = new ServiceManager({}, fail);
  await manager.tell("READY=1");
});

Deno.test("ServiceManager says what it could not tell, and goes on", async () => {
  await using socket = await NotifySocket.open();
  const failures: unknown[] = [];
  for (const NOTIFY_SOCKET of ["@abstract", `${socket.folder}/none`]) {
    await using manager = new ServiceManager({ NOTIFY_SOCKET }, (error) => failures.push(error));
    await manager.tell("READY=1");
    await manager.tell("STOPPING=1");
  }
  assertEquals(failures.map(String), [
    ...Array(2).fill('Error: Cannot use NOTIFY_SOCKET: Found "@abstract", expected a path'),
    ...Array(2).fill("NotFound: No such file or directory (os error 2)"),
  ]);
});
