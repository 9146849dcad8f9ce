/**
 * A real browser without a window: Chromium, through Puppeteer.
 *
 * @module
 */
import { type Browser as Chromium, launch } from "puppeteer-core";

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
  /** Messages on the console, and errors of scripts. */
  readonly complaints: readonly string[];
  /** The addresses that were asked for. */
  readonly requests: readonly string[];
  /** PNG of all of it. */
  readonly picture: Uint8Array;
}

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
  readonly #chromium: Chromium;

  private constructor(chromium: Chromium) {
    this.#chromium = chromium;
  }

  static async launch(): Promise<Browser> {
    return new Browser(await launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-quic"] }));
  }

  /** Opens a page in a tab of its own, and looks at it once it is loaded. */
  async look(url: string, { width, height, scheme }: Viewing): Promise<Sight> {
    const tab = await this.#chromium.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    tab.on("console", (message) => complaints.push(message.text()));
    tab.on("pageerror", (error) => complaints.push(String(error)));
    tab.on("request", (request) => requests.push(request.url()));
    await tab.setViewport({ width, height, isMobile: width < 600 });
    await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await tab.goto(url);
    const seen = await tab.evaluate(LOOK) as Omit<Sight, "complaints" | "requests" | "picture">;
    const picture = await tab.screenshot({ fullPage: true });
    await tab.close();
    return { ...seen, complaints, requests, picture };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chromium.close();
  }
}
