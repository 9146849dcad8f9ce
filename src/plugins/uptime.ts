import { definePlugin } from "../runtime/plugin.ts";
import { lastActivity, NS } from "../wire/xep0012.ts";

export default definePlugin({
  name: "uptime",
  summary: "Says for how many seconds Annals has been running (XEP-0012)",
  options: {},
  start(context): void {
    const started = performance.now();
    context.addFeature(NS);
    context.hook(lastActivity, () => ({ seconds: Math.floor((performance.now() - started) / 1000) }));
  },
});
