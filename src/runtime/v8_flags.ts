/**
 * How the JavaScript engine is set, in the executable and for `deno task start` alike.
 *
 * Nearly all that a message makes is garbage a moment later. With room for 16 MiB of it, V8's default, the process takes
 * 45 MB more memory; with this much, no more CPU a message could be measured.
 */
export const V8_FLAGS = "--max-semi-space-size=2";
