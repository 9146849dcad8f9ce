/**
 * Plans as a page that people read.
 *
 * @module
 */
import { count, many } from "../../src/lib/words.ts";
import { type Explained, nodesOf, type Plan } from "../../tests/support/store/plans.ts";

/** One statement, all the questions that it answers, and its plan for the first of these. */
interface Section {
  readonly questions: Set<string>;
  readonly statement: string;
  readonly plan: Plan;
}

/** Pattern for the names of partitions and of their indexes. */
const PARTITION = /^entry_-?\d+/;

/** Writes it; `entries` is how many there were. */
export function plansPage(explained: readonly Explained[], entries: number): string {
  const sections = new Map<string, Section>();
  for (const { question, statement, plan } of explained) {
    const section = sections.get(statement) ?? { questions: new Set(), statement, plan };
    sections.set(statement, section);
    section.questions.add(question);
  }
  const scans = explained.flatMap(({ plan }) => nodesOf(plan)).filter((node) => node["Node Type"] === "Seq Scan");
  return `\
# How PostgreSQL answers what clients ask

Every statement that a client can cause, and those that change entries, with the plans by which they are run, with ${
    count(entries)
  } entries in 901 archives
and 22 weekly partitions; the archive that is asked about has every tenth. Sequential scans: ${scans.length}.
\`plans_test.ts\` holds the statements to it, with fewer entries; \`deno run -A scripts/plans.ts\` makes this page. Each
line is a step, with how many rows it came to; what was never run is left out.

${Array.from(sections.values(), sectionText).join("\n")}`;
}

function sectionText({ questions, statement, plan }: Section): string {
  const [first, ...others] = questions;
  const also = others.length === 0 ? "" : `The same statement: ${others.map(uncapital).join("; ")}.\n\n`;
  const sql = statement.trim().replace(/\n\s*/g, "\n  ");
  return `## ${first}\n\n${also}\`\`\`sql\n${sql}\n\`\`\`\n\n\`\`\`\n${planLines(plan).join("\n")}\n\`\`\`\n`;
}

function uncapital(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** A line a step, those below indented; what was never run is left out, and partitions are one line for each index. */
function planLines(plan: Plan, depth = 0): string[] {
  const run = (plan.Plans ?? []).filter((part) => part["Actual Loops"] > 0);
  const partitions = new Map<string, Plan[]>();
  for (const part of run.filter(isOfPartition)) {
    partitions.set(nameOf(part), [...partitions.get(nameOf(part)) ?? [], part]);
  }
  const within = plan["Node Type"] === "Append" ? depth : depth + 1;
  return [
    ...within > depth ? [`${"  ".repeat(depth)}${roleOf(plan)}${nameOf(plan)}: ${rowsOf([plan])}`] : [],
    ...run.filter((part) => !isOfPartition(part)).flatMap((part) => planLines(part, within)),
    ...Array.from(partitions, ([name, parts]) => (
      `${"  ".repeat(within)}${name}: ${rowsOf(parts)} in ${many(parts.length, "partition")}`
    )),
  ];
}

function isOfPartition(plan: Plan): boolean {
  return PARTITION.test(plan["Relation Name"] ?? "");
}

function roleOf(plan: Plan): string {
  const role = plan["Subplan Name"];
  return role === undefined ? "" : `${role.replace(/ \(returns .*/, "")}: `;
}

/** Names a step, with its index or table; all partitions have one name. */
function nameOf(plan: Plan): string {
  const of = plan["Index Name"] ?? plan["CTE Name"] ?? plan["Relation Name"] ?? plan.Alias;
  const what = plan.Operation ?? plan["Node Type"];
  return of === undefined ? what : `${what} ${of.replace(PARTITION, "entry")}`;
}

function rowsOf(parts: readonly Plan[]): string {
  const rows = parts.reduce((sum, part) => sum + part["Actual Rows"] * part["Actual Loops"], 0);
  const others = parts.reduce((sum, part) => sum + (part["Rows Removed by Filter"] ?? 0) * part["Actual Loops"], 0);
  return `${many(rows, "row")}${others === 0 ? "" : `, and ${others} that were looked at`}`;
}
