import { assertEquals } from "@std/assert";
import { likely } from "./likely.ts";

const KNOWN = [
  "hosts",
  "max_archive_query_results",
  "component",
  "component.port",
  "log.level",
  "storage.sqlite.path",
  "storage.sqlite.cache_size",
];

Deno.test("likely() finds the name that was meant", () => {
  const cases = {
    "host": "hosts",
    "log.levle": "log.level",
    "max_archive_results": "max_archive_query_results",
    "componant": "component",
    "storage.sqlite.cache": "storage.sqlite.cache_size",
    "storage.path": "storage.sqlite.path",
    "log.port": "component.port",
    "component.max_archive_query_results": "max_archive_query_results",
  };
  for (const [name, meant] of Object.entries(cases)) assertEquals(likely(name, KNOWN), meant, name);
});

Deno.test("likely() does not guess where nothing is near", () => {
  for (const name of ["x", "tls", "welcome_message", "log.lines_kept"]) {
    assertEquals(likely(name, KNOWN), undefined, name);
  }
});
