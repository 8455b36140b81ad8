"""Gives a wheel that carries the library the name of the oldest systems it runs on.

    python3 tag_wheel.py WHEEL    # py3-none-linux_x86_64 becomes py3-none-manylinux_2_35_x86_64, say

By PEP 600: what the libraries in it need beside each other is part of every Linux system, in the versions that a system
with that glibc has. Says what stands in the way otherwise. Needs readelf."""

from __future__ import annotations

import base64
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

SYSTEM = re.compile(r"(libc|libm|libdl|libpthread|librt|libstdc\+\+|libgcc_s|ld-linux[-_\w]*)\.so\.\d+")
# Of systems with that glibc the newest versions of symbols in libstdc++ and libgcc_s: auditwheel's policies.
NEWEST = {
    (2, 28): {"GLIBCXX": (3, 4, 24), "CXXABI": (1, 3, 11), "GCC": (7, 0, 0)},
    (2, 31): {"GLIBCXX": (3, 4, 28), "CXXABI": (1, 3, 12), "GCC": (7, 0, 0)},
    (2, 34): {"GLIBCXX": (3, 4, 29), "CXXABI": (1, 3, 13), "GCC": (7, 0, 0)},
    (2, 35): {"GLIBCXX": (3, 4, 30), "CXXABI": (1, 3, 13), "GCC": (12, 0, 0)},
    (2, 39): {"GLIBCXX": (3, 4, 33), "CXXABI": (1, 3, 15), "GCC": (14, 0, 0)},
}

Version = tuple[int, ...]


def told(library: pathlib.Path, question: str) -> str:
    return subprocess.run(["readelf", "--wide", question, library], check=True, capture_output=True, text=True).stdout


def foreign(libraries: list[pathlib.Path]) -> dict[str, set[str]]:
    """What each of them needs that is neither among them nor part of every system."""
    there = {library.name for library in libraries}
    needs = {one.name: set(re.findall(r"\(NEEDED\).*\[(.*)\]", told(one, "--dynamic"))) for one in libraries}
    missing = {name: {need for need in wanted - there if not SYSTEM.fullmatch(need)} for name, wanted in needs.items()}
    return {name: needed for name, needed in missing.items() if needed}


def newest_symbols(libraries: list[pathlib.Path]) -> dict[str, Version]:
    """Of each family of versioned symbols the newest version that is needed."""
    newest: dict[str, Version] = {}
    for library in libraries:
        section = told(library, "--version-info").partition("Version needs section")[2]
        for family, number in re.findall(r"Name: (GLIBC|GLIBCXX|CXXABI|GCC)_([\d.]+)", section):
            version = tuple(map(int, number.split(".")))
            newest[family] = max(newest.get(family, version), version)
    return newest


def oldest_system(needed: dict[str, Version]) -> Version:
    """glibc's version; ValueError where none is known that has it all."""
    glibc = needed.get("GLIBC", (2, 0))
    for base, newest in NEWEST.items():
        if all(needed.get(family, (0,)) <= version for family, version in newest.items()):
            return max(base, glibc[:2])
    raise ValueError(f"no system is known that has {needed}")


def retagged(wheel: pathlib.Path, platform: str) -> pathlib.Path:
    """A copy beside it for another platform."""
    target = wheel.with_name(re.sub(r"-[^-]+\.whl$", f"-{platform}.whl", wheel.name))
    with zipfile.ZipFile(wheel) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        (metadata,) = (name for name in given.namelist() if name.endswith(".dist-info/WHEEL"))
        text = re.sub(r"(?m)^(Tag: \w+-\w+-)\w+$", rf"\g<1>{platform}", given.read(metadata).decode()).encode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
        record = re.sub(
            rf"(?m)^{re.escape(metadata)},.*$", f"{metadata},sha256={digest},{len(text)}",
            given.read(metadata.replace("WHEEL", "RECORD")).decode(),
        )  # fmt: skip
        for item in given.infolist():
            changed = {metadata: text, metadata.replace("WHEEL", "RECORD"): record.encode()}
            made.writestr(item, changed.get(item.filename, given.read(item)))
    return target


def main(wheel: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(wheel).extractall(folder)
        libraries = sorted((pathlib.Path(folder) / "tepui").glob("*.so*"))
        for name, needed in foreign(libraries).items():
            sys.exit(f"{wheel.name}: {name} needs {', '.join(sorted(needed))}: not part of every system")
        major, minor = oldest_system(newest_symbols(libraries))
    machine = re.fullmatch(r".*-linux_(\w+)\.whl", wheel.name)
    if not machine:
        sys.exit(f"{wheel.name}: a wheel for linux is expected")
    print(retagged(wheel, f"manylinux_{major}_{minor}_{machine[1]}"))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
