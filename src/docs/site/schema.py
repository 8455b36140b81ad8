"""The JSON schema of the command's reports as a page: a section for each definition, a row for each name."""

import re

FIRST = ["analysis_report", "plateau_report", "critical_set_report", "trace_report", "reduction_report", "embedding", "info_report"]


def words(text):
    text = re.sub(r"MATH\.md section (\d+)", r"[Mathematics, section \1](mathematics.md)", text)
    text = re.sub(r"(?<![\w`-])(--[a-z][\w-]*)", r"`\1`", text)
    return re.sub(r"(?<!\\)([|*_<])", r"\\\1", text)


def kind(of):
    """What a value is, with links to other definitions."""
    if "$ref" in of:
        name = of["$ref"].rsplit("/", 1)[1]
        return f"[{name}](schema-{name.replace('_', '-')})"
    for several in ("anyOf", "oneOf"):
        if several in of:
            return " or ".join(dict.fromkeys(kind(one) for one in of[several]))
    if "enum" in of:
        return ", ".join(f"`{value}`" for value in of["enum"])
    if "const" in of:
        return f"`{of['const']}`"
    types = of.get("type", "any")
    types = types if isinstance(types, list) else [types]
    named = []
    for one in types:
        if one == "array" and "items" in of:
            named.append(f"array of {kind(of['items'])}")
        elif one == "array" and "prefixItems" in of:
            named.append("array of " + ", ".join(kind(item) for item in of["prefixItems"]))
        else:
            named.append(one)
    return " or ".join(named)


def rows(of, prefix=""):
    for name, value in of.get("properties", {}).items():
        missing = "" if name in of.get("required", []) else " (not always there)"
        told = re.sub(r" ?\(null: not a finite number\)", "", value.get("description", ""))
        yield f"| `{prefix}{name}` | {kind(value)} | {words(told)}{missing} |"
        inner = value.get("items", value) if value.get("type") in ("array", ["array", "null"]) else value
        if "properties" in inner:
            yield from rows(inner, f"{prefix}{name}/")


def page(whole):
    out = ["# The JSON of reports", "", words(whole["description"]), "",
           "Every name, written from the [JSON schema](static/report.schema.json) that the tests hold every report against. "
           "Names are added, never changed. A path such as `points/0/loss` reads a value through `tepui_report_real` and its like. "
           "What names do not say is on [Reports](reports.md).", ""]
    definitions = whole["$defs"]
    for name in FIRST + [other for other in definitions if other not in FIRST]:
        of = definitions[name]
        out += [f"(schema-{name.replace('_', '-')})=", f"## {name}", "", words(of.get("description", "")), ""]
        table = list(rows(of))
        for part in of.get("allOf", []):
            table += [f"| | {kind(part)} | and all that this has |"] if "$ref" in part else list(rows(part))
        if table:
            out += ["| name | | |", "| --- | --- | --- |"] + table + [""]
        else:
            out += [kind(of), ""]
    return "\n".join(out)
