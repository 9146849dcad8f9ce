/**
 * What the side of a server is told.
 *
 * @module
 */

/** What a server has to know. */
export interface ServerSide {
  readonly hosts: readonly string[];
  /** The address of Annals. */
  readonly component: string;
  readonly secret: string;
  /** Where Annals expects it to listen. */
  readonly host: string;
  readonly port: number;
}

/** How it is to be connected. */
export interface SetupOptions {
  /** Without a module of Annals' own. */
  readonly standard: boolean;
}
