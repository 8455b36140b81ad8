"""Calls every public function with every argument wrong in every way, each case in a process of its own: it must end with a
status that its description lists, a sentence that names the argument and its value, outputs untouched and nothing leaked, and
leave the handles as they were. A function for which no valid call can be made fails the test."""

import re
import sys

from cases import ALWAYS, cases_of
from headers import Headers
from library import Library, digest_of_outputs
from running import arguments, component_is_missing, in_a_process, preloaded
from values import NoValue, World


class Table:
    def __init__(self, library, world):
        self.library, self.world, self.headers = library, world, library.headers

    def valid_call(self, function):
        """The call with nothing wrong, made once, and what it gave; raises NoValue."""
        call = self.world.call(function)
        if function.returns == "tepui_status":
            status = call()
            call.destroy_made()
            if status != 0:
                raise NoValue(f"{function.name} of valid arguments is {self.library.statuses[status]}: "
                              f"{self.library.message(self.world.context)}")
        call()
        call.digest = digest_of_outputs(call, {})
        call.destroy_made()
        return call

    def case_of_status(self, call, case):
        """Problems of one wrong call of a function that returns a status."""
        library, function, context, problems = self.library, call.function, self.world.context, []
        before = library.live_blocks()
        status = call(**case.changed)
        name = library.statuses.get(status, str(status))
        message = library.message(context)
        held = function.parameters[0].base == "tepui_context" and case.changed.get("context", 1) is not None
        if status == 0:
            call.destroy_made()
            if case.must:
                problems.append(f"is TEPUI_OK, {' or '.join(sorted(case.must))} is described")
            if held and message:
                problems.append(f"is TEPUI_OK and leaves the message {message!r}")
        else:
            allowed = case.must or set(function.errors) | ALWAYS
            if case.ok:
                problems.append(f"is {name} though the description allows it: {message}")
            elif name not in allowed:
                problems.append(f"is {name}, which is not described ({' or '.join(sorted(allowed))}): {message}")
            if call.written_to():
                problems.append(f"is {name} and wrote {', '.join(call.written_to())}")
            if held and not message:
                problems.append(f"is {name} without a message")
            for word in case.words if held and case.must else ():
                if not re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", message):
                    problems.append(f"does not say {word!r}: {message}")
        if library.live_blocks() != before:  # what is kept once and for all is none
            before = library.live_blocks()
            if call(**case.changed) == 0:
                call.destroy_made()
            if library.live_blocks() != before:
                problems.append(f"leaks {library.live_blocks() - before} blocks")
        status = call()
        if status != 0:
            problems.append(f"afterwards, with nothing wrong, is {library.statuses[status]}: {library.message(context)}")
        elif digest_of_outputs(call, {}) != call.digest and not function.name.startswith("tepui_context_"):
            problems.append("afterwards, with nothing wrong, gives something else")
        return problems

    def case_of_value(self, call, case):
        """The same of one that returns a value: nothing, or of a number without a meaning "unknown"."""
        function = call.function
        value = call(**case.changed)
        (name, changed), = case.changed.items()
        parameter = next(one for one in function.parameters if one.name == name)
        if parameter.stars and changed is not None:  # a handle in another state: any answer
            return []
        if function.returns == "void":
            return []
        if parameter.base in self.headers.enumerators:
            known = changed in self.headers.enumerators[parameter.base].values()
            if value is None or value.startswith(b"unknown") == known and not (known and function.name.endswith("_sentence")):
                return [f"is {value!r}"]
            return []
        if name == "number":  # of a word, or of none: text
            return [] if value is not None else ["is null"]
        if function.name == "tepui_context_message":
            return [] if value else [f"is {value!r}"]
        if parameter.is_output or value in (0, None, b"", b"unknown", -1) or value != value:
            return []
        return [f"is {value!r}, not nothing"]

    def destroys(self, function):
        return function.name.endswith("_destroy")

    def problems_of(self, function):
        """Runs its cases; returns how many, and what is wrong."""
        if self.destroys(function):
            one, = function.parameters
            return 1, [f"{function.name}(null): {problem}"
                       for problem in in_a_process(lambda: self.library.entries[function.name](None) and [] or [])]
        call = self.valid_call(function)
        cases = list(cases_of(self.world, function))
        check = self.case_of_status if function.returns == "tepui_status" else self.case_of_value
        return len(cases), [f"{function.name}, {case.name}: {problem}" for case in cases
                             for problem in in_a_process(lambda: check(call, case))]


def main():
    options = arguments(__doc__)
    preloaded(options.harness)
    headers = Headers(options.headers)
    library = Library(options.library, options.harness, headers)
    table = Table(library, World(library))
    cases, missing, problems = 0, 0, []
    for function in headers.functions.values():
        if options.only not in function.name:
            continue
        if component_is_missing(table.world, function):
            missing += 1
            continue
        try:
            count, found = table.problems_of(function)
        except (NoValue, LookupError) as error:
            count, found = 0, [f"{function.name} has no valid call: {error}"]
        cases += count
        problems += found
    for problem in problems:
        print(problem)
    print(f"{len(headers.functions)} functions ({missing} of components that are not there), {cases} cases, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
