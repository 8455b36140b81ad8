#!/bin/bash
# Builds with a sanitizer and runs tests under it; needs Clang or valgrind (bash cmake/install-dependencies.sh --sanitizers).
#   bash tests/sanitizers/run.sh readers [BUILD]   the readers of files fuzzed for seconds each, under the address and
#                                                  undefined-behaviour sanitizers
#   bash tests/sanitizers/run.sh suite [BUILD]     every test under the same
#   bash tests/sanitizers/run.sh fuzz [BUILD]      every fuzz target for minutes, and the soak, under the same
#   bash tests/sanitizers/run.sh thread [BUILD]    concurrent callers under the thread sanitizer
#   bash tests/sanitizers/run.sh valgrind BUILD    fuzz inputs and tests of the C API of an ordinary build under memcheck
# One test: cmake --preset sanitize-address, build it there and run it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
part=${1:-}
case "$part" in
    readers | suite | fuzz) preset=sanitize-address ;;
    thread) preset=sanitize-thread ;;
    valgrind) exec bash "$here/valgrind.sh" "${2:?BUILD is missing}" ;;
    *)
        sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
esac
cd "$here/../.."
build=${2:-build-$preset}
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake --preset "$preset" -B "$build" "${launcher[@]}" >/dev/null
run() { ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)" "$@"; }

export ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$here/leaks.supp
# Libraries built without it (BLIS, LAPACK, the OpenMP runtime) do not tell what orders their accesses. Archer, which comes
# with the runtime, tells it of parallel regions; a suppression of the runtime would hide every race in one.
export TSAN_OPTIONS=ignore_noninstrumented_modules=1
export OMP_TOOL_LIBRARIES=$(clang++ --print-resource-dir)/../../libarcher.so
if [ "$part" = thread ] && [ ! -e "$OMP_TOOL_LIBRARIES" ]; then
    echo "$OMP_TOOL_LIBRARIES is missing (Debian: libomp-dev)" >&2
    exit 2
fi
case "$part" in
    readers)
        cmake --build "$build" --target fuzz_readers
        run -R '^fuzz_(csv|npy|numbers)$'
        ;;
    suite)
        cmake --build "$build"
        run
        ;;
    fuzz)
        cmake --build "$build" --target fuzz_targets soak
        run -C Nightly -R '^(nightly_fuzz_.*|soak)$'
        ;;
    thread)
        cmake --build "$build" --target soak
        run -R "^soak$"
        ;;
esac
