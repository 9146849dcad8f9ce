#!/usr/bin/env python3
"""Writes src/xmpp/stringprep_tables.ts: RFC 3454's tables and the exceptions of Unicode 3.2, as Python has them.

    python3 scripts/stringprep/tables.py > src/xmpp/stringprep_tables.ts && deno fmt src/xmpp/stringprep_tables.ts

Python's module `stringprep` holds the tables of RFC 3454, and `unicodedata.ucd_3_2_0` is Unicode 3.2. Later releases of
Python leave both as they are; a test compares them with the file.
"""

import stringprep
import unicodedata
from itertools import groupby
from textwrap import wrap

UNICODE_3_2 = unicodedata.ucd_3_2_0
CODE_POINTS = [code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]


def unassigned(char):
    return stringprep.in_table_a1(char)


def folded(char):
    """Table B.2. Python's own lower case would map to letters that Unicode 3.2 did not have."""
    if unassigned(char) or stringprep.in_table_b1(char):
        return char
    mapped = stringprep.map_table_b2(char)
    return char if any(unassigned(each) for each in mapped) else mapped


def prohibited(char):
    """The tables that all profiles of XMPP prohibit (RFC 6122 §A.5, §B.5; RFC 3491 §5)."""
    in_tables = [
        stringprep.in_table_c12, stringprep.in_table_c22, stringprep.in_table_c3, stringprep.in_table_c4,
        stringprep.in_table_c5, stringprep.in_table_c6, stringprep.in_table_c7, stringprep.in_table_c8,
        stringprep.in_table_c9,
    ]
    return any(is_in(char) for is_in in in_tables)


def ranges(is_in):
    """Runs of code points in a table: `221 234-24f`."""
    found = [code for code in range(0x110000) if is_in(chr(code))]
    for _, run in groupby(enumerate(found), lambda pair: pair[1] - pair[0]):
        codes = [code for _, code in run]
        yield f"{codes[0]:x}" if len(codes) == 1 else f"{codes[0]:x}-{codes[-1]:x}"


def shifts(found):
    """Runs of code points that lie one or two apart and map to others at the same distance: `41-5a/1+20`."""
    runs = []
    for code, text in found:
        distance = ord(text) - code
        first, last, step, same = runs[-1] if runs else (0, 0, 0, None)
        if distance == same and code - last in (1, 2) and step in (0, code - last):
            runs[-1] = (first, code, code - last, same)
        else:
            runs.append((code, code, 0, distance))
    for first, last, step, distance in runs:
        yield f"{first:x}-{last:x}/{step or 1}{distance:+x}"


def mappings(found):
    """Code points with the text that each maps to: `df=73,73`."""
    for code, text in found:
        yield f"{code:x}={','.join(f'{ord(each):x}' for each in text)}"


def table(name, doc, words):
    print(f"/** {doc} */")
    print(f"export const {name} = `")
    print("\n".join(wrap(" ".join(words), width=118, break_on_hyphens=False)))
    print("`;\n")


def main():
    print("/**")
    print(" * Tables of RFC 3454 and of Unicode 3.2 as text, written by scripts/stringprep/tables.py. Numbers are hexadecimal.")
    print(" *")
    print(" * @module")
    print(" */\n")
    table("UNASSIGNED", "Table A.1: code points that Unicode 3.2 leaves unassigned.", ranges(unassigned))
    table("NOTHING", "Table B.1: code points that map to nothing.", ranges(stringprep.in_table_b1))
    fold = [(code, folded(chr(code))) for code in CODE_POINTS]
    fold = [(code, text) for code, text in fold if text != chr(code)]
    table(
        "FOLD_SHIFTS",
        "Table B.2, letters that fold to one: first and last, the step between them, and the distance to the folded letter.",
        shifts([pair for pair in fold if len(pair[1]) == 1]),
    )
    table("FOLD_TEXTS", "Table B.2, letters that fold to several.", mappings([pair for pair in fold if len(pair[1]) > 1]))
    table("PROHIBITED", "Tables C.1.2, C.2.2 and C.3 to C.9: code points that no part may hold.", ranges(prohibited))
    table("RIGHT_TO_LEFT", "Table D.1: code points that are written from right to left.", ranges(stringprep.in_table_d1))
    table("LEFT_TO_RIGHT", "Table D.2: code points that are written from left to right.", ranges(stringprep.in_table_d2))
    old = [(code, UNICODE_3_2.normalize("NFKC", chr(code))) for code in CODE_POINTS if not unassigned(chr(code))]
    changed = [(code, text) for code, text in old if text != unicodedata.normalize("NFKC", chr(code))]
    table("CORRECTED", "Compatibility mappings of Unicode 3.2 that were corrected later.", mappings(changed))


main()
