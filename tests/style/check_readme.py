"""What the README prints of a program is what the tested one says: Python's letter by letter, C's line by line."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
text = (root / "README.md").read_text()


def printed(language):
    return re.search(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE).group(1)


if printed("python") != (root / "examples/python/verdict.py").read_text():
    sys.exit("README.md does not print examples/python/verdict.py as it is")
# The lines that matter: must(...) and the loop over splits taken off.
program = (root / "examples/c/verdict.c").read_text().replace("gammas[s]", "gamma")
program = re.sub(r"must\((.*)\);", r"\1;", program)
lines = {line.strip() for line in program.split("\n")}
for line in printed("c").strip().split("\n"):
    if line.strip() not in lines:
        sys.exit(f"README.md prints a line that examples/c/verdict.c has not: {line}")
