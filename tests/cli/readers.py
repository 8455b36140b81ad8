"""Asks the command's readers (read_tables) about many files and texts at once."""

import json
import os
import random
import subprocess

from command import InTemporaryDirectory

READ_TABLES = os.environ["TEPUI_READ_TABLES"]
TIMES = int(os.environ.get("TEPUI_TEST_TIMES", 1))  # as many random cases, and others: long campaigns


def random_cases(seed):
    """The random numbers behind one test's cases."""
    return random.Random(seed if TIMES == 1 else f"{seed} of {TIMES}")


def number(text):
    return None if text is None else float.fromhex(text)


def numbers(texts):
    return [float.fromhex(text) for text in texts]


def ask(requests):
    """One answer for each request: {"result": ...} or {"error": sentence}. A crash or a sanitizer's find fails."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run([READ_TABLES], input=lines, capture_output=True, text=True, timeout=300)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(answers) != len(requests):
        raise AssertionError(f"read_tables ended at {requests[len(answers):][:1]}:\n{done.stderr[:4000]}")
    return answers


class ReaderTest(InTemporaryDirectory):
    def table(self, text, **options):
        name = options.pop("name", "table.csv")
        return ask([{"what": "table", "file": self.write(name, text), **{"target": "y", **options}}])[0]

    def read(self, text, **options):
        answer = self.table(text, **options)
        self.assertNotIn("error", answer)
        result = answer["result"]
        for key in ("x", "y", "weights"):
            result[key] = numbers(result[key])
        return result

    def refused(self, text, *words, **options):
        answer = self.table(text, **options)
        self.assertIn("error", answer, answer)
        for word in words:
            self.assertIn(word, answer["error"])
