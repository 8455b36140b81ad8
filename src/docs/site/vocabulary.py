"""The tables of src/vocabulary, as pages: every enumeration with its values, and every rule with its theorem."""

import html
import pathlib
import re

ROW = re.compile(r"TEPUI_(ENUM|WORD|END|INSIDE)\b(?:\(((?:\"(?:[^\"\\]|\\.)*\"|[^()\"]|\([^()]*\))*)\))?([^\n]*)")


def value_of(arguments, name):
    found = re.search(rf"\.{name} =\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)", arguments)
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found[1])) if found else ""


def enumerations(directory):
    """[(name, comment, [word])], a word being a dict of name, number, constant, phrase, sentence and comment."""
    tables = []
    for path in sorted(pathlib.Path(directory).glob("*.def")):
        if path.name == "built_in_activations.def":
            continue
        text = path.read_text().replace('#include "vocabulary/built_in_activations.def"',
                                        re.sub(r"^//.*\n", "", (path.parent / "built_in_activations.def").read_text()))
        position = 0
        for found in ROW.finditer(text):
            before = text[position:found.start()]
            position = found.end()
            lines = [line.strip() for line in before.split("\n")]
            comment = " ".join(line[2:].strip() for line in lines if line.startswith("//")).strip()
            kind, arguments, rest = found.groups()
            trailing = rest.split("//", 1)[1].strip() if "//" in rest else ""
            if kind == "ENUM":
                tables.append((arguments.split(",")[0].strip(), comment.split("Rows as in word.hpp.")[-1].strip(), []))
            elif kind == "WORD":
                identifier, number, constant = [part.strip() for part in arguments.split(",")[:3]]
                tables[-1][2].append({"name": value_of(arguments, "name") or identifier, "number": int(number),
                                      "constant": constant, "phrase": value_of(arguments, "phrase"),
                                      "sentence": value_of(arguments, "sentence"), "comment": comment or trailing})
    return tables


def cell(text):
    text = re.sub(r"(?<![\w`-])(--[a-z][\w-]*)", r"`\1`", text)
    return html.escape(text, quote=False).replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def tables_page(directory):
    """Every enumeration: number, name, constant, meaning."""
    out = ["# Status numbers and other words", "",
           "Numbers never change their meaning; names are those of reports and of the command. Rules have "
           "[a page of their own](verdicts.md). The tables are written from the sources of the library.", ""]
    for name, comment, words in sorted(enumerations(directory), key=lambda one: one[0] != "Status"):
        prefix = re.match(r"TEPUI_[A-Z0-9]+", words[0]["constant"])[0]
        title = re.sub(r"(?<!^)(?=[A-Z])", " ", name).capitalize()
        out += [f"(words-{name.lower()})=", f"## {title}", "", cell(comment), "",
                "| number | name | constant | |", "| --- | --- | --- | --- |"]
        for word in words:
            told = word["sentence"] or word["comment"] or word["phrase"]
            out.append(f"| {word['number']} | `{word['name']}` | `{word['constant']}` | {cell(told)} |")
        out.append("")
    return "\n".join(out)


def theorems_of(path):
    """{(enumeration, rule): text} of a file with headings "## Enumeration" and "### rule"."""
    found, table, rule = {}, None, None
    for line in pathlib.Path(path).read_text().split("\n"):
        if line.startswith("## "):
            table, rule = line[3:].strip(), None
        elif line.startswith("### "):
            rule = line[4:].strip()
            found[table, rule] = ""
        elif rule is not None:
            found[table, rule] += line + "\n"
    return found


def rules(directory, theorems):
    """The sections of all rules: the library's sentence, then the theorem. Fails where one lacks the other."""
    told = theorems_of(theorems)
    out, known = [], set()
    for name, comment, words in enumerations(directory):
        if not any(table == name for table, _ in told):
            if words[0]["sentence"] and name.endswith("Rule"):
                raise SystemExit(f"theorems.md says nothing of {name}")
            continue
        out += [f"## {TITLES[name]}", ""]
        for word in words:
            key = (name, word["name"])
            known.add(key)
            if not told.get(key, "").strip():
                raise SystemExit(f"theorems.md has no theorem for {word['name']} of {name}")
            anchor = ANCHORS[name] + word["name"]
            out += [f"({anchor})=", f"### {word['name']}", "", f"*{word['sentence']}* ", "",
                    f"`{word['constant']}` = {word['number']}", "", told[key].strip(), ""]
    spare = sorted(set(told) - known)
    if spare:
        raise SystemExit(f"theorems.md speaks of rules that there are not: {spare}")
    return "\n".join(out)


TITLES = {"Rule": "Smooth networks and layers", "DirectionalRule": "ReLU-like networks",
          "OutputsRule": "ReLU-like networks with several outputs", "EmbeddingRule": "Widened ReLU-like networks",
          "EndRule": "Ends at infinity"}
ANCHORS = {"Rule": "rule-", "DirectionalRule": "relu-rule-", "OutputsRule": "relu-outputs-rule-",
           "EmbeddingRule": "relu-widening-rule-", "EndRule": "end-rule-"}
