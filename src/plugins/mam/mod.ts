/**
 * Message archives (XEP-0313), archiving preferences (XEP-0441) and retention, with the options of Prosody's mod_mam.
 *
 * @module
 */
import {
  definePlugin,
  messagesLost,
  optionsChanged,
  type Request,
  storeProbed,
  streamEnded,
  streamOpened,
} from "../../runtime/plugin.ts";
import { choice, flag, integer, list, option, period, text, union } from "../../config/options.ts";
import { forwarded } from "../../wire/xep0297.ts";
import {
  archiveMetadata,
  FORM,
  NS,
  NS_EXTENDED,
  NS_GROUPCHAT_FIELD,
  queryArchive,
  queryForm,
} from "../../wire/xep0313.ts";
import type { ArchivingPreferences } from "../../wire/xep0441.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { requireOwner } from "./access.ts";
import { Accounts } from "./standard/accounts.ts";
import { Chronicler } from "./upkeep/chronicler.ts";
import { Companions } from "./companion/companions.ts";
import { noting } from "./upkeep/controls.ts";
import { CONVERSATION } from "./conversation.ts";
import { Copies } from "./standard/copies.ts";
import { decider } from "./decide.ts";
import { archiveShouldStore } from "./events.ts";
import { GroupCommit } from "./group_commit.ts";
import { Ids } from "./ids.ts";
import { Intake } from "./intake.ts";
import { measureArchive } from "./upkeep/measures.ts";
import { answerMetadata } from "./metadata.ts";
import { wasKept } from "./standard/offline.ts";
import { shouldStore, strippedNamespaces } from "./policy.ts";
import { PreferenceBook, servePreferences } from "./preferences.ts";
import { answerQuery } from "./query.ts";
import { serveCommands } from "./upkeep/serve_commands.ts";
import { serveCompanions } from "./companion/serve_companions.ts";
import { silenceNotice } from "./standard/silence.ts";
import { retentionOf, Sweeps } from "./upkeep/sweeps.ts";
import { createPace } from "./upkeep/sweep_time.ts";
import { Tally } from "./tally.ts";

/** Seconds between two reports of what became of the copies. */
const REPORT_INTERVAL = 3600;

/** Seconds between two entries in the chronicle: after a crash, so much of the connection before it is not known of. */
const CHRONICLE_INTERVAL = 60;

/** Features of every account (XEP-0030). */
export const ACCOUNT_FEATURES = [NS, NS_EXTENDED, NS_GROUPCHAT_FIELD];

