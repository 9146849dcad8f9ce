/**
 * The parts of the status page, from top to bottom.
 *
 * @module
 */
import { html, type Markup } from "./markup.ts";
import { bars, line, scaleBetween, scaleFor, strip, type Value } from "./plots.ts";
import type { Slot } from "./slots.ts";
import type { Status } from "./status.ts";
import { bytes, clock, count, duration, many, when } from "../../lib/words.ts";

/** Says that Annals does its work; if not, what is in the way. */
export function state({ obstacles }: Status): Markup {
  if (obstacles.length === 0) return html`<p class="state">In service: connected, and the store takes messages</p>`;
  return html`<p class="state bad">Not in service: ${obstacles.join(", ")}</p>`;
}

/** Main figures of the page. */
export function figures({ slots, lost, waiting }: Status): Markup {
  return html`
    <dl class="figures">
      <div>
        <dt>Messages stored, 24 h</dt>
        <dd>${count(sum(slots, ({ stored }) => stored))}</dd>
      </div>
      <div>
        <dt>Pages read, 24 h</dt>
        <dd>${count(sum(slots, ({ pages }) => pages))}</dd>
      </div>
      <div>
        <dt>Waiting for the store</dt>
        <dd>${count(waiting)}</dd>
      </div>
      <div>
        <dt>Lost since the start</dt>
        <dd class="${lost > 0 ? "alarm" : "none"}">${count(lost)}</dd>
      </div>
    </dl>
  `;
}

/** The messages of the last day. */
export function traffic({ slots }: Status): Markup {
  const values = slots.map((slot) => {
    const lost = slot.lost === 0 ? "" : `, ${count(slot.lost)} lost`;
    return { value: slot.stored, title: `${span(slot)}: ${count(slot.stored)} stored${lost}` };
  });
  return counted("Messages stored", values, slots);
}

/** Number and durations of the pages read in the last day. */
export function pages({ slots, pageTimes: [half, most] }: Status): Markup {
  const values = slots.map((slot) => ({ value: slot.pages, title: `${span(slot)}: ${count(slot.pages)} pages` }));
  const times = half === undefined || most === undefined || most === Infinity
    ? ""
    : `, half of them within ${duration(half)}, 99 in 100 within ${duration(most)}`;
  return counted(`Pages read${times}`, values, slots);
}

function counted(title: string, values: readonly Value[], slots: readonly Slot[]): Markup {
  const top = scaleFor(values);
  return section(title, `up to ${count(top)} in 15 min`, html`${bars(values, top, title)}${axis(slots)}`);
}

/** Size of the archive in the last day. */
export function growth({ slots, size }: Status): Markup {
  const values = slots.map((slot) => ({
    value: slot.size,
    title: `${span(slot)}: ${slot.size === undefined ? "not known" : bytes(slot.size)}`,
  }));
  const scale = scaleBetween(values);
  const title = `Archive, ${bytes(size.database + size.log)} on disk`;
  const aside = `from ${bytes(scale.bottom)} up to ${bytes(scale.top)}`;
  return section(title, aside, html`${line(values, scale, title)}${axis(slots)}`);
}

/** When there was a connection, in the last day. */
export function connection({ slots, reconnects }: Status): Markup {
  const values = slots.map((slot) => ({ value: slot.connected, title: `${span(slot)}: ${connectedIn(slot)}` }));
  const plot = html`<div class="strip">${strip(values, "Connection to the server")}</div>${axis(slots)}`;
  return section("Connection", `${many(reconnects, "reconnect")} since the start`, plot);
}

function connectedIn({ connected }: Slot): string {
  if (connected === undefined) return "not known";
  if (connected === 1) return "connected";
  return connected === 0 ? "not connected" : `connected in ${Math.round(connected * 100)} % of the minutes`;
}

/** Sweeps, room, and what the process uses. */
export function upkeep({ now, sweep, size, memory, cpu, started }: Status): Markup {
  const { last, next, removed } = sweep;
  return table("Upkeep", [
    ["Last sweep", last === undefined ? "none yet" : when(last, now)],
    ["Next sweep", next === undefined ? "none due" : when(next, now)],
    ["Removed by sweeps", count(removed)],
    ["Database", bytes(size.database)],
    ["Free in it", bytes(size.free)],
    ["Write-ahead log", bytes(size.log)],
    ["Memory", bytes(memory)],
    ["CPU time", duration(cpu)],
    ["Running for", duration((now - started) / 1000)],
  ]);
}

/** Counts of what was not kept, by reason. */
export function skipped({ skipped }: Status): Markup {
  const rows = skipped.map(([reason, many]) => [capital(reason), count(many)] as const);
  return table("Not kept, since the start", rows.length === 0 ? [["Nothing yet", ""]] : rows);
}

function table(title: string, rows: readonly (readonly [name: string, value: string])[]): Markup {
  const lines = rows.map(([name, value]) =>
    html`
      <tr>
        <th scope="row">${name}</th>
        <td>${value}</td>
      </tr>
    `
  );
  return section(title, "", html`<table>${lines}</table>`);
}

function section(title: string, aside: string, content: Markup): Markup {
  const [name = "", ...rest] = title.split(", ");
  const detail = rest.length === 0 ? html`` : html`, ${rest.join(", ")}`;
  return html`
    <section><h2><span><strong>${name}</strong>${detail}</span><span>${aside}</span></h2>${content}</section>
  `;
}

function axis(slots: readonly Slot[]): Markup {
  const marks = slots.filter((_, index) => index % (slots.length / 4) === 0).map(({ from }) => clock(from));
  return html`<div class="axis">${marks.map((mark) => html`<span>${mark}</span>`)}<span>now</span></div>`;
}

/** Version and time of the page. */
export function footer({ now, version }: Status): Markup {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return html`<footer>Annals ${version}, at ${
    clock(now)
  } (${zone}). For Prometheus: <a href="/metrics">/metrics</a></footer>`;
}

function span({ from, to }: Slot): string {
  return `${clock(from)} to ${clock(to)}`;
}

function sum(slots: readonly Slot[], of: (slot: Slot) => number): number {
  return slots.reduce((total, slot) => total + of(slot), 0);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
