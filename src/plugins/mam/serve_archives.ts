/**
 * Answers users: queries, metadata, the form, preferences.
 *
 * @module
 */
import type { Request } from "../../runtime/plugin.ts";
import { archiveMetadata, FORM, queryArchive, queryForm } from "../../wire/xep0313.ts";
import { requireReader } from "./access.ts";
import type { Archiving } from "./archiving.ts";
import type { Companions } from "./companion/companions.ts";
import { answerMetadata } from "./metadata.ts";
import type { MamContext } from "./options.ts";
import { servePreferences } from "./preferences.ts";
import { answerQuery } from "./query.ts";
import type { SilenceNotice } from "./standard/silence.ts";

export interface ServeOptions {
  readonly archiving: Archiving;
  readonly companions: Companions;
  readonly silence: SilenceNotice;
}

export function serveArchives(context: MamContext, { archiving, companions, silence }: ServeOptions): void {
  const { accounts, book, options, pages } = archiving;

  /** Servers let only accounts of theirs ask in their own name. */
  function noteAsker({ from }: Request): void {
    if (context.hosts.has(from.domain)) accounts.saw(from.bare);
  }

  context.hook(queryArchive, (query, request) => {
    noteAsker(request);
    if (request.access === undefined) silence.noteQuery(request.to.domain);
    return pages.time(() => answerQuery(query, request, archiving));
  });
  context.hook(archiveMetadata, (_, request) => {
    noteAsker(request);
    return answerMetadata(request, archiving);
  });
  context.hook(queryForm, (_, request) => {
    noteAsker(request);
    requireReader(request);
    return FORM;
  });
  servePreferences(context, { book, options, companions });
}
