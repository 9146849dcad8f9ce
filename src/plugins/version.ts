import { definePlugin } from "../runtime/plugin.ts";
import { VERSION } from "../lib/version.ts";
import { NS, softwareVersion } from "../wire/xep0092.ts";

export default definePlugin({
  name: "version",
  summary: "Says which version of Annals this is (XEP-0092)",
  options: {},
  start(context): void {
    context.addFeature(NS);
    // XEP-0092 §5 leaves the operating system to the operator; nobody outside needs to know it.
    context.hook(softwareVersion, () => ({ name: "Annals", version: VERSION }));
  },
});
