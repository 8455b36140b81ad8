"""Gathers what the pages are made of into one folder for Sphinx: write_pages.py OUT --katex DIR

Hand-written pages as they are, those of the repository with their links turned to pages, MATH.md typeset, and tables
written from the vocabulary, the headers and the JSON schema. --check writes nothing and only says what is missing."""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
root = here.parents[2]
sys.path.insert(0, str(here))
sys.dont_write_bytecode = True
import schema
import typeset
import vocabulary

# Documents of the repository that are pages: where they are read, and what they are called here.
DOCUMENTS = {"src/MATH.md": "mathematics.md", "CHANGELOG.md": "changelog.md", "bench/README.md": "benchmarks.md",
             "src/docs/INFINITY.md": "infinity.md", "src/docs/RANKS.md": "ranks.md", "src/docs/REPORTS.md": "reports.md", "src/docs/COSTS.md": "costs.md",
             "src/docs/ADDING.md": "adding.md", "src/docs/COMPONENTS.md": "components.md", "src/r/README.md": "r.md"}
TYPESET = ("src/MATH.md", "src/docs/INFINITY.md")  # with formulas in plain text
HEADERS = [("context", "Contexts, options, errors"), ("status", "Status numbers"), ("network", "Activations, data sets, networks, the loss"),
           ("models", "Several outputs, other losses, weight decay"), ("objective", "The loss for solvers"), ("solve", "Searches"),
           ("classification", "Verdicts on points and splits"), ("network_verdict", "Any network on any data"),
           ("model_verdict", "Networks of any layout and loss"), ("layer", "A layer of any network"), ("splitting", "Inner Hessians and splits"),
           ("directional", "ReLU-like networks"), ("critical_set", "Critical sets"), ("reduction", "Reduction and embedding"),
           ("trace", "Saddle-to-saddle runs"), ("infinity", "Ends at infinity"), ("certificate", "Certificates"), ("report", "Reports"),
           ("kernels", "Kernels"), ("collective", "Several processes"), ("tepui_mpi", "Several processes over MPI"), ("version", "Version")]


def linked(text, document):
    """Links between documents become links between pages; other files of the repository are only named."""
    folder = (root / document).parent

    def link(found):
        words, target = found.groups()
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        path, _, anchor = target.partition("#")
        known = (folder / path).resolve()
        name = known.relative_to(root).as_posix() if known.is_relative_to(root) else path
        if name in DOCUMENTS:
            return f"[{words}]({DOCUMENTS[name]}{'#' + anchor if anchor else ''})"
        if name == "src/docs/report.schema.json":
            return f"[{words}](schema.md)"
        if not known.exists():
            raise SystemExit(f"{document}: {target} is not there")
        return words if words.startswith("`") or "/" in words else f"{words} (`{name}`)"

    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", link, text)


def reference(name, title):
    return f"# {title}\n\n`#include <tepui/{name}.h>`\n\n```{{eval-rst}}\n.. doxygenfile:: tepui/{name}.h\n```\n"


COMMANDS = ["analyze", "classify", "plateau", "critical-set", "trace", "reduce", "embed", "info"]


def help_of(command):
    """What --help of each command prints, as sections."""
    out = []
    for name in COMMANDS:
        told = subprocess.run([command, name, "--help"], capture_output=True, text=True, check=True).stdout
        out += [f"## tepui {name}", "", "```text", told.rstrip(), "```", ""]
    return "\n".join(out)


def pages():
    """{file name: text} of all that is written or turned."""
    made = {}
    for path in sorted((here.parent / "pages").rglob("*.md")):
        made[path.relative_to(here.parent / "pages").as_posix()] = path.read_text()
    for document, name in DOCUMENTS.items():
        text = linked((root / document).read_text(), document)
        made[name] = typeset.page(text) if document in TYPESET else text
    vocabulary_at = root / "src" / "vocabulary"
    made["verdicts.md"] += "\n" + vocabulary.rules(vocabulary_at, here / "theorems.md")
    made["words.md"] = vocabulary.tables_page(vocabulary_at)
    made["schema.md"] = schema.page(json.loads((root / "src/docs/report.schema.json").read_text()))
    for name in made:
        made[name] = re.sub(r"\[Mathematics,\s+section\s+(\d+)\]\(\S*mathematics\.md\)", r"[Mathematics, section \1](math-\1)", made[name])
    for name in ("reports.md", "words.md"):
        made[name] = re.sub(r"MATH\.md section (\d+)", r"[Mathematics, section \1](math-\1)", made[name])
    missing = {path.stem for path in (root / "include/tepui").glob("*.h")} - {name for name, _ in HEADERS} - {"tepui", "export"}
    if missing:
        raise SystemExit(f"write_pages.py has no page for the headers {sorted(missing)}")
    package = (root / "src/python/tepui/__init__.py").read_text()
    names = re.findall(r'"([A-Za-z]\w*)"', package[package.index("__all__ = ["):] + package[package.index("_ESTIMATORS = "):].split("\n")[0])
    silent = [name for name in names if not re.search(rf":: tepui\.{name}\b", made["python.md"])]
    if silent:
        raise SystemExit(f"pages/python.md has no place for {silent}")
    for name, title in HEADERS:
        made[f"c/{name}.md"] = reference(name, title)
    made["c/index.md"] += "\n```{toctree}\n:maxdepth: 1\n\n" + "\n".join(name for name, _ in HEADERS) + "\n```\n"
    return made


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("out", nargs="?", type=pathlib.Path)
    options.add_argument("--katex", type=pathlib.Path)
    options.add_argument("--command", type=pathlib.Path, help="the tepui command, to print its help")
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    written = pages()
    if given.check:
        sys.exit(0)
    if given.command:
        written["commands.md"] += "\n" + help_of(given.command)
    shutil.rmtree(given.out, ignore_errors=True)
    for name, text in written.items():
        (given.out / name).parent.mkdir(parents=True, exist_ok=True)
        (given.out / name).write_text(text)
    shutil.copytree(root / "examples", given.out / "examples")
    shutil.copytree(root / "include", given.out / "include")
    shutil.copytree(root / "src/fortran", given.out / "fortran")
    for picture in (here.parent / "pages").rglob("*.svg"):
        shutil.copy(picture, given.out / picture.relative_to(here.parent / "pages"))
    shutil.copy(root / "src/cli/plateau/plateau.svg", given.out)
    static = given.out / "static"
    (static / "katex").mkdir(parents=True)
    for name in ("style.css", "start_formulas.js"):
        shutil.copy(here / name, static)
    for name in ("katex.min.css", "katex.min.js", "contrib/auto-render.min.js", "contrib/auto-render.js"):
        if (given.katex / name).exists():
            shutil.copy(given.katex / name, static / "katex" / pathlib.Path(name).name.replace("auto-render.js", "auto-render.min.js"))
    shutil.copytree(given.katex / "fonts", static / "katex/fonts")
    shutil.copy(root / "src/docs/report.schema.json", static)
    shutil.copy(here / "conf.py", given.out)
