#!/bin/bash
# valgrind.sh BUILD [TESTS]: tests of an ordinary build under memcheck, of those names (a regular expression). It computes 80-bit numbers in 64 bits and knows AVX2 at
# most; tests about either are not among these unless asked for.
set -euo pipefail
build=$1
tests=${2:-'^(fuzz_(csv|npy|numbers|embedding|options)|test_(context|network|dataset|splitting|failing_functions|threads)_api)$'}
failed=0
while read -r name command; do
    log=$build/valgrind-$name.log
    # shellcheck disable=SC2086
    if valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite $command >"$log" 2>&1; then
        echo "$name: passed"
    else
        failed=1
        cat "$log"
        echo "$name: failed"
    fi
done < <(ctest --test-dir "$build" --show-only=json-v1 -R "$tests" | python3 -c '
import json, sys
for test in json.load(sys.stdin)["tests"]:
    if "command" in test: print(test["name"], *test["command"])')
exit $failed
