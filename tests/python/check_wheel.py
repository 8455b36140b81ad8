"""Builds the wheel that carries the library, and tries it without the system's BLIS and LAPACK.

    python3 check_wheel.py PACKAGE DIRECTORY TESTS

What the libraries in it need may be in it, or part of every Linux system; nothing in it is there for certificates or
linear programs, whose licences are not BSD's. It is then unpacked and tested."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

SYSTEM = re.compile(r"(libc|libm|libdl|libpthread|libstdc\+\+|libgcc_s|ld-linux[-_\w]*)\.so\.\d+")


def needed(library):
    """What the dynamic linker looks for."""
    told = subprocess.run(["readelf", "--dynamic", library], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", told))


def main(package, directory, tests):
    shutil.rmtree(directory, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", directory, package], check=True)
    (wheel,) = directory.glob("*.whl")
    if not re.fullmatch(r"tepui-[\d.]+-py3-none-\w+\.whl", wheel.name):
        raise AssertionError(f"{wheel.name}: for any Python 3 of this platform, it should say")
    unpacked = directory / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    libraries = list((unpacked / "tepui").glob("*.so*"))
    there = {library.name for library in libraries}
    for library in libraries:
        missing = {name for name in needed(library) - there if not SYSTEM.fullmatch(name)}
        if missing:
            raise AssertionError(f"{library.name} needs {', '.join(sorted(missing))}")
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    check = (
        "import tepui; i = tepui.info(); assert i['lapack_blas'] == 'linked statically' and not i['certificates'], i"
    )
    subprocess.run([sys.executable, "-c", check], check=True, env=environment)
    subprocess.run(
        [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", tests], check=True, env=environment
    )


if __name__ == "__main__":
    main(*(pathlib.Path(one).resolve() for one in sys.argv[1:]))
