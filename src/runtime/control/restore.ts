import type { Control } from "./control.ts";
import { Members } from "./members.ts";

/** Copy of a backup that is to take the place of the archives; file and size for the log. */
export interface Prepared {
  readonly file: string;
  readonly messages: number;
}

/** Puts what a command has copied beside the archive, and verified, into its place. */
export const restoring: Control<Prepared, null> = {
  name: "restore",
  read(about): Prepared {
    const members = new Members(about);
    return { file: members.text("file"), messages: members.number("messages") };
  },
};
