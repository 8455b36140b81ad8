#!/bin/bash
# Installs the dependencies, builds everything with warnings as errors and runs every test.
# The last line counts them: "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build-tests

finish() {
    local status=$?
    if [ "$status" -ne 0 ] && [ -z "${counted:-}" ]; then echo "0 passed, 1 failed"; fi
    exit "$status"
}
trap finish EXIT

bash cmake/install-dependencies.sh --test --bench --style --mpi --sanitizers
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTEPUI_WARNINGS_AS_ERRORS=ON -DTEPUI_BUILD_TESTS=ON \
    -DTEPUI_BUILD_CLI=ON -DTEPUI_BUILD_BENCH=ON "${launcher[@]}"
cmake --build "$build"

status=0
log=$build/ctest.log
ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)" 2>&1 | tee "$log" || status=$?
summary=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]+' "$log")
failed=$(sed -E 's/.*passed, ([0-9]+) tests? failed.*/\1/' <<<"$summary")
total=$(sed -E 's/.*out of ([0-9]+).*/\1/' <<<"$summary")
counted=yes
echo "$((total - failed)) passed, $failed failed"
exit "$status"
