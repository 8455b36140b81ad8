"""Runs every code block of a Markdown page and compares what it prints with the text block that follows it.

    run_page.py PAGE --root SOURCES --prefix INSTALLED --work FOLDER

Blocks of one page run in one folder, in order, beside the tables of tests/data. Programs in C, C++ and Fortran are
built against the installed tree. A block that is not to be run says why in a comment before it: <!-- not run: ... -->.
In expected output a line "..." stands for any lines, "..." within a line for anything; numbers agree to a part in 500.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
BLOCK = re.compile(r"(?P<mark><!-- not run: [^\n]*-->\n)?^(?P<fence>```+)(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=fence)$", re.M | re.S)


def blocks(text):
    """(language, code, line, whether it is run) of each block; programs that are included are read."""
    for found in BLOCK.finditer(text):
        info, line = found["info"].strip(), text.count("\n", 0, found.start("fence")) + 1
        included = re.match(r"\{literalinclude\}\s+/(\S+)", info)
        if included:
            language = re.search(r":language: (\S+)", found["body"])[1]
            if not included[1].startswith("include/"):
                yield language, (options.root / included[1]).read_text(), line, True
        elif not info.startswith("{"):
            yield info, found["body"], line, found["mark"] is None


def same_line(wanted, printed):
    pieces = [re.sub(r"\s+", " ", piece) for piece in wanted.strip().split("...")]
    pattern = ".*".join(NUMBER.sub(lambda _: "\0", piece) for piece in pieces)
    pattern = "".join("(%s)" % NUMBER.pattern if letter == "\0" else letter
                      for letter in re.sub(r"\.\*|\0|[^\0]", lambda one: one[0] if one[0] in (".*", "\0") else re.escape(one[0]), pattern))
    found = re.fullmatch(pattern, re.sub(r"\s+", " ", printed.strip()))
    if not found:
        return False
    numbers = [float(number) for piece in pieces for number in NUMBER.findall(piece)]
    return all(abs(float(seen) - number) <= 2e-3 * abs(number) + 1e-300 for seen, number in zip(found.groups(), numbers))


def agrees(wanted, printed):
    """Whether the lines of `wanted` are those printed, "..." lines standing for any."""
    wanted = [line.rstrip() for line in wanted.strip("\n").split("\n")]
    printed = [line.rstrip() for line in printed.strip("\n").split("\n")]
    reached = {0}
    for line in wanted:
        if line == "...":
            reached = set(range(min(reached, default=len(printed) + 1), len(printed) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(printed) and same_line(line, printed[at])}
        if not reached:
            return f"the line {line!r} was not printed in its place"
    return "" if len(printed) in reached else "more was printed than is shown"


def flags():
    found = next(options.prefix.glob("**/pkgconfig"))
    return subprocess.run(["pkg-config", "--cflags", "--libs", "tepui"], env={**os.environ, "PKG_CONFIG_PATH": str(found)},
                          capture_output=True, text=True, check=True).stdout.split()


def commands(language, source, number):
    """What is run for a block, one after the other; the output of the last counts."""
    file = options.work / f"block_{number}"
    suffix = {"sh": ".sh", "python": ".py", "c": ".c", "cpp": ".cpp", "fortran": ".f90"}[language]
    code = file.with_suffix(suffix)
    code.write_text(source)
    if language == "sh":
        return [["bash", "-euo", "pipefail", str(code)]]
    if language == "python":
        return [[sys.executable, str(code)]]
    compiler = {"c": [os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra", "-Werror"],
                "cpp": [os.environ.get("CXX", "c++"), "-std=c++20", "-Wall", "-Wextra", "-Werror"],
                "fortran": [os.environ.get("FC", "gfortran"), "-std=f2018", str(options.prefix / "include/tepui/tepui.f90")]}[language]
    return [[*compiler, str(code), "-o", str(file), *flags(), "-lm"], [str(file)]]


def run():
    library = next(options.prefix.glob("**/libtepui.so"))
    first = f"{options.prefix / 'bin'}:{pathlib.Path(sys.executable).parent}"  # a page's python3 is the one that runs this
    environment = {**os.environ, "PATH": f"{first}:{os.environ['PATH']}", "LD_LIBRARY_PATH": str(library.parent),
                   "PYTHONPATH": str(options.root / "src/python"), "TEPUI_LIBRARY": str(library), "PYTHONDONTWRITEBYTECODE": "1"}
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    for table in (options.root / "tests/data").glob("*.csv"):
        (options.work / table.name).symlink_to(table)
    (options.work / "tests").symlink_to(options.root / "tests")
    printed, count, page = None, 0, options.page.read_text()
    for language, source, line, is_run in blocks(page):
        at = f"{options.page.name}:{line}"
        if language == "text":
            if printed is not None:
                difference = agrees(source, printed)
                if difference:
                    sys.exit(f"{at}: {difference}\n--- printed:\n{printed}\n--- shown:\n{source}")
            printed = None
            continue
        printed = None
        if not is_run:
            continue
        if language not in ("sh", "python", "c", "cpp", "fortran"):
            sys.exit(f"{at}: nothing is known of the language {language!r}; say <!-- not run: why --> before the block")
        count += 1
        for command in commands(language, source, count):
            done = subprocess.run(command, cwd=options.work, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
            if done.returncode != 0:
                sys.exit(f"{at}: {command[0]} ended with {done.returncode}\n{done.stdout}{done.stderr}")
            printed = done.stdout
        print(f"{at}: {language}, {len(printed.splitlines())} lines printed")
    print(f"{count} blocks run")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=pathlib.Path)
    for name in ("root", "prefix", "work"):
        parser.add_argument(f"--{name}", type=lambda path: pathlib.Path(path).resolve(), required=True)
    options = parser.parse_args()
    run()
