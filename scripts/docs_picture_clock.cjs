/**
 * Lets a day pass faster in a process that is started with `NODE_OPTIONS="--require …/docs_picture_clock.cjs"`: by the factor
 * `ANNALS_SPEED`, its waits are shorter and its time of day is faster. It begins a day ago.
 */
const speed = Number(process.env.ANNALS_SPEED);
const { setTimeout, setInterval, Date: RealDate } = globalThis;
const monotonic = performance.now.bind(performance);
const [start, dayAgo] = [monotonic(), RealDate.now() - 24 * 3_600_000];
const passed = () => (monotonic() - start) * speed;

// Regular tasks come sooner; how long a page takes is measured as ever.
performance.now = () => new Error().stack.includes("/runtime/timers.ts") ? start + passed() : monotonic();
globalThis.setTimeout = (run, wait, ...rest) => setTimeout(run, wait / speed, ...rest);
globalThis.setInterval = (run, wait, ...rest) => setInterval(run, wait / speed, ...rest);
const now = () => Math.round(dayAgo + passed());
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args) => new target(...args.length === 0 ? [now()] : args),
  get: (target, name) => name === "now" ? now : target[name],
});
