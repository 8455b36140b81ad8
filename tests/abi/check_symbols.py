"""What the built library exports and what its objects call.

exports: the shared library, the committed list and the headers name the same functions.
quiet:   no object of the static library refers to a function that prints, ends the process, starts another,
         changes the environment or touches signals.
imports: neither does the shared library.
"""

import argparse
import pathlib
import re
import subprocess
import sys

FORBIDDEN = re.compile(
    r"^(printf|vprintf|fprintf|vfprintf|puts|fputs|putchar|putc|fputc|fwrite|perror|write"
    r"|__printf_chk|__fprintf_chk|__vprintf_chk|__vfprintf_chk"
    r"|stdout|stderr|abort|exit|_exit|_Exit|quick_exit|__assert_fail|longjmp|_longjmp|siglongjmp"
    r"|fork|vfork|clone|execve?|execvp?e?|execlp?|execle|posix_spawnp?|system|popen|waitpid|wait"
    r"|setenv|putenv|unsetenv|clearenv|signal|sigaction|sigprocmask|pthread_sigmask|raise|kill|alarm|setrlimit"
    r"|setlocale|chdir|umask"
    r"|_ZSt4cout|_ZSt4cerr|_ZSt4clog|_ZNSt8ios_base4InitC1Ev|_ZSt21ios_base_library_initv|_ZN3hwy5Abort.*)$"
)


def undefined_by_object(nm, path):
    output = subprocess.run([nm, "-u", str(path)], check=True, capture_output=True, text=True).stdout
    member = ""
    for line in output.splitlines():
        if line.endswith(":"):
            member = line[:-1]
        elif line.strip():
            yield member, line.split()[-1].split("@")[0]


def names(nm, options, path):
    output = subprocess.run([nm, *options, str(path)], check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        fields = line.split()
        if len(fields) >= 2 and not line.endswith(":"):
            yield fields[-1].split("@")[0]


def check_exports(arguments):
    exported = set(names(arguments.nm, ["-D", "--defined-only"], arguments.library))
    listed = set(arguments.list.read_text().split())
    declared = set()
    for header in sorted(arguments.headers.glob("*.h")):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        declared |= set(re.findall(r"TEPUI_API[^;]*?\b(tepui_\w+)\s*\(", text))
    failures = []
    for left_name, left, right_name, right in [
        ("exported", exported, "listed", listed),
        ("listed", listed, "exported", exported),
        ("declared", declared, "listed", listed),
        ("listed", listed, "declared", declared),
    ]:
        failures += [f"{symbol} is {left_name} but not {right_name}" for symbol in sorted(left - right)]
    return failures, f"{len(exported)} symbols exported"


def check_quiet(arguments):
    used = sorted(set(undefined_by_object(arguments.nm, arguments.library)))
    if not any(symbol.startswith("_ZN5tepui") for _, symbol in used):
        return ["no reference between the library's own objects was seen: wrong file?"], ""
    bad = [f"{member} refers to {symbol}" for member, symbol in used if FORBIDDEN.match(symbol)]
    return bad, f"{len(used)} references seen"


def check_imports(arguments):
    used = sorted(set(names(arguments.nm, ["-D", "--undefined-only"], arguments.library)))
    if "free" not in used:
        return ["no import of free was seen: wrong file?"], ""
    return [f"imports {symbol}" for symbol in used if FORBIDDEN.match(symbol)], f"{len(used)} symbols imported"


CHECKS = {"exports": check_exports, "quiet": check_quiet, "imports": check_imports}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", choices=list(CHECKS))
    parser.add_argument("library", type=pathlib.Path)
    parser.add_argument("--nm", default="nm")
    parser.add_argument("--list", type=pathlib.Path)
    parser.add_argument("--headers", type=pathlib.Path)
    arguments = parser.parse_args()
    failures, summary = CHECKS[arguments.check](arguments)
    for failure in failures:
        print(failure)
    print(summary if not failures else f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
