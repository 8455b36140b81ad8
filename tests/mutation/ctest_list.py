"""The tests of a build tree as CTest knows them, run one by one or in part, and what has to be built for each."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time


def written_command(name, directory):
    """The command as CMake wrote it down."""
    text = (pathlib.Path(directory) / "CTestTestfile.cmake").read_text()
    found = re.search(rf"^add_test\(\[=\[{re.escape(name)}\]=\] (.*)\)$", text, re.M)
    return re.findall(r'"([^"]*)"', found[1]) if found else []


class Test:
    """One CTest test, or the part of it that a filter chooses."""

    def __init__(self, entry, filtered, build):
        properties = {item["name"]: item["value"] for item in entry.get("properties", [])}
        self.name = entry["name"] + (f": {filtered}" if filtered else "")
        self.command = list(entry.get("command", []))
        self.directory = properties.get("WORKING_DIRECTORY", str(build))
        self.environment = dict(item.split("=", 1) for item in properties.get("ENVIRONMENT", []))
        # What it runs lies in the build tree; before it is built CTest does not know the command of a program.
        words = [*(self.command or written_command(entry["name"], self.directory)), *self.environment.values()]
        inside = [pathlib.Path(word) for word in words if word.startswith(f"{build}/")]
        self.targets = sorted(str(path.relative_to(build)) for path in inside)
        if filtered:
            self.command += ["-k", filtered] if "unittest" in self.command else [filtered]

    def run(self, seconds):
        """"green", "red", "crashed", "too slow" or "nothing ran", and how long it took."""
        begin = time.monotonic()
        test = subprocess.Popen(self.command, cwd=self.directory, env={**os.environ, **self.environment},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            said, _ = test.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(test.pid, signal.SIGKILL)  # with what it started, which would hold the pipe open
            test.communicate()
            return "too slow", time.monotonic() - begin
        code = test.returncode
        state = "green" if code == 0 else "crashed" if code < 0 else "red"
        if any(words in said for words in (b"No tests ran", b"Ran 0 tests")):
            state = "nothing ran"
        return state, time.monotonic() - begin


class TestList:
    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()
        shown = subprocess.run(["ctest", "--show-only=json-v1"], cwd=self.build, capture_output=True, text=True, check=True)
        self.entries = {entry["name"]: entry for entry in json.loads(shown.stdout)["tests"]}

    def __contains__(self, wanted):
        return wanted.partition(":")[0] in self.entries

    def find(self, wanted):
        name, _, filtered = wanted.partition(":")
        return Test(self.entries[name], filtered.strip(), self.build)
