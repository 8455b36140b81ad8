"""Every public function and type has words of its own in the reference: what cmake/header_comments.py hands to Doxygen."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root / "cmake"))
sys.dont_write_bytecode = True
from header_comments import filtered

missing, seen = [], 0
for header in sorted((root / "include" / "tepui").glob("*.h")):
    text = filtered(header.read_text())
    for line in re.finditer(r"(?:TEPUI_API|typedef) [^;]*;", text):
        name = re.search(r"\b(tepui_\w+)\)?(?:\(|;)", line[0])
        seen += 1
        if not text[:line.start()].rstrip().endswith("*/"):
            missing.append(f"{header.name}: {name[1] if name else line[0]}")
if seen < 100:
    sys.exit(f"only {seen} declarations found: this check does not read the headers any more")
if missing:
    sys.exit("no comment belongs to\n  " + "\n  ".join(missing))
