/**
 * The component's secret: in the configuration, or in a file of its own.
 *
 * @module
 */
import { fileProblem } from "../file_problem.ts";
import type { Setting } from "./config.ts";
import { type ConfigProblem, placeOf } from "./problem.ts";
import { precedenceOf } from "./settle.ts";

const SECRET = "component.secret";
const SECRET_FILE = "component.secret_file";

/** What came of looking for the secret. */
export interface SecretFound {
  readonly secret?: string;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

/** Finds the secret, where the configuration says; exactly one place must say it, a stronger source aside. */
export async function findSecret(settings: ReadonlyMap<string, Setting>, file: string): Promise<SecretFound> {
  const said = [SECRET, SECRET_FILE].flatMap((key) => settings.get(key) ?? []).filter(({ value }) =>
    value !== undefined
  );
  const strongest = Math.max(...said.map(({ source }) => precedenceOf(source)));
  const [chosen, other] = said.filter(({ source }) => precedenceOf(source) === strongest);
  if (chosen === undefined) {
    // One that is there but wrong was told already.
    const isMissing = settings.has(SECRET) && settings.has(SECRET_FILE);
    const message = `Missing; expected it here, in the file that ${SECRET_FILE} names, or in ANNALS_COMPONENT_SECRET`;
    return { problems: isMissing ? [{ where: file, key: SECRET, missing: true, message }] : [], warnings: [] };
  }
  if (other !== undefined) {
    const message = `Found besides ${SECRET}, expected one of them`;
    return { problems: [{ ...placeOf(other.source, file), key: SECRET_FILE, message }], warnings: [] };
  }
  if (chosen.key === SECRET) return { secret: chosen.value as string, problems: [], warnings: [] };
  return await readSecret(chosen.value as string, { ...placeOf(chosen.source, file), key: SECRET_FILE });
}

async function readSecret(path: string, place: Omit<ConfigProblem, "message">): Promise<SecretFound> {
  try {
    const [{ mode }, text] = [await Deno.stat(path), await Deno.readTextFile(path)];
    const secret = text.replace(/\r?\n$/, "");
    if (secret === "" || secret.includes("\n")) {
      const message = `Found ${secret === "" ? "nothing" : "several lines"} in "${path}", expected one line`;
      return { problems: [{ ...place, message }], warnings: [] };
    }
    const open = mode !== null && (mode & 0o004) !== 0;
    const message = `Every user of this machine can read "${path}"; chmod o-r keeps it secret`;
    return { secret, problems: [], warnings: open ? [{ ...place, message }] : [] };
  } catch (error) {
    return { problems: [{ ...place, message: `Cannot read "${path}": ${fileProblem(error)}` }], warnings: [] };
  }
}
