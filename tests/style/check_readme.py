"""The programs that the README prints are the tested ones, letter by letter."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
text = (root / "README.md").read_text()
programs = {"c": "examples/c/verdict.c", "python": "tests/consumers/python/quick.py"}
for language, path in programs.items():
    printed = re.search(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    if not printed or printed.group(1) != (root / path).read_text():
        sys.exit(f"README.md does not print {path} as it is")
