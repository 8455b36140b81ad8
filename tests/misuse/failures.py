"""Makes every public function fail from outside: each of its allocations refused in turn, alone and with all after it; each
call of the caller's activation, samples and progress function failing, giving a NaN or an infinity, or asking to stop. Every
time: a status for it, outputs untouched, nothing leaked; then the same handles used again, with the same bits.

--tries N: of the turns that a function takes, about so many of each kind, the first and the last among them (without it
10,000, which is all of them but where points are classified over and over along a branch of a critical set)."""

import ctypes
import mmap
import signal
import sys

from headers import Headers
from library import Library, digest_of_handle, digest_of_outputs
from running import SECONDS, arguments, component_is_missing, in_a_process, preloaded
from values import NoValue, World

ACTIVATION, CHUNK, PROGRESS = range(3)  # numbers of harness_turns
RETURNS, IS_NAN, IS_INFINITE = 1, 2, 3
MOST_SENTENCES = 5
SETTERS = "tepui_context_"  # a second call finds what the first has set


def chosen_turns(count, tries):
    """Numbers below count: all, or about `tries` of them: where calls begin, where they hand over what they made, and some between."""
    if count <= tries:
        return list(range(count))
    ends, between = 3 * tries // 8, tries - 2 * (3 * tries // 8)
    return sorted({*range(ends), *range(count - ends, count), *(count * (k + 1) // (between + 1) for k in range(between))})


class Failures:
    def __init__(self, library, world, tries):
        self.library, self.world, self.headers, self.tries = library, world, library.headers, tries
        self.questions = {}
        self.turns = {}

    # ---- The call that will fail ----

    def questions_to(self, kind):
        """Calls that ask a handle of this kind for what it knows."""
        if kind not in self.questions:
            self.questions[kind] = []
            for function in self.headers.functions.values():
                held = [one for one in function.parameters if one.stars == 1 and one.const and one.base in self.headers.handles]
                makes = any(one.stars == 2 and not one.const and one.base in self.headers.handles for one in function.parameters)
                if function.returns == "tepui_status" and [one.base for one in held] == [kind] and not makes:
                    self.questions[kind].append(self.world.call(function))
        return self.questions[kind]

    def digest(self, call):
        """What an undisturbed call gives, asked through and through."""
        status = call()
        if status != 0:
            return f"{self.library.statuses[status]}: {self.library.message(self.world.context)}"
        found = [digest_of_outputs(call, {})]
        for output in call.made_by:
            kind = output.parameter.base
            found += [digest_of_handle(self.library, kind, handle, {kind: self.questions_to(kind)}) for handle in output.pointers()]
        call.destroy_made()
        return found

    def prepared(self, function):
        call = self.world.call(function)
        status = call()
        call.destroy_made()
        if status != 0:
            raise NoValue(f"{function.name}: {self.library.message(self.world.context)}")
        for output in call.made_by:
            self.questions_to(output.parameter.base)
        call.digest = self.digest(call)
        if self.digest(call) != call.digest and not function.name.startswith(SETTERS):
            raise NoValue(f"{function.name} gives something else the second time")
        return call

    # ---- One failure ----

    def failed(self, call, expected, ok_when_unmoved=False):
        """Problems of the call, made while something fails."""
        library, problems = self.library, []
        blocks = library.live_blocks()
        status = call()
        self.quiet()
        name = library.statuses.get(status, str(status))
        holds = call.function.parameters[0].base == "tepui_context" and call.function.parameters[0].stars == 1
        if status == 0:
            call.destroy_made()
            if "TEPUI_OK" not in expected:
                problems.append(f"is TEPUI_OK, {' or '.join(sorted(expected))} is expected")
        else:
            if name not in expected:
                problems.append(f"is {name}, {' or '.join(sorted(expected))} is expected: {library.message(self.world.context)}")
            if call.written_to():
                problems.append(f"is {name} and wrote {', '.join(call.written_to())}")
            if holds and not library.message(self.world.context):
                problems.append(f"is {name} without a message")
        if library.live_blocks() != blocks:
            problems.append(f"leaks {library.live_blocks() - blocks} blocks")
        return problems

    def quiet(self):
        self.library.refuse_from(2 ** 63 - 1)
        for which in (ACTIVATION, CHUNK, PROGRESS):
            self.library.turns(which, 0, 0)

    def again(self, call):
        return [] if self.digest(call) == call.digest else ["afterwards, undisturbed, gives something else"]

    # ---- Every turn of it ----

    def counted(self, call):
        """How many allocations, and calls of the caller's functions, the call takes."""
        before = self.library.allocations()
        for which in (ACTIVATION, CHUNK, PROGRESS):
            self.library.turns(which, 0, 0)
        call()
        counts = [self.library.taken(which) for which in (ACTIVATION, CHUNK, PROGRESS)]
        call.destroy_made()
        return self.library.allocations() - before, counts

    def turns_of(self, call):
        """(what fails, how to arm it, the statuses to come) of every failure to be tried."""
        library, function = self.library, call.function
        allocations, counts = self.counted(call)
        for number in chosen_turns(allocations, self.tries):
            for word, arm in (("from", library.refuse_from), ("only", library.refuse_one)):
                yield f"allocation {number} of {allocations} {word}", lambda arm=arm, number=number: arm(number), {"TEPUI_ERROR_OUT_OF_MEMORY"}
        if function.name == "tepui_context_set_progress":
            return
        stopped = {"TEPUI_OK"} if "cancelled run is TEPUI_OK" in function.text else {"TEPUI_ERROR_CANCELLED"}
        kinds = [(ACTIVATION, "activation", RETURNS, "failing", {"TEPUI_ERROR_CALLBACK"}),
                 (ACTIVATION, "activation", IS_NAN, "giving a NaN", {"TEPUI_ERROR_CALLBACK"}),
                 (ACTIVATION, "activation", IS_INFINITE, "giving an infinity", {"TEPUI_ERROR_CALLBACK"}),
                 (CHUNK, "samples", RETURNS, "failing", {"TEPUI_ERROR_CALLBACK"}),
                 (PROGRESS, "progress", RETURNS, "asking to stop", stopped)]
        if function.name == "tepui_dataset_create_chunked":
            kinds += [(CHUNK, "samples", kind, "giving no number", {"TEPUI_ERROR_NOT_FINITE", "TEPUI_ERROR_CALLBACK"})
                      for kind in (IS_NAN, IS_INFINITE)]
        for which, name, failure, word, expected in kinds:
            for number in chosen_turns(counts[which], self.tries):
                yield (f"call {number + 1} of {counts[which]} of {name} {word}",
                       lambda which=which, number=number, failure=failure: library.turns(which, number + 1, failure), expected)

    def without_memory(self, function):
        """Problems of one that has no status to say it with: it may need none."""
        call = self.world.call(function)
        value = call()
        self.library.refuse_from(0)
        starved = call()
        self.quiet()
        return 1, [] if starved == value or (value != value and starved != starved) else [f"{function.name} is {starved!r} without memory"]

    def problems_of(self, function):
        """Tries all of them in a process, and those after one that ended it in another; returns how many, and what is wrong."""
        call = self.prepared(function)
        turns = list(self.turns_of(call))
        reached = mmap.mmap(-1, 8)  # shared with the child
        at = ctypes.c_int64.from_buffer(reached)
        found, first = [], 0

        def rest():
            problems = []
            for number in range(first, len(turns)):
                at.value = number
                signal.alarm(SECONDS)
                name, arm, expected = turns[number]
                arm()
                problems += [f"{name}: {problem}" for problem in self.failed(call, expected) + self.again(call)]
                if len(problems) > MOST_SENTENCES:
                    break
            at.value = len(turns)
            return problems

        while first < len(turns) and len(found) <= MOST_SENTENCES:
            at.value = first
            problems = in_a_process(rest)
            if at.value < len(turns):
                problems = [f"{turns[at.value][0]}: {problem}" for problem in problems]
            found += problems
            first = at.value + 1
        return len(turns), [f"{function.name}, {problem}" for problem in found]


def main():
    options = arguments(__doc__, {"--tries": {"type": int, "default": 10_000}, "--part": {"default": "1/1"}})
    preloaded(options.harness)
    headers = Headers(options.headers)
    library = Library(options.library, options.harness, headers)
    first, of = (int(word) for word in options.part.split("/"))
    failures, problems, functions = 0, [], 0
    for custom in (False, True):
        world = World(library, custom)
        world.set_options(world.context, SOLVE_STARTS=2, SOLVE_MAX_ITERATIONS=20)  # the same allocations over and over
        library.entries["tepui_context_set_progress"](world.context, library.callback("progress"), None)
        library.step_clock(1)
        table = Failures(library, world, options.tries)
        for function in headers.functions.values():
            if function.returns == "void" or options.only not in function.name or component_is_missing(world, function):
                continue
            if custom and any(one.base == "tepui_certificate" for one in function.parameters):
                continue  # of built-in activations alone
            functions += 1
            if functions % of != first - 1:
                continue
            try:
                returns_status = function.returns == "tepui_status"
                count, found = table.problems_of(function) if returns_status else table.without_memory(function)
            except NoValue as error:
                count, found = 0, [f"has no valid call: {error}"]
            failures += count
            for problem in found:
                print(f"{'custom, ' if custom else ''}{problem}", flush=True)
            problems += found
    print(f"{functions} functions, {failures} failures, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
