"""Makes a virtual environment with what a file of requirements lists, and the package around a library that is built.

    python3 make_environment.py DIRECTORY REQUIREMENTS PACKAGE LIBRARY

What is there already stays while the requirements are the same; the package is installed anew each time."""

import pathlib
import subprocess
import sys
import venv


def main(directory, requirements, package, library):
    python, stamp = directory / "bin" / "python", directory / "requirements.txt"
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wanted = f"{sys.version}\n{requirements.read_text()}"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(directory, clear=True, with_pip=True)
        subprocess.run([*pip, "install", "--requirement", requirements], check=True)
        stamp.write_text(wanted)
    settings = f"--config-settings=cmake.define.TEPUI_PREBUILT_LIBRARY={library}"
    install = [*pip, "install", "--no-build-isolation", "--no-deps", "--force-reinstall", settings, package]
    subprocess.run(install, check=True)


if __name__ == "__main__":
    main(*(pathlib.Path(one).resolve() for one in sys.argv[1:]))
