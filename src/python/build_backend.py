"""Builds the package with scikit-build-core; archives of its sources carry those of the library, which lie beside it.

In an archive these are in the folder ``library``, where CMakeLists.txt looks first."""

from __future__ import annotations

import pathlib
import tarfile
from collections.abc import Iterator
from typing import Any

from scikit_build_core import build
from scikit_build_core.build import *  # noqa: F403

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_BUILT = {"cli", "docs", "fortran", "python", "r"}


def library_sources() -> Iterator[pathlib.Path]:
    """What CMake needs of the library, under ROOT; nothing where this is an archive already."""
    if not (ROOT / "include" / "tepui" / "tepui.h").exists():
        return
    yield from (ROOT / name for name in ("CMakeLists.txt", "LICENSE"))
    folders = [ROOT / "cmake", ROOT / "include", *sorted((ROOT / "src").iterdir())]
    for folder in folders:
        if folder.name not in NOT_BUILT and folder.is_dir():
            yield from sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def build_sdist(sdist_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    """scikit-build-core's archive with the library's sources in it."""
    name = build.build_sdist(sdist_directory, config_settings)
    archive = pathlib.Path(sdist_directory) / name
    whole = archive.with_suffix(".whole")
    with tarfile.open(archive) as package, tarfile.open(whole, "w:gz", format=tarfile.PAX_FORMAT) as made:
        members = package.getmembers()
        for member in members:
            made.addfile(member, package.extractfile(member) if member.isfile() else None)
        inside = pathlib.PurePosixPath(members[0].name).parts[0]
        for path in library_sources():
            entry = made.gettarinfo(path, f"{inside}/library/{path.relative_to(ROOT).as_posix()}")
            entry.uid, entry.gid, entry.uname, entry.gname, entry.mtime = 0, 0, "", "", members[0].mtime
            with path.open("rb") as content:
                made.addfile(entry, content)
    whole.replace(archive)
    return name
