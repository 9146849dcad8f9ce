/**
 * A real browser without a window: Chromium, told what to do over the DevTools Protocol.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/
 * @module
 */
import { DevTools } from "./dev_tools.ts";
import { Process } from "./process.ts";

/** Options of a look at a page. */
export interface Viewing {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
}

/** View of a page. */
export interface Sight {
  readonly title: string;
  /** Text in `document.body.innerText`. */
  readonly text: string;
  /** Pixels by which the page is wider than the window. */
  readonly overflow: number;
  /** Elements that are wider inside than outside. */
  readonly overflowing: readonly string[];
  /** Colour behind the text: `rgb(22, 24, 27)`. */
  readonly background: string;
  /** Messages on the console. */
  readonly complaints: readonly string[];
  /** The addresses that were asked for. */
  readonly requests: readonly string[];
  /** PNG of all of it. */
  readonly picture: Uint8Array;
}

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

/** Script that reads a page. */
const LOOK = `(() => ({
  title: document.title,
  text: document.body.innerText,
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  overflowing: [...document.body.querySelectorAll("*")]
    .filter((element) => element instanceof HTMLElement && element.scrollWidth > element.clientWidth && element.clientWidth > 0)
    .map((element) => element.outerHTML.slice(0, 100)),
  background: getComputedStyle(document.body).backgroundColor,
}))()`;

/** A running browser with a profile of its own. */
export class Browser implements AsyncDisposable {
  readonly #process: Process;
  readonly #profile: string;
  readonly #tools: DevTools;

  private constructor(process: Process, profile: string, tools: DevTools) {
    this.#process = process;
    this.#profile = profile;
    this.#tools = tools;
  }

  static async launch(): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "annals-browser-" });
    const process = new Process("chromium", { args: [...ARGUMENTS, `--user-data-dir=${profile}`] });
    try {
      const line = await process.line((line) => line.startsWith("DevTools listening on "));
      return new Browser(process, profile, await DevTools.connect(line.slice("DevTools listening on ".length)));
    } catch (error) {
      await process.stop();
      await Deno.remove(profile, { recursive: true });
      throw error;
    }
  }

  /** Opens a page in a tab of its own, and looks at it once it is loaded. */
  async look(url: string, { width, height, scheme }: Viewing): Promise<Sight> {
    const { targetId } = await this.#tools.ask("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.#tools.ask("Target.attachToTarget", { targetId, flatten: true });
    const tab = this.#tools.session(String(sessionId));
    const complaints: string[] = [];
    const requests: string[] = [];
    const loaded = Promise.withResolvers<void>();
    tab.on("Log.entryAdded", ({ entry }) => complaints.push(JSON.stringify(entry)));
    tab.on("Runtime.consoleAPICalled", (call) => complaints.push(JSON.stringify(call)));
    tab.on("Runtime.exceptionThrown", (thrown) => complaints.push(JSON.stringify(thrown)));
    tab.on("Network.requestWillBeSent", ({ request }) => requests.push(String((request as { url: string }).url)));
    tab.on("Page.loadEventFired", () => loaded.resolve());
    for (const domain of ["Log", "Runtime", "Network", "Page"]) await tab.ask(`${domain}.enable`);
    await tab.ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await tab.ask("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await tab.ask("Page.navigate", { url });
    await loaded.promise;
    const { result } = await tab.ask("Runtime.evaluate", { expression: LOOK, returnByValue: true });
    const { data } = await tab.ask("Page.captureScreenshot", { captureBeyondViewport: true });
    await this.#tools.ask("Target.closeTarget", { targetId });
    const picture = Uint8Array.from(atob(String(data)), (character) => character.charCodeAt(0));
    return {
      ...(result as { value: Omit<Sight, "complaints" | "requests" | "picture"> }).value,
      complaints,
      requests,
      picture,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tools.close();
    await this.#process.stop();
    await Deno.remove(this.#profile, { recursive: true });
  }
}
