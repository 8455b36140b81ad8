"""The planted defects: what mutants/*.toml say, and how one gets into a source.

A file holds the mutants of one part of the library:

    needs_test = "test_x"   # optional: where the build has no such test, the part is not there, nor its mutants

    [[mutant]]
    name = "loss-last-chunk"
    why = "What goes wrong, in a sentence."
    file = "src/network/derivatives/loss.cpp"
    before = '''text that stands exactly once in the file'''
    after = '''what takes its place'''
    killed_by = ["test_objective", "cli_analyze: Reports"]   # CTest names, each of which has to turn red
    needs_cpu = "avx512f"   # optional: a flag without which the processor does not run the text

Behind a colon stands a filter: of test cases for Catch2, of -k for unittest.
"""

import dataclasses
import pathlib
import tomllib

FIELDS = {"name", "why", "file", "before", "after", "killed_by"}
OPTIONAL = {"needs_cpu"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str
    why: str
    file: str
    before: str
    after: str
    killed_by: tuple
    needs_cpu: str = ""
    needs_test: str = ""

    def planted(self, text):
        """The file's text with the defect in it."""
        count = text.count(self.before)
        if count != 1:
            raise ValueError(f"{self.name}: its text stands {count} times in {self.file}, once is expected")
        return text.replace(self.before, self.after)


def mutants_of(path):
    table = tomllib.loads(path.read_text())
    unknown = set(table) - {"mutant", "needs_test"}
    if unknown:
        raise ValueError(f"{path.name}: {sorted(unknown)} is not known")
    for entry in table["mutant"]:
        name = entry.get("name", "a mutant")
        if not FIELDS <= set(entry) <= FIELDS | OPTIONAL:
            raise ValueError(f"{path.name}: {name} has {sorted(entry)}, {sorted(FIELDS)} are expected")
        if not entry["killed_by"]:
            raise ValueError(f"{path.name}: {name} names no test that kills it")
        if entry["before"] == entry["after"]:
            raise ValueError(f"{path.name}: {name} changes nothing")
        yield Mutant(**{**entry, "killed_by": tuple(entry["killed_by"])}, needs_test=table.get("needs_test", ""))


def read_mutants(directory):
    """All of them, those of one file next to each other: its objects are then built anew once a mutant."""
    mutants = [mutant for path in sorted(directory.glob("*.toml")) for mutant in mutants_of(path)]
    names = [mutant.name for mutant in mutants]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two mutants are called {twice[0]}")
    return sorted(mutants, key=lambda mutant: mutant.file)


def misfits(mutants, root):
    """A sentence for every mutant that does not apply to the sources below root."""
    for mutant in mutants:
        path = pathlib.Path(root) / mutant.file
        if not path.is_file():
            yield f"{mutant.name}: there is no {mutant.file}"
            continue
        try:
            mutant.planted(path.read_text())
        except ValueError as error:
            yield str(error)
