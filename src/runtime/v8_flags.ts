/**
 * How the JavaScript engine is set, in the executable and for `deno task start` alike.
 *
 * Nearly all that a message makes is garbage a moment later. With room for 16 MiB of it, V8's default, the process takes
 * some 40 MB more memory; with 2 MiB it takes no less than with this, and a fifth more CPU a message.
 */
export const V8_FLAGS = "--max-semi-space-size=4";
