"""Runs the tepui command the way a shell would."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

COMMAND = os.environ["TEPUI_COMMAND"]
DATA = Path(os.environ["TEPUI_TEST_DATA"])
DIABETES = str(DATA / "diabetes.csv")
# Jobs in the background of a script ignore it, and so would every command that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def spelled_out(arguments):
    """Searches standardise, add biases and take gelu unless told otherwise. Tests say what network they mean: what
    they leave out it has not, and it is one of tanh."""
    arguments = [str(argument) for argument in arguments]
    if not arguments or arguments[0] not in ("analyze", "plateau", "critical-set", "trace") or "--weights" in arguments:
        return arguments
    more = [f"--no-{name}" for name in ("bias", "output-bias", "standardize")
            if not {f"--{name}", f"--no-{name}"}.intersection(arguments)]
    if arguments[0] != "trace" and "--activation" not in arguments:
        more += ["--activation", "tanh"]
    return arguments + more


def run(*arguments, cwd=None, environment=None, as_given=False):
    variables = dict(os.environ, **(environment or {}))
    return subprocess.run([COMMAND, *(map(str, arguments) if as_given else spelled_out(arguments))], capture_output=True, text=True, cwd=cwd,
                          env=variables, timeout=300)


def run_json(*arguments, **options):
    done = run(*arguments, "--json", **options)
    if done.returncode != 0:
        raise AssertionError(f"exit status {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def wait_until_heard(child, number):
    """Until the command has a handler of its own for this signal."""
    for _ in range(600):
        caught = re.search(r"^SigCgt:\s*(\w+)", Path(f"/proc/{child.pid}/status").read_text(), re.MULTILINE)
        if int(caught[1], 16) & (1 << (number - 1)):
            return
        time.sleep(0.1)
    child.kill()  # whoever waits for its end would wait for all of its work
    raise AssertionError("the command never listened")


class InTemporaryDirectory(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)

    def write(self, name, text):
        path = self.directory / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)
