/**
 * The status page in a real browser, after a day in which everything has happened.
 */
import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { memoryLog } from "../../src/log/log.ts";
import { Metrics } from "../../src/watch/metrics.ts";
import { serveViews } from "../../src/watch/serve.ts";
import { statusPage } from "../../src/watch/status/page.ts";
import { statusOf } from "../../src/watch/status/status.ts";
import { Browser, type Sight, type Viewing } from "../support/browser.ts";
import { eventfulDay } from "../support/eventful_day.ts";
import { canBeHad } from "../support/servers/available.ts";

const VIEWINGS: Readonly<Record<string, Viewing>> = {
  "desktop, light": { width: 1280, height: 900, scheme: "light" },
  "desktop, dark": { width: 1280, height: 900, scheme: "dark" },
  "phone, light": { width: 360, height: 740, scheme: "light" },
  "phone, dark": { width: 360, height: 740, scheme: "dark" },
};

const VIEWS = new Map([
  ["/", () => statusPage(eventfulDay())],
  ["/first-minute", () => statusPage(statusOf(new Metrics(), [], Date.UTC(2026, 10, 22, 18, 7)))],
]);

Deno.test({
  name: "The status page is whole in a browser, wide or narrow, light or dark, and asks for nothing else",
  ignore: !await canBeHad("Chromium"),
  async fn(t): Promise<void> {
    await using server = serveViews({ hostname: "127.0.0.1", port: 0 }, { views: VIEWS, log: memoryLog() });
    await using browser = await Browser.launch();
    const seen = new Map<string, Sight>();
    for (const path of VIEWS.keys()) {
      for (const [name, viewing] of Object.entries(VIEWINGS)) {
        await t.step(`${path}, ${name}`, async () => {
          const url = `${server.url}${path.slice(1)}`;
          const sight = await browser.look(url, viewing);
          seen.set(name, sight);
          await keep(`${path.slice(1)}${name}`, sight);
          assertEquals(sight.complaints, []);
          assertEquals(sight.requests.filter((request) => !request.startsWith("data:")), [url]);
          assertEquals([sight.overflow, ...sight.overflowing], [0]);
          assertMatch(sight.title, /^Annals: /);
          assertStringIncludes(sight.text, "Messages stored");
        });
      }
    }
    for (const width of ["desktop", "phone"]) {
      assertNotEquals(seen.get(`${width}, light`)?.background, seen.get(`${width}, dark`)?.background);
    }
  },
});

/** Keeps the picture where somebody wants to look at it. */
async function keep(name: string, { picture }: Sight): Promise<void> {
  const folder = Deno.env.get("ANNALS_PICTURES");
  if (folder !== undefined) await Deno.writeFile(`${folder}/${name.replace(", ", "-")}.png`, picture);
}
