"""Fails when an #include runs against the arrows between modules.

api -> report -> {solve, certify} -> classification -> splitting -> network -> {kernels, linalg} -> core -> vocabulary. Only
linalg includes BLAS and LAPACKE, only certify MPFR and GMP; only api includes public headers; the command includes public
headers, the vocabulary, which needs no library, and its own, nothing else of the library; the R package public headers. String streams hide that memory
ended: only the command has any, of a kind that does not. And fails when two files define a type of one name in one namespace: a program has one of each,
and the linker takes whose functions it likes.
"""

import pathlib
import re
import sys

# What a module may include besides itself: everything to the right of its arrow.
ORDER = ["vocabulary", "core", "kernels linalg", "network", "splitting", "classification", "solve certify", "report", "api"]
ALLOWED = {}
for level, group in enumerate(ORDER):
    below = {module for lower in ORDER[:level] for module in lower.split()}
    for name in group.split():
        ALLOWED[name] = below | {name}
MODULES = set(ALLOWED)

# Rooms inside a module, in the same order; files beside them may include any.
ROOMS = {
    "network": ["model", "data", "pass", "inputs", "derivatives"],
    "classification": ["spectrum", "escape", "point", "layer infinity", "any_network directional model", "critical_set"],
    "cli": ["support", "options", "data", "report", "search", "plateau", "critical_set ends trace", "commands"],
}
ALLOWED["cli"] = {"cli", "vocabulary"}
ALLOWED["r"] = {"r"}  # the R package

BLAS_HEADERS = re.compile(r"^(.*/)?(blis|cblas|lapacke?|f77blas|openblas_config)(\.h|/.*)$")
MPFR_HEADERS = re.compile(r"^(mpfr|mpf2mpfr|gmp|gmpxx)\.h$")
STRING_STREAMS = pathlib.PurePath("src/cli/support/text_streams.hpp")
ANONYMOUS = re.compile(r"^namespace \{.*?^\}  // namespace$", re.M | re.S)
NAMESPACE = re.compile(r"^namespace ([\w:]+) \{", re.M)
TYPE = re.compile(r"^(?:struct|class) (\w+)(?: final)?(?: :[^;{]*)? \{", re.M)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def room_violations(module, file, header):
    """An include between two rooms of one module that runs against their order."""
    target = pathlib.PurePosixPath(header).parts
    if module not in ROOMS or target[0] != module or len(file.parts) < 4:
        return
    level = {room: place for place, group in enumerate(ROOMS[module]) for room in group.split()}
    room = file.parts[2]
    if room not in level:
        yield f"{file}: room {room} of {module} has no place in the order"
    elif len(target) < 3:
        yield f"{file}: {room} may not include {header}, which stands above the rooms of {module}"
    elif target[1] != room and level.get(target[1], len(level)) >= level[room]:
        yield f"{file}: {room} may not include {header}"


def violations_in(module, file, text, root):
    for match in INCLUDE.finditer(text):
        header = match.group(2)
        first = header.split("/")[0]
        if BLAS_HEADERS.match(header) and module != "linalg":
            yield f"{file}: only linalg includes BLAS and LAPACK, not {module}: {header}"
        if MPFR_HEADERS.match(header) and module != "certify":
            yield f"{file}: only certify includes MPFR, not {module}: {header}"
        if header == "sstream" and file != STRING_STREAMS:
            yield f"{file}: string streams are those of {STRING_STREAMS}"
        if first == "tepui":
            if module not in ("api", "cli", "r"):
                yield f"{file}: {module} includes the public header {header}"
        elif "/" in header and first in MODULES | {"cli"}:
            yield from room_violations(module, file, header)
            if first not in ALLOWED[module]:
                yield f"{file}: {module} may not include {header}"
        elif match.group(1) == '"' and not (root / "src" / header).exists():
            if not ((root / file).parent / header).exists():
                yield f"{file}: {header} is not found under src"


def types_of(text):
    """Qualified names of the types that a file defines for all to see."""
    text = ANONYMOUS.sub("", text)
    spaces = [(match.start(), match.group(1)) for match in NAMESPACE.finditer(text)]
    for match in TYPE.finditer(text):
        around = [name for start, name in spaces if start < match.start()]
        yield "::".join([*around[-1:], match.group(1)])


def violations(root):
    seen, defined = 0, {}
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".cpp", ".hpp", ".h", ".c", ".inc", ".ipp", ".def"):
            continue
        seen += 1
        file = path.relative_to(root)
        module = file.parts[1]
        if module not in ALLOWED:
            yield f"{file}: module {module} has no place in the order"
            continue
        yield from violations_in(module, file, path.read_text(), root)
        for name in types_of(path.read_text()):
            if defined.setdefault(name, file) != file:
                yield f"{file}: {name} is a type of {defined[name]}, too"
    for path in sorted((root / "include").rglob("*.h")):
        for match in INCLUDE.finditer(path.read_text()):
            if match.group(1) == '"' and not (path.parent / match.group(2)).exists():
                yield f"{path.relative_to(root)}: includes {match.group(2)}, which is not public"
    if seen < 10:
        yield f"only {seen} sources were seen under {root}/src"


def main():
    found = list(violations(pathlib.Path(sys.argv[1])))
    for violation in found:
        print(violation)
    print(f"{len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
