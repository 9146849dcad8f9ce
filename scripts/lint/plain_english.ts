/**
 * Lint rules that keep comments and errors in plain English; `deno lint` runs them.
 *
 * @module
 */

/** First words that ask a question, or point at something without naming it. */
const VAGUE = /^(?:What|Whatever|Whether|Who|Whoever|Whose|Whom|How|Where|That|Which|Whichever|Those|As far as)\b/;

/** First words of an error that name nothing. */
const NAMELESS = /^(?:It|Its|This|That|There(?! (?:is|are) no)|These|Those|Somebody|Nobody|What|Who|Whether|How)\b/;

/** Errors that have their condition ahead of their message. */
const CONDITION_FIRST: ReadonlySet<string> = new Set(["StanzaError", "ConnectionError", "XmlError"]);

/** Files whose errors people read; those of tests are made up, or quote what another program says. */
const CHECKED = /^(?!.*_test\.ts$)/;

/** The doc comment's first sentence, without the stars and tags. */
function firstWords(comment: string): string {
  return comment.replace(/^\*/, "").replaceAll(/\n\s*\*/g, "\n").trim();
}

/** The constant beginning and end of an error's message; `undefined` where it has no constant part there. */
function messageOf(
  node: Deno.lint.CallExpression["arguments"][number] | undefined,
): { start: string | undefined; end: string | undefined } {
  if (node?.type === "Literal" && typeof node.value === "string") return { start: node.value, end: node.value };
  if (node?.type !== "TemplateLiteral") return { start: undefined, end: undefined };
  const start = node.quasis[0]?.cooked;
  const end = node.quasis.at(-1)?.cooked;
  return { start: start || undefined, end: end || undefined };
}

const plugin: Deno.lint.Plugin = {
  name: "plain-english",
  rules: {
    "doc-comment": {
      create(context): Deno.lint.LintVisitor {
        return {
          Program(): void {
            for (const comment of context.sourceCode.getAllComments()) {
              if (comment.type !== "Block" || !comment.value.startsWith("*")) continue;
              const vague = VAGUE.exec(firstWords(comment.value))?.[0];
              if (vague === undefined) continue;
              context.report({
                range: comment.range,
                message: `Found "${vague}" at the start of a doc comment, expected a verb or a noun`,
                hint: 'Name the thing: "Returns …", "Messages that …", "True when …"',
              });
            }
          },
        };
      },
    },
    "error-message": {
      create(context): Deno.lint.LintVisitor {
        return {
          NewExpression(node): void {
            if (node.callee.type !== "Identifier" || !node.callee.name.endsWith("Error")) return;
            if (!CHECKED.test(context.filename)) return;
            const { start, end } = messageOf(node.arguments[CONDITION_FIRST.has(node.callee.name) ? 1 : 0]);
            if (start !== undefined && /^[a-z]/.test(start)) {
              context.report({ node, message: "Found a small letter at the start of an error, expected a capital" });
            } else if (start !== undefined && NAMELESS.test(start)) {
              context.report({
                node,
                message: "Found an error that names nothing, expected its subject",
                hint: 'Begin with "Cannot …", "Found …, expected …" or the name of the thing',
              });
            }
            if (end !== undefined && /(?:^|[^.])\.$/.test(end)) {
              context.report({ node, message: "Found a full stop at the end of an error, expected none" });
            }
          },
        };
      },
    },
  },
};

export default plugin;
