/**
 * The standard path: copies, and what they show of accounts.
 *
 * @module
 */
import { forwarded } from "../../../wire/xep0297.ts";
import type { Archiving } from "../archiving.ts";
import type { MamContext } from "../options.ts";
import { Copies } from "./copies.ts";
import { SilenceNotice } from "./silence.ts";

export interface Standard {
  readonly copies: Copies;
  readonly silence: SilenceNotice;
}

export function startStandard(context: MamContext, archiving: Archiving): Standard {
  const { hosts, linkTo, log } = context;
  const copies = new Copies({ hosts, linkTo, archiving, now: Date.now });
  context.hook(forwarded, (message) => copies.take(message));
  return { copies, silence: new SilenceNotice({ archiving, linkTo, log }) };
}
