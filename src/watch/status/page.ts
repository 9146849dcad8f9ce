/**
 * The status page, for people without a collector of metrics. It says how much, never who or what.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { View } from "../answer.ts";
import { html, Markup } from "./markup.ts";
import { connection, figures, footer, growth, pages, skipped, state, traffic, upkeep } from "./sections.ts";
import type { Status } from "./status.ts";
import { STYLE } from "./style.ts";

/** Seconds after which a browser asks again; the history has a new minute by then. */
const REFRESH = 60;

/** Nothing but the one style below: no script, no other resource, no form, no frame (CSP Level 3). */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page that tells this status. */
export function statusPage(status: Status): View {
  return {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY },
    body: page(status).text,
  };
}

function page(status: Status): Markup {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="refresh" content="${REFRESH}">
        <title>Annals: ${status.obstacles.length === 0 ? "in service" : "not in service"}</title>
        <link rel="icon" href="data:,">
        <style>${new Markup(STYLE)}</style>
      </head>
      <body>
    <h1>Annals</h1>
    ${state(status)}
    ${figures(status)}
    ${traffic(status)}
    ${pages(status)}
    ${growth(status)}
    ${connection(status)}
    <div class="columns">${upkeep(status)}${skipped(status)}</div>
    ${footer(status)}
      </body>
    </html>
  `;
}
