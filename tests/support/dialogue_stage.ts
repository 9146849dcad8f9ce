/**
 * Stage of dialogues: the component with the plugins that come with Annals, apart from its connection.
 *
 * @module
 */
import { BUILT_IN } from "../../src/plugins/mod.ts";
import { type Component, startComponent } from "../../src/runtime/component.ts";
import { loadConfig } from "../../src/runtime/load_config.ts";
import { createLog } from "../../src/log/log.ts";
import type { ArchiveStore } from "../../src/store/archive.ts";
import type { Element } from "../../src/xml/element.ts";
import type { Stage } from "./dialogue_play.ts";
import { Inbox } from "./inbox.ts";

/** Milliseconds to wait for what Annals is to say or to log: long enough for a machine under load. */
const PATIENCE = 10_000;

/** When every dialogue begins. */
const BEGINNING = Date.UTC(2026, 10, 22, 18);

export interface StageOptions {
  /** TOML, laid over the configuration of all dialogues. */
  readonly settings: string;
  /** Opens the store that the component uses until it is restarted. */
  openStore(): Promise<ArchiveStore>;
}

/** A stage that is to be taken down. */
export interface OpenStage extends Stage, AsyncDisposable {
  /** Returns stanzas, warnings and errors that no act mentions. */
  unexpected(): Promise<string[]>;
}

/** Starts the component. Until the stage is taken down, `Date.now` is the clock of the dialogue. */
export async function openStage({ settings, openStore }: StageOptions): Promise<OpenStage> {
  const { config, plugins } = await loadConfig({
    file: "dialogue.toml",
    text: `
      hosts = ["example.test", "example.net"]
      rooms = ["rooms.example.test"]
      component.domain = "archive.example.test"
      component.secret = "secret"
      ${settings}`,
    env: {},
    flags: new Map(),
    plugins: BUILT_IN,
  });
  const said = new Inbox<Element>();
  const logged = new Inbox<{ readonly level: string; readonly event: string }>();
  const log = createLog({ level: "debug", format: "json", write: (line) => logged.put(JSON.parse(line)) });
  const send = (stanza: Element) => Promise.resolve(said.put(stanza));
  const systemClock = Date.now;
  let time = BEGINNING;
  Date.now = () => time;
  const start = () => startComponent({ config, plugins, log, openStore, send });
  let component: Component = await start();

  return {
    take: (stanza) => component.take(stanza),
    next: () => said.take(() => true, "Annals to say something", PATIENCE),
    async logged(wanted): Promise<void> {
      await logged.take(({ event }) => event === wanted, `the event "${wanted}" in the log`, PATIENCE);
    },
    async at(stamp): Promise<void> {
      // What was said before is dealt with before.
      await new Promise((resolve) => setTimeout(resolve, 0));
      time = stamp;
    },
    reconnect: () => component.streamEnded(),
    async restart(): Promise<void> {
      component.streamEnded();
      await component[Symbol.asyncDispose]();
      component = await start();
    },
    async unexpected(): Promise<string[]> {
      await component.answered();
      const alarms = logged.held.filter(({ level }) => level === "warn" || level === "error");
      return [...said.held.map(String), ...alarms.map(({ event }) => event)];
    },
    async [Symbol.asyncDispose](): Promise<void> {
      component.streamEnded();
      await component[Symbol.asyncDispose]();
      Date.now = systemClock;
    },
  };
}
