/**
 * The companion path: modules inside servers (scripts/prosody/PROTOCOL.md).
 *
 * @module
 */
import type { Archiving } from "../archiving.ts";
import type { MamContext } from "../options.ts";
import { Companions } from "./companions.ts";
import { serveCompanions } from "./serve_companions.ts";

export function startCompanion(context: MamContext, archiving: Archiving): Companions {
  const companions = new Companions(context, archiving);
  serveCompanions(context, { companions, archiving });
  return companions;
}
