/**
 * Settings of the JavaScript engine, in the executable and for `deno task start` alike.
 *
 * Nearly all that a message makes is garbage a moment later. With room for 16 MiB of it, V8's default, the process takes
 * some 40 MB more memory; with 2 MiB it takes no less than with this, and a fifth more CPU a message.
 *
 * A mark-compact that runs while messages pour in takes most of that garbage for alive, and V8 would let the heap grow to four
 * times what it found: with growth by two fifths the process takes three quarters of the memory at most, for 0.9 to 1.1 times the CPU a message.
 *
 * Messages that wait for a commit outlive a few scavenges. V8 takes that for a long life, and makes the next ones among the old
 * objects at once, where only a mark-compact frees them. Without such pretenuring a message costs 0.75 to 0.9 times the CPU, and
 * the process takes nine tenths of the memory.
 */
export const V8_FLAGS = "--max-semi-space-size=4,--heap-growing-percent=40,--no-allocation-site-pretenuring";
