/** A command cannot do what it is to do. The message is one sentence for the operator, and is printed without its causes. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