export default definePlugin({
  name: "mam",
  summary: "Archives messages and lets users page through them (XEP-0313)",
  options: {
    max_archive_query_results: option(integer({ min: 1, max: 10_000 }), {
      doc: "The largest page; a client that asks for more gets this many, and pages on",
      default: 50,
      reload: true,
    }),
    default_archive_policy: option(union(flag(), choice("roster")), {
      doc: 'What is archived for users who set no preferences: true everything, "roster" contacts only, false nothing',
      default: true,
      reload: true,
    }),
    archive_expires_after: option(period(), {
      doc: 'How long messages are kept: seconds, or a number with d, w, m or y, or "never"',
      default: "1w",
      reload: true,
    }),
    archive_max_messages: option(union(integer({ min: 1 }), choice("unlimited")), {
      doc: 'How many messages a user may have in the archive, or "unlimited"; a sweep removes the oldest beyond that',
      default: "unlimited",
      reload: true,
    }),
    archive_cleanup_interval: option(integer({ min: 1, max: 31_536_000 }), {
      doc: "Seconds between the sweeps that remove such messages; shorter spreads the work",
      default: 14_400,
      reload: true,
    }),
    dont_archive_namespaces: option(list(text()), {
      doc: "Parts of messages that are not kept, by namespace; a message of nothing else is not archived at all",
      default: ["http://jabber.org/protocol/chatstates"],
      reload: true,
    }),
  },

  async start(context): Promise<void> {
    const { options, log, hosts, signal } = context;
    for (const feature of ACCOUNT_FEATURES) context.addFeature(feature, "account");

    const store = await context.openStore("archive2");
    const tally = new Tally();
    const chronicler = new Chronicler({ store, tally, now: Date.now, log });
    const commit = new GroupCommit(store, tally, log);
    const book = new PreferenceBook(store);
    const ids = new Ids(() => store.newestNumber);
    const defaultPolicy = () => options.default_archive_policy;
    let namespaces = strippedNamespaces(options.dont_archive_namespaces);
    // Ahead of the modules, which are told then.
    context.on(optionsChanged, () => {
      namespaces = strippedNamespaces(options.dont_archive_namespaces);
    });
    const stripped = () => namespaces;
    const accounts = new Accounts({
      hasArchive: async (account) => await store.extent(account) !== undefined,
      roster: (account) => context.roster(account),
      now: () => performance.now(),
    });
    const decide = decider({
      preferencesOf: (account) => book.of(account),
      defaultPolicy,
      exists: (account) => accounts.exists(account),
      async wasKept(owner, waited): Promise<boolean> {
        await settled(owner.account.bare);
        return await wasKept(store, owner, waited);
      },
      roster: (account) => context.roster(account),
      tally,
      log,
    });
    const intake = new Intake({
      decide,
      nextId: () => ids.next(),
      admit: (message, held) => commit.add(message, held),
      lose: () => commit.lose(1),
      log,
    });
    const companions = new Companions(context, {
      store,
      ids,
      tally,
      book,
      features: ACCOUNT_FEATURES,
      settings: () => ({ policy: defaultPolicy(), strip: [...stripped()], conversation: CONVERSATION }),
      busy: () => commit.full || intake.full,
      stripped,
      accept: (message) => intake.accept(message),
    });
    const copies = new Copies({
      hosts,
      tally,
      linkTo: context.linkTo,
      now: Date.now,
      stripped,
      saw: (account) => accounts.saw(account),
      judge: (candidate) => context.fire(archiveShouldStore, candidate) ?? shouldStore(candidate),
      accept: (message) => intake.accept(message),
    });
    context.hook(forwarded, (message) => copies.take(message));
    serveCompanions(context, { companions, store, book });
    function report(): void {
      if (!tally.isEmpty) {
        log.info("archived", "Messages taken since the start, and why others were not", tally.counts());
      }
    }
    context.defer(async () => {
      await intake.close();
      await commit.close();
      context.fire(messagesLost, tally.of("lost"));
      await companions.close();
      report();
      await chronicler.close();
    });
    context.on(streamOpened, () => chronicler.opened());
    context.on(streamEnded, () => chronicler.ended());
    context.on(storeProbed, () => chronicler.note());
    context.addTimer("chronicle", () => CHRONICLE_INTERVAL, async () => void await chronicler.note());
    context.control(noting, () => chronicler.note());
    context.addTimer("report", () => REPORT_INTERVAL, report);

    async function settled(archive: string): Promise<boolean> {
      const decided = await intake.settled(archive);
      return await commit.settled() && decided;
    }
    const expiresAfter = () => options.archive_expires_after;
    const maxMessages = () => options.archive_max_messages;
    const interval = () => options.archive_cleanup_interval;
    const measurable = { tally, copies, companions, intake, commit, store, expiresAfter, interval };
    const measured = measureArchive(context.meter, measurable);

    const limit = () => options.max_archive_query_results;
    /** Servers let only accounts of theirs ask in their own name. */
    function noteAsker({ from }: Request): void {
      if (hosts.has(from.domain)) accounts.saw(from.bare);
    }
    const noticeSilence = silenceNotice({
      tally,
      underWay: () => intake.undecided + commit.depth,
      linkTo: context.linkTo,
      log,
    });
    context.hook(queryArchive, (query, request) => {
      noteAsker(request);
      noticeSilence(request.to.domain);
      return measured.pages.time(() => answerQuery(query, request, { store, settled, limit }));
    });
    context.hook(archiveMetadata, (_, request) => {
      noteAsker(request);
      return answerMetadata(request, { store, settled });
    });
    context.hook(queryForm, (_, request) => {
      noteAsker(request);
      requireOwner(request);
      return FORM;
    });
    const changed = (account: Jid, wanted: ArchivingPreferences | undefined) => (
      companions.tellPreferences(account, wanted)
    );
    servePreferences(context, { book, defaultPolicy, changed });

    const sweeps = new Sweeps(measured.swept);
    const pace = createPace();
    context.addTimer("sweep", interval, async () => {
      await sweeps.run({ store, now: Date.now, expiresAfter, maxMessages, allowance: pace(), signal, log });
    });
    serveCommands(context, {
      store,
      book,
      settled,
      sweep: (how, signal) => sweeps.run({ store, now: Date.now, ...retentionOf(how), signal, log }),
      changed,
    });
  },
});
