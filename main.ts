import { run } from "./src/cli/run.ts";
import { thisProcess } from "./src/cli/system.ts";

Deno.exit(await run(Deno.args, thisProcess()));
