"""The name of a wheel says on which systems it runs; one that needs more is refused."""

import importlib.util
import pathlib
import shutil
import zipfile

import pytest
from tepui import _library

if shutil.which("readelf") is None:
    pytest.skip("readelf is not there", allow_module_level=True)
FILE = pathlib.Path(__file__).resolve().parents[2] / "src" / "python" / "tag_wheel.py"
SPECIFICATION = importlib.util.spec_from_file_location("tag_wheel", FILE)
tag_wheel = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(tag_wheel)

METADATA = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-linux_x86_64\n"


def wheel_with(folder, library=None):
    wheel = folder / "tepui-1.0-py3-none-linux_x86_64.whl"
    with zipfile.ZipFile(wheel, "w") as made:
        if library:
            made.write(library, "tepui/libtepui.so")
        made.writestr("tepui-1.0.dist-info/WHEEL", METADATA)
        made.writestr("tepui-1.0.dist-info/RECORD", "tepui-1.0.dist-info/WHEEL,sha256=x,1\nother,sha256=y,2\n")
    return wheel


def test_the_oldest_system_has_every_version():
    assert tag_wheel.oldest_system({"GLIBC": (2, 17), "GLIBCXX": (3, 4, 24)}) == (2, 28)
    assert tag_wheel.oldest_system({"GLIBC": (2, 35), "GLIBCXX": (3, 4, 29), "CXXABI": (1, 3, 13)}) == (2, 35)
    assert tag_wheel.oldest_system({"GLIBC": (2, 17), "GLIBCXX": (3, 4, 30)}) == (2, 35)
    with pytest.raises(ValueError, match="no system"):
        tag_wheel.oldest_system({"GLIBCXX": (3, 4, 99)})


def test_metadata_and_record_say_the_same(tmp_path):
    renamed = tag_wheel.retagged(wheel_with(tmp_path), "manylinux_2_35_x86_64")
    assert renamed.name == "tepui-1.0-py3-none-manylinux_2_35_x86_64.whl"
    with zipfile.ZipFile(renamed) as made:
        text = made.read("tepui-1.0.dist-info/WHEEL").decode()
        record = made.read("tepui-1.0.dist-info/RECORD").decode().splitlines()
    assert text == METADATA.replace("linux_x86_64", "manylinux_2_35_x86_64")
    assert record[0].startswith("tepui-1.0.dist-info/WHEEL,sha256=") and record[0].endswith(f",{len(text)}")
    assert record[1] == "other,sha256=y,2"


def test_libraries_that_systems_do_not_have_are_named(tmp_path):
    library = pathlib.Path(_library._path())
    needed = tag_wheel.foreign([library])
    if not needed:
        pytest.skip("the library carries all that it needs")
    with pytest.raises(SystemExit, match="not part of every system"):
        tag_wheel.main(wheel_with(tmp_path, library))
    versions = tag_wheel.newest_symbols([library])
    assert versions["GLIBC"] >= (2, 17) and versions["GLIBCXX"] >= (3, 4)
