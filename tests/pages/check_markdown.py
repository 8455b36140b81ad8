"""Markdown wraps at 100 columns: lines of prose, not tables, blocks, links and formulas that cannot be broken."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
long_lines = []
readmes = [root / folder / "README.md" for folder in (".", "bench", "src/python", "src/r")]
for path in [*readmes, root / "CHANGELOG.md", *sorted((root / "src/docs").rglob("*.md"))]:
    fenced = False
    for number, line in enumerate(path.read_text().split("\n"), 1):
        fenced ^= line.startswith("```")
        prose = not fenced and not line.startswith(("|", "#", "    ", "$$", "<!--", "!["))
        if prose and len(line) > 100 and " " in re.sub(r"\]\([^)]*\)|\$[^$]*\$|`[^`]*`", "", line).strip()[80:]:
            long_lines.append(f"{path.relative_to(root)}:{number}: {len(line)} columns")
if long_lines:
    sys.exit("\n".join(long_lines))
