/**
 * Lets time pass faster in a process that is started with `NODE_OPTIONS="--require …/fast_clock.cjs"`: waits are shorter by
 * the factor `ANNALS_SPEED`, and time that is measured is longer. The time of day stays what it is.
 */
const speed = Number(process.env.ANNALS_SPEED);
const { setTimeout, setInterval } = globalThis;
const now = performance.now.bind(performance);

performance.now = () => now() * speed;
globalThis.setTimeout = (run, wait, ...rest) => setTimeout(run, wait / speed, ...rest);
globalThis.setInterval = (run, wait, ...rest) => setInterval(run, wait / speed, ...rest);
