"""What the command really loads is in src/docs/COMPONENTS.md, and nothing of it is under the GPL."""

import re
import shutil
import subprocess
import unittest
from pathlib import Path

from command import COMMAND, run, run_json

DOCUMENT = Path(__file__).parents[2] / "src" / "docs" / "COMPONENTS.md"
FREE = re.compile(r"(BSD-3-Clause|Apache-2\.0 or BSD-3-Clause|Apache-2\.0 WITH LLVM-exception|MIT|Zlib|bzip2-1\.0\.6|EPL"
                  r"|LGPL-[\d.]+-or-later|GPL-3\.0-or-later WITH GCC-exception-3\.1)")


def table():
    rows = [[cell.strip() for cell in line.strip("|\n ").split("|")]
            for line in DOCUMENT.read_text().splitlines() if line.startswith("|")]
    return rows[2:]  # after the heading


def licence_of_libraries():
    return {name.strip(): licence for _, names, licence, _, _ in table() for name in names.split(",")}


def loaded(program):
    """Path by the name of every library that the dynamic linker brings in for a program."""
    told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    paths = re.findall(r"^\s*(?:\S+ => )?(/\S+) \(0x", told, re.MULTILINE)
    return {re.match(r"[^/]*?(?=\.so|$)", Path(path).name)[0]: path for path in paths}


def complaints(names, licences):
    for name in sorted(names):
        if name not in licences:
            yield f"{name} is not in {DOCUMENT.name}"
        elif not FREE.fullmatch(licences[name]):
            yield f"{name} is under {licences[name]}"


def debian_licences(path):
    """What Debian's copyright file says of "Files: *" in the package of a library; nothing where it does not."""
    name = Path(path).name
    found = subprocess.run(["dpkg-query", "-S", f"*/{name}"], capture_output=True, text=True).stdout
    for package in {line.split(":")[0].split(",")[0] for line in found.splitlines() if line.endswith("/" + name)}:
        copyright_file = Path("/usr/share/doc") / package / "copyright"
        if copyright_file.exists():
            text = copyright_file.read_text(errors="replace")
            yield from re.findall(r"^Files: ?\n? *\*\n(?:.+\n)*?License: *(.+)", text, re.MULTILINE)


def only_gpl(licence):
    return all(re.match(r"\s*GPL", choice) and "exception" not in choice for choice in re.split(r"\bor\b|,", licence))


@unittest.skipUnless(shutil.which("ldd"), "no ldd")
@unittest.skipIf("libasan" in str(loaded(COMMAND)) or "libtsan" in str(loaded(COMMAND)), "a sanitized build")
class Components(unittest.TestCase):
    def test_everything_loaded_is_in_the_table_and_free(self):
        libraries = loaded(COMMAND)
        own = {name for name in libraries if name.startswith("libtepui")}
        self.assertEqual(list(complaints(libraries.keys() - own, licence_of_libraries())), [])

    def test_optional_components_are_loaded_where_they_are_built_in(self):
        libraries = loaded(COMMAND)
        json = run_json("info")
        self.assertEqual("libmpfr" in libraries, json["certificates"] is not None)
        self.assertEqual("libgmp" in libraries, json["certificates"] is not None)
        self.assertEqual("libClp" in libraries, json["linear_programs"] is not None)

    @unittest.skipUnless(shutil.which("dpkg-query"), "not Debian")
    def test_debian_does_not_call_them_gpl(self):
        known = 0
        for name, path in loaded(COMMAND).items():
            for licence in debian_licences(path):
                known += 1
                self.assertFalse(only_gpl(licence), f"{name}: {licence}")
        self.assertGreater(known, 3)

    def test_the_command_prints_the_rows_that_are_here(self):
        rows = {component: (licence, use, when) for component, _, licence, use, when in table()}
        json = run_json("info")
        here = [{"name": name, "licence": licence, "for": use} for name, (licence, use, when) in rows.items()
                if when == "always" or "command" in when
                or json["certificates"] is not None and "certificates" in when
                or json["linear_programs"] is not None and "linear programs" in when]
        self.assertEqual(json["components"], here)
        text = run("info").stdout
        for row in here:
            self.assertRegex(text, rf"(?m)^ *{re.escape(row['name'])} +{re.escape(row['licence'])} +{re.escape(row['for'])}$")


class TheNet(unittest.TestCase):
    """These checks can fail."""

    def test_strangers_and_the_gpl_are_seen(self):
        licences = licence_of_libraries()
        self.assertEqual(list(complaints(["libmpfr"], licences)), [])
        self.assertEqual(len(list(complaints(["libgf2x", "libntl", "libmpfr"], licences))), 2)
        self.assertEqual(len(list(complaints(["libgf2x"], {"libgf2x": "GPL-2.0-or-later"}))), 1)

    def test_licences_are_read(self):
        self.assertTrue(only_gpl("GPL-2+"))
        self.assertTrue(only_gpl("GPL-2+ or GPL-3"))
        self.assertFalse(only_gpl("GPL-2+ or LGPL-3+"))
        self.assertFalse(only_gpl("LGPL-2.1+"))
        self.assertFalse(only_gpl("GPL-3+ with GCC-Runtime-Library exception"))

    def test_every_row_is_free(self):
        for component, _, licence, _, _ in table():
            self.assertRegex(licence, rf"^{FREE.pattern}$", component)


if __name__ == "__main__":
    unittest.main()
