/**
 * Files for tests of transfers.
 *
 * @module
 */

/** Runs a test with a file. */
export async function withFile(
  content: string | Uint8Array,
  run: (path: string) => void | Promise<void>,
): Promise<void> {
  await withFolder({ file: content }, (folder) => run(`${folder}/file`));
}

/** Runs a test with a folder of files, by path. */
export async function withFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  run: (path: string) => void | Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "annals-transfer-" });
  try {
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeFile(
        `${folder}/${path}`,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
    }
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
