/**
 * Archives in PostgreSQL: `deno task bench --only postgresql`.
 *
 * @module
 */
import type { Scenario } from "../scenario.ts";
import { postgresqlComponent } from "./component.ts";
import { postgresqlEjabberd } from "./ejabberd.ts";
import { postgresqlInstances } from "./instances.ts";
import { postgresqlStore } from "./store.ts";
import { postgresqlSweep } from "./sweep.ts";

export const postgresqlScenarios: readonly Scenario[] = [
  postgresqlStore,
  postgresqlSweep,
  postgresqlComponent,
  postgresqlInstances,
  postgresqlEjabberd,
];
