/**
 * Settings for a server.
 *
 * @module
 */

/** Settings that a server needs. */
export interface ServerSide {
  readonly hosts: readonly string[];
  /** Domains of rooms. */
  readonly rooms: readonly string[];
  /** The address of Annals. */
  readonly component: string;
  readonly secret: string;
  /** Address where Annals expects the server to listen. */
  readonly host: string;
  readonly port: number;
}

/** Options of the connection that is set up. */
export interface SetupOptions {
  /** Without a module of Annals' own. */
  readonly standard: boolean;
}
