"""A value that only the public header or only its table has, or that has other numbers there, or no sentence, does not compile:
a copy of the headers and tables is broken for every enumeration, and the compiler must say so of each.

check_vocabulary.py ROOT GENERATED_INCLUDES COMPILER
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT, GENERATED, COMPILER = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
ENUMERATION = re.compile(r"^TEPUI_ENUM\((\w+), (\w+)\)\n(.*?)^TEPUI_END", re.M | re.S)


def said(root):
    """What the compiler says; empty when it compiles."""
    command = [COMPILER, "-std=c++20", "-fsyntax-only", f"-I{root / 'src'}", f"-I{root / 'include'}", f"-I{GENERATED}", root / "words.cpp"]
    if "clang" in subprocess.run([COMPILER, "--version"], capture_output=True, text=True).stdout:
        command.append("-ferror-limit=0")
    run = subprocess.run(command, capture_output=True, text=True)
    return run.stderr if run.returncode else ""


def said_of(change_table, change_header):
    """The same of a copy, with the text of every table and header changed."""
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        shutil.copytree(ROOT / "include", root / "include")
        shutil.copytree(ROOT / "src" / "vocabulary", root / "src" / "vocabulary")
        shutil.copy(ROOT / "src" / "api" / "words.cpp", root)
        for table in root.glob("src/vocabulary/*.def"):
            table.write_text(change_table(table.read_text()))
        for header in root.glob("include/tepui/*.h"):
            header.write_text(change_header(header.read_text()))
        return said(root)


def unchanged(text):
    return text


def with_rows(text):
    """One row more in each table: with a sentence where its rows have one."""

    def longer(found):
        sentence = ', .sentence = "It is."' if ".sentence" in found[3] else ""
        return found[0].removesuffix("TEPUI_END") + f"TEPUI_WORD(new_one, 97, TEPUI_NEW_{found[1]}{sentence})\nTEPUI_END"

    return ENUMERATION.sub(longer, text)


def main():
    tables = [found for path in sorted((ROOT / "src" / "vocabulary").glob("*.def")) for found in ENUMERATION.finditer(path.read_text())]
    names = {found[1]: found[2] for found in tables}

    def with_constants(text):
        for enumeration, constant in names.items():
            text = re.sub(rf"\b{constant} =", f"TEPUI_NEW_{enumeration} = 97, {constant} =", text)
        return text

    def with_numbers(text):
        for constant in names.values():
            text = re.sub(rf"\b{constant} =\s*\d+", f"{constant} = 98", text)
        return text

    faults = []
    if len(names) < 25:
        faults.append(f"only {len(names)} enumerations seen")
    if found := said_of(unchanged, unchanged):
        faults.append("the vocabulary does not compile:\n" + found)
    in_table, in_header = said_of(with_rows, unchanged), said_of(unchanged, with_constants)
    for enumeration in names:
        for what, text in ("table", in_table), ("header", in_header):
            if not re.search(rf"error: .*TEPUI_NEW_{enumeration}\b", text):
                faults.append(f"{enumeration}: a value in the {what} alone compiles")
    found = len(re.findall("error: .*the header and the vocabulary differ", said_of(unchanged, with_numbers)))
    if found != len(names):
        faults.append(f"{len(names) - found} of {len(names)} enumerations compile with another number in the header")
    if "a sentence is missing" not in said_of(lambda text: text.replace("TEPUI_END", "TEPUI_INSIDE(new_one, 97)\nTEPUI_END"), unchanged):
        faults.append("a rule without a sentence compiles")
    if faults:
        sys.exit("\n".join(faults))


main()
