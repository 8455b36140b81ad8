"""Fails when modules of the Python package import each other in a circle.

    python3 check_python_layering.py PACKAGE

Every import counts: those for types alone and those inside functions, too. So dependencies go one way, and a module can
be read with those before it. __init__.py, which gathers them all, is imported by none."""

import ast
import pathlib
import sys


def imports_of(text, names):
    """The modules of the package, whose names are given, that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.ImportFrom) and (node.level == 1 or node.module == "tepui"):
            found |= {one.name if one.name in names else "__init__" for one in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tepui."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            parts = [one.name.split(".") for one in node.names if one.name.split(".")[0] == "tepui"]
            found |= {part[1] if len(part) > 1 else "__init__" for part in parts}
    return found


def a_circle(imports):
    """[one, ..., the same one], each importing the next; None where there is none."""
    done, path = set(), []

    def follow(module):
        if module in path:
            return [*path[path.index(module):], module]
        if module in done:
            return None
        path.append(module)
        for other in sorted(imports.get(module, ())):
            found = follow(other)
            if found:
                return found
        done.add(path.pop())
        return None

    return next(filter(None, map(follow, sorted(imports))), None)


def violations(package):
    texts = {path.stem: path.read_text() for path in package.glob("*.py")}
    imports = {name: imports_of(text, texts) for name, text in texts.items()}
    if len(imports) < 10:
        yield f"only {len(imports)} modules were seen in {package}"
    for name, others in sorted(imports.items()):
        if "__init__" in others:
            yield f"{name}.py imports the package itself"
    circle = a_circle(imports)
    if circle:
        yield "modules import each other: " + " -> ".join(circle)


if __name__ == "__main__":
    found = list(violations(pathlib.Path(sys.argv[1])))
    print(*found, f"{len(found)} violations", sep="\n")
    sys.exit(bool(found))
