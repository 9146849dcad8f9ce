/**
 * Disks that a test can fill, stop and cut the power of: file systems that it mounts, which takes root.
 *
 * @module
 */
import { print } from "./random.ts";

const MIB = 1024 * 1024;

/** A file system in memory, of limited size. */
export class SmallDisk implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async mount(mebibytes: number): Promise<SmallDisk> {
    const folder = await Deno.makeTempDir({ prefix: "annals-disk-" });
    await run("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder);
    return new SmallDisk(folder);
  }

  /** Makes it larger, or smaller, while it is in use. */
  async resize(mebibytes: number): Promise<void> {
    await run("mount", "-o", `remount,size=${mebibytes}m`, this.folder);
  }

  /** Lets nobody write any more. Fails while a file is open for writing. */
  async protect(): Promise<void> {
    await run("mount", "-o", "remount,ro", this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await unmount(this.folder);
  }
}

/** An ext4 file system on a drive that knows what was written to it, and what is still in the system's memory only. */
export class Drive implements AsyncDisposable {
  private constructor(readonly folder: string, readonly image: string) {}

  static async make(mebibytes: number): Promise<Drive> {
    const image = await Deno.makeTempFile({ prefix: "annals-drive-" });
    await Deno.truncate(image, mebibytes * MIB);
    await run("mkfs.ext4", "-q", "-F", image);
    return await Drive.#mount(image);
  }

  /** Returns a copy as the disk would be if the power failed now. Nobody may be writing. */
  async afterPowerCut(): Promise<Drive> {
    const image = await Deno.makeTempFile({ prefix: "annals-drive-" });
    await Deno.copyFile(this.image, image);
    return await Drive.#mount(image);
  }

  /** Makes the file system read-only, as the kernel does when it finds an error. */
  async breakDown(): Promise<void> {
    const source = await run("findmnt", "--noheadings", "--output", "SOURCE", this.folder);
    await Deno.writeTextFile(`/sys/fs/ext4/${source.trim().replace("/dev/", "")}/trigger_fs_error`, "1");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await unmount(this.folder);
    await Deno.remove(this.image);
  }

  static async #mount(image: string): Promise<Drive> {
    const folder = await Deno.makeTempDir({ prefix: "annals-disk-" });
    // Only what programs insist on is written while a test looks.
    await run("mount", "-o", "loop,commit=300,errors=remount-ro", image, folder);
    return new Drive(folder, image);
  }
}

/** Reports whether such disks can be had here, which takes root and the right to mount. Says so where they cannot. */
export async function available(disk: () => Promise<AsyncDisposable>): Promise<boolean> {
  try {
    await using _ = await disk();
    return true;
  } catch (error) {
    print(`*** Tests on disks that fail are NOT RUN: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

async function unmount(folder: string): Promise<void> {
  await run("umount", folder);
  await Deno.remove(folder);
}

async function run(command: string, ...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], stdin: "null" }).output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (!success) throw new Error(`Cannot run "${command} ${args.join(" ")}": ${complained}`);
  return said ?? "";
}
