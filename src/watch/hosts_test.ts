import { assertEquals } from "@std/assert";
import { isOwnHost } from "./hosts.ts";

const CASES: readonly [listening: string, hosts: readonly (string | undefined)[], own: boolean][] = [
  ["127.0.0.1", ["127.0.0.1:9469", "127.0.0.1", "localhost:9469", "LOCALHOST", "[::1]:9469", "127.8.8.8:1"], true],
  ["127.0.0.1", ["a.localhost:9469", "localhost:8080", undefined], true],
  [
    "127.0.0.1",
    ["attacker.example:9469", "localhost.attacker.example", "127.0.0.1.attacker.example", "10.0.0.1"],
    false,
  ],
  ["127.0.0.1", ["", "a b[", "localhost@attacker.example", "xlocalhost"], false],
  ["annals.lan", ["annals.lan:9469", "ANNALS.lan:9469", "localhost:9469"], true],
  ["annals.lan", ["other.lan:9469"], false],
  ["::1", ["[::1]:9469", "localhost:9469"], true],
  ["10.0.0.1", ["10.0.0.1:9469", "127.0.0.1:9469"], true],
  ["10.0.0.1", ["10.0.0.2:9469", "attacker.example"], false],
  ["0.0.0.0", ["annals:9469", "10.0.0.1:9469"], true],
  ["::", ["annals:9469"], true],
];

for (const [listening, hosts, own] of CASES) {
  Deno.test(`isOwnHost() at ${listening}: ${hosts.join(", ")}: ${own}`, () => {
    assertEquals(hosts.map((host) => isOwnHost(host, listening)), hosts.map(() => own));
  });
}
