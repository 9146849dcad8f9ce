import type { Control } from "./control.ts";
import { Members } from "./members.ts";

/** What has been prepared to take the place of the archives: of which backup it is, and how much is in it, for the log. */
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
