"""What the tests here share: work in a process of its own, the arguments of the command line, and beginning anew with the
harness before every library."""

import argparse
import ctypes
import json
import os
import pathlib
import signal
import sys

SECONDS = 60  # more is a hang


def in_a_process(work):
    """What work() finds wrong, by a child: a list of sentences."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        status = 1
        try:
            os.write(theirs, json.dumps(work())[:60000].encode())
            status = 0
        except BaseException as error:  # whatever it is, the parent says it
            os.write(theirs, json.dumps([f"the test itself failed: {error!r}"]).encode())
        finally:
            os._exit(status)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read()
    _, ended = os.waitpid(child, 0)
    if os.WIFSIGNALED(ended):
        number = os.WTERMSIG(ended)
        return [f"did not end within {SECONDS} s" if number == signal.SIGALRM else f"ended by {signal.Signals(number).name}"]
    return json.loads(said)


def component_is_missing(world, function):
    """Functions of handles that only an optional component makes, which this build does not have."""
    item = {"tepui_certificate": "TEPUI_INFO_CERTIFICATES"}
    text = ctypes.c_char_p()
    for one in function.parameters:
        if one.base in item:
            number = world.headers.enumerators["tepui_info_item"][item[one.base]]
            world.library.entries["tepui_info"](world.context, number, ctypes.addressof(text))
            return text.value == b""
    return False


def arguments(description, more=()):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", required=True)
    parser.add_argument("--harness", required=True)
    parser.add_argument("--headers", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="", help="functions whose name has this")
    for name, options in dict(more).items():
        parser.add_argument(name, **options)
    return parser.parse_args()


def preloaded(harness):
    """Begins again with the harness before every library, so that its operator new and its clock are the ones in use."""
    if harness not in os.environ.get("LD_PRELOAD", ""):
        before = os.environ.get("LD_PRELOAD")
        environment = dict(os.environ, OMP_NUM_THREADS="1", LD_PRELOAD=f"{before}:{harness}" if before else harness)
        os.execve(sys.executable, [sys.executable, "-B", *sys.argv], environment)
