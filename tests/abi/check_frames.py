"""No function of the library takes much stack at once: callers' threads may have little.

Read from the machine code itself: GCC 12's -Wframe-larger-than says nothing about functions compiled for another instruction
set than the file's, and those are the kernels.
"""

import argparse
import re
import subprocess
import sys

# What a function subtracts from the stack pointer, at once or, page by page, down to where `lea` points.
PATTERNS = (
    re.compile(r"\bsub\s+\$0x([0-9a-f]+),%rsp"),
    re.compile(r"\blea\s+-0x([0-9a-f]+)\(%rsp\),%r"),
    re.compile(r"\bsub\s+sp, sp, #0x([0-9a-f]+)"),
)
FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
ADDED = 1 << 63  # "sub $-128" adds


def frames(text):
    """(bytes, function) of every frame in a disassembly."""
    name = ""
    for line in text.splitlines():
        function = FUNCTION.match(line)
        if function:
            name = function[1]
        for pattern in PATTERNS:
            found = pattern.search(line)
            if found and int(found[1], 16) < ADDED:
                yield int(found[1], 16), name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library")
    parser.add_argument("--objdump", default="objdump")
    parser.add_argument("--most", type=int, required=True, help="bytes")
    arguments = parser.parse_args()
    command = [arguments.objdump, "-d", "--no-show-raw-insn", "-C", arguments.library]
    seen = list(frames(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    if len(seen) < 100:
        print(f"{len(seen)} frames seen: wrong file, or a processor that is not known here?")
        return 1
    large = sorted({frame for frame in seen if frame[0] > arguments.most}, reverse=True)
    for size, name in large:
        print(f"{size} bytes: {name}")
    print(f"{len(seen)} frames seen, {len(large)} larger than {arguments.most} bytes, the largest {max(seen)[0]}")
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
