import { Reading } from "./reading.ts";

/** Archives that others may be writing. */
export class PostgresqlReader extends Reading {}
