/**
 * Code blocks of the documentation, each with a comment ahead of it that says how it is tested.
 *
 * @module
 */

/** Root of the repository. */
export const ROOT = new URL("../../", import.meta.url);

/** A fenced block of code. */
export interface Block {
  /** Page, relative to the root: `docs/prosody.md`. */
  readonly page: string;
  /** Line of the fence, from 1. */
  readonly line: number;
  /** Language after the fence: `sh`. */
  readonly language: string;
  /** Kind after `test:`, such as `run`; `undefined` without such a comment. */
  readonly kind: string | undefined;
  /** Reason after a kind that has one: `skip: needs the internet`. */
  readonly reason: string | undefined;
  readonly text: string;
}

/** Returns the pages: those beside the source that speak to readers, and those in `docs/`. */
export async function pages(): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(new URL("docs", ROOT)), ({ name }) => name);
  const inDocs = names.filter((name) => name.endsWith(".md")).sort().map((name) => `docs/${name}`);
  return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...inDocs];
}

/** Reads a page. */
export function page(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** Returns the blocks of a page, in order. */
export function blocksOf(path: string, text: string = page(path)): Block[] {
  const blocks: Block[] = [];
  let comment: string | undefined;
  let open: { readonly line: number; readonly indent: string; readonly language: string; body: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (open !== undefined) {
      if (line.trim() !== "```") {
        open.body.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line.trimStart());
        continue;
      }
      const [, kind, reason] = /^([^:]+)(?:: (.+))?$/.exec(comment ?? "") ?? [];
      blocks.push({
        page: path,
        line: open.line,
        language: open.language,
        kind,
        reason,
        text: `${open.body.join("\n")}\n`,
      });
      open = comment = undefined;
    } else {
      const fence = /^( *)```(\S*)/.exec(line);
      if (fence !== null) open = { line: index + 1, indent: fence[1] ?? "", language: fence[2] ?? "", body: [] };
      else if (line.trim() !== "") comment = /^ *<!-- test: (.+) -->$/.exec(line)?.[1];
    }
  }
  if (open !== undefined) throw new Error(`${path}:${open.line}: Found no end of the block`);
  return blocks;
}

/** Returns every block of every page. */
export async function allBlocks(): Promise<Block[]> {
  return (await pages()).flatMap((path) => blocksOf(path));
}

/** Returns the only block of a page that is of this kind. */
export function theBlock(path: string, kind: string): Block {
  const [found, another] = blocksOf(path).filter((block) => block.kind === kind);
  if (found === undefined || another !== undefined) {
    throw new Error(
      `${path}: Found ${found === undefined ? "no block" : "several blocks"} of the kind "${kind}", expected one`,
    );
  }
  return found;
}
