#!/bin/bash
# Builds with a sanitizer and runs tests under it; needs Clang or valgrind
# (bash cmake/install-dependencies.sh --sanitizers).
#   bash tests/sanitizers/run.sh address quick|fuzz|all [BUILD]    AddressSanitizer, UndefinedBehaviorSanitizer, libFuzzer
#   bash tests/sanitizers/run.sh thread quick|all [BUILD]          ThreadSanitizer, LLVM's OpenMP with Archer
#   bash tests/sanitizers/run.sh valgrind quick|all BUILD          memcheck on the tests of an ordinary build
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$here/../..
kind=${1:-} part=${2:-}
build=${3:-$source/build-sanitize-$kind}
usage() {
    sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
    exit 2
}
case "$kind $part" in
    "address quick" | "address fuzz" | "address all" | "thread quick" | "thread all" | "valgrind quick" | "valgrind all") ;;
    *) usage ;;
esac
run() { ctest --test-dir "$build" --output-on-failure --no-tests=error "$@"; }

if [ "$kind" = valgrind ]; then
    # What takes minutes at full speed, measures speed, or needs 80-bit numbers, which valgrind computes in 64 bits, is left out.
    tests='^(test_(context|network|dataset|splitting|reduction|failing_functions|sizes|threads|classification|several_outputs|critical_set|directional|trace|certificate)_api|test_core|test_split|test_embedding|test_c_abi|fuzz_.*)$'
    [ "$part" = all ] || tests='^fuzz_(csv|npy|numbers)$'
    failed=0
    while read -r test command; do
        echo "valgrind: $test"
        # shellcheck disable=SC2086
        valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
            --suppressions="$here/valgrind.supp" $command >"$build/valgrind.log" 2>&1 || { cat "$build/valgrind.log"; failed=1; echo "valgrind: $test failed"; }
    done < <(ctest --test-dir "$build" --show-only=json-v1 -R "$tests" | python3 -c '
import json, sys
for test in json.load(sys.stdin)["tests"]:
    print(test["name"], *test["command"])')
    exit $failed
fi

launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
configure() { (cd "$source" && cmake --preset "sanitize-$kind" -B "$build" "${launcher[@]}" "$@" >/dev/null); }
export ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1:strict_init_order=1
export UBSAN_OPTIONS=print_stacktrace=1
# Libraries that are not built with it (BLIS, LAPACK, OpenMP's runtime) say nothing of what orders their accesses; Archer
# tells what OpenMP orders.
export TSAN_OPTIONS="ignore_noninstrumented_modules=1 suppressions=$here/thread.supp"
configure
case "$part" in
    quick)
        cmake --build "$build" --target quick_checks
        run -L quick -j "$(nproc)"
        ;;
    fuzz)
        cmake --build "$build" --target quick_checks
        run -C Nightly -L nightly_fuzz -j "$(nproc)"
        ;;
    all)
        cmake --build "$build"
        run -j "$(nproc)" -LE quick -E "$(paste -sd'|' <(grep -v '^#' "$here/left-out-$kind"))" --timeout 7200
        ;;
esac
