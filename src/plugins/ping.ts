import { definePlugin } from "../runtime/plugin.ts";
import { NS, ping } from "../wire/xep0199.ts";

export default definePlugin({
  name: "ping",
  summary: "Answers pings (XEP-0199)",
  options: {},
  start(context): void {
    context.addFeature(NS);
    context.hook(ping, () => {});
  },
});
