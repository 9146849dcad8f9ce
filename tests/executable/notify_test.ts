import { assertEquals } from "@std/assert";
import { NotifySocket } from "../support/notify_socket.ts";
import { Process } from "../support/process.ts";

const ANNALS = Deno.env.get("ANNALS_EXECUTABLE");
const GOOD = new URL("../config/good_minimal.toml", import.meta.url).pathname;

Deno.test({
  name: "the executable tells a service manager that it is ready, alive, without a server, and stopping",
  ignore: ANNALS === undefined,
  async fn(): Promise<void> {
    await using socket = await NotifySocket.open();
    // Nobody listens at a reserved port.
    const args = ["serve", "--config", GOOD, "--storage.archive2", "memory", "--component.port", "1"];
    await using annals = new Process(ANNALS ?? "", { args, env: { ...socket.env, WATCHDOG_USEC: "20000" } });
    await socket.until("READY=1");
    await socket.until(/^STATUS=Cannot connect to .+; trying again$/);
    const index = await socket.until("WATCHDOG=1", await socket.until("WATCHDOG=1"));
    annals.signal("SIGTERM");
    await socket.until("STOPPING=1", index);
    assertEquals((await annals.ended).code, 0);
  },
});
