import { assertEquals } from "@std/assert";
import { readJidTuples } from "./erlang.ts";

Deno.test("readJidTuples() reads what misc:term_to_expr writes", () => {
  const cases: readonly (readonly [string, string[][]])[] = [
    ["[]", []],
    [`[{<<"bob">>,<<"example.test">>,<<>>}]`, [["bob", "example.test", ""]]],
    [`[{<<"b">>,<<"x">>,<<"r">>},\n {<<>>,<<"y">>,<<>>}]`, [["b", "x", "r"], ["", "y", ""]]],
    [`[{<<"j\\"o\\\\e">>,<<"x">>,<<98,195,188,114>>}]`, [[`j"o\\e`, "x", "bür"]]],
    [`[{<<"mü">>,<<"x">>,<<"a\\n b"/utf8>>}]`, [["mü", "x", "a\n b"]]],
  ];
  for (const [term, tuples] of cases) assertEquals(readJidTuples(term), tuples, term);
});

Deno.test("readJidTuples() reads nothing else", () => {
  for (const term of ["", "[", '[{<<"a">>}', "[{a,b}]", '[{<<"a">>,}]', "{}", '[{<<"a>>}]', "[{} {}]"]) {
    assertEquals(readJidTuples(term), undefined, term);
  }
});
