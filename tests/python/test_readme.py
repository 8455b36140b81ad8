"""The examples of the package's own page print what they say."""

import contextlib
import io
import pathlib
import re

import pytest

README = pathlib.Path(__file__).resolve().parents[2] / "src" / "python" / "README.md"


def shown_and_printed(program, names):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(program, names)
    return re.findall(r"print\(.*\)\s+# (.*)", program), printed.getvalue().splitlines()


def test_its_examples():
    first, second, *_ = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    names = {}
    shown, printed = shown_and_printed(first, names)
    assert shown == printed and len(shown) == 2
    pytest.importorskip("sklearn")
    shown, printed = shown_and_printed(second, names)
    assert shown == printed and len(shown) == 1
