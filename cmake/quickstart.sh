#!/bin/bash
# From a fresh Debian to a verdict: installs the dependencies, builds the library and the command, analyses the example.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash cmake/install-dependencies.sh
cmake -S . -B build-quickstart -G Ninja -DCMAKE_BUILD_TYPE=Release -DTEPUI_BUILD_TESTS=OFF
cmake --build build-quickstart
build-quickstart/src/cli/tepui analyze tests/data/diabetes.csv --target progression --features bmi --width 2
