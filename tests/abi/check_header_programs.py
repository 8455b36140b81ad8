"""The program that each public header opens with is complete: it compiles, runs, and prints something.

check_header_programs.py HEADERS GENERATED_INCLUDES LIBRARY COMPILER
"""

import pathlib
import re
import subprocess
import sys
import tempfile

HEADERS, GENERATED, LIBRARY, COMPILER = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4]
WITHOUT = {"export.h", "version.h", "tepui.h", "tepui_mpi.h"}  # all of them together, what is no interface, what needs MPI


def program_of(header):
    opening = header.read_text().split("*/")[0]
    return "\n".join(re.findall(r"^ \*(?:     (.*))?$", opening, re.MULTILINE)).strip() + "\n"


def fault_of(header):
    program = program_of(header)
    if "int main(void)" not in program:
        return "opens with no program"
    with tempfile.TemporaryDirectory() as directory:
        source, binary = pathlib.Path(directory) / "program.c", pathlib.Path(directory) / "program"
        source.write_text(program)
        compiled = subprocess.run([COMPILER, "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{HEADERS.parent}", f"-I{GENERATED}", source,
                                   "-o", binary, LIBRARY, f"-Wl,-rpath,{LIBRARY.parent}", "-lm"], capture_output=True, text=True)
        if compiled.returncode:
            return compiled.stderr
        done = subprocess.run([binary], capture_output=True, text=True, timeout=120)
    return "" if done.returncode == 0 and done.stdout else f"ends with {done.returncode}: {done.stdout}{done.stderr}"


headers = [header for header in sorted(HEADERS.glob("*.h")) if header.name not in WITHOUT]
faults = [f"{header.name}: {fault}" for header in headers if (fault := fault_of(header))]
if faults or len(headers) < 14:
    sys.exit("\n".join(faults) or "headers are missing")
