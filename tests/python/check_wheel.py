"""Builds an archive of the sources, from it the wheel that carries the library, and tries that without the system's
BLIS and LAPACK.

    python3 check_wheel.py PACKAGE DIRECTORY TESTS

The archive builds where the rest of the tree is not. What the libraries in the wheel need may be in it, or part of
every Linux system; nothing in it is there for certificates or linear programs, whose licences are not BSD's. Named
after the systems it runs on it is then installed and tested."""

import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

ARCHIVE = "import build_backend, sys; build_backend.build_sdist(sys.argv[1])"
CARRIES = "import tepui; i = tepui.info(); assert i['lapack_blas'] == 'linked statically' and not i['certificates'], i"


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, text=True, **options)


def main(package, directory, tests):
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    run(sys.executable, "-c", ARCHIVE, directory, cwd=package)
    (archive,) = directory.glob("tepui-*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(directory / "unpacked")
    (unpacked,) = (directory / "unpacked").iterdir()
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    # Relative paths as in a checkout's own build: compiler caches know them again.
    build = f"--config-settings=build-dir={unpacked / 'library' / 'build' / 'pip'}"
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", build, "--wheel-dir", directory, unpacked)
    (wheel,) = directory.glob("*.whl")
    if not re.fullmatch(r"tepui-[\d.]+-py3-none-linux_\w+\.whl", wheel.name):
        raise AssertionError(f"{wheel.name}: for any Python 3 of this platform, it should say")
    tagged = pathlib.Path(run(sys.executable, package / "tag_wheel.py", wheel, capture_output=True).stdout.strip())
    if not re.fullmatch(r"tepui-[\d.]+-py3-none-manylinux_2_\d+_\w+\.whl", tagged.name):
        raise AssertionError(f"{tagged.name}: for systems with some glibc, it should say")
    names = zipfile.ZipFile(tagged).namelist()
    notices = {name.rpartition("/")[2] for name in names if name.startswith("tepui/licenses/")}
    if not {"LICENSE", "libblis-openmp-dev", "liblapacke-dev", "libhwy-dev", "libgomp1"} <= notices:
        raise AssertionError(f"notices of what is in it are missing: {', '.join(sorted(notices))} are there")
    installed = directory / "installed"
    run(*pip, "install", "--no-deps", "--target", installed, tagged)
    python = ["env", f"PYTHONPATH={installed}", sys.executable]
    run(*python, "-c", f"{CARRIES}; assert tepui.__file__.startswith({str(installed)!r}), tepui.__file__")
    run(*python, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", tests)


if __name__ == "__main__":
    main(*(pathlib.Path(one).resolve() for one in sys.argv[1:]))
