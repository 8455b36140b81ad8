#!/bin/bash
# Installs what tepui needs from Debian 12 or newer, and nothing else.
#   bash cmake/install-dependencies.sh [--certificates] [--linear-programs] [--test] [--bench] [--style] [--figures] [--docs] [--mpi] [--sanitizers] [--oracles]
set -euo pipefail

packages=(g++ cmake ninja-build libblis-openmp-dev liblapacke-dev libhwy-dev      # the library
          libcli11-dev libminizip-dev zlib1g-dev nlohmann-json3-dev)                         # the command
for option in "$@"; do
    case "$option" in
        --certificates) packages+=(libmpfr-dev) ;;  # --certify, tepui_certify
        --linear-programs) packages+=(coinor-libclp-dev) ;;  # verdicts on ReLU-like neurons with many kinks
        --test) packages+=(coinor-libclp-dev catch2 gfortran libboost-dev libmpfr-dev pkg-config python3 python3-venv python3-numpy python3-jsonschema gnuplot-nox) ;;
        --bench) packages+=(libbenchmark-dev libsleef-dev) ;;
        --figures) packages+=(gnuplot-nox) ;;  # tepui plateau --out, tepui critical-set --out
        --docs) packages+=(doxygen python3-numpy python3-sphinx python3-myst-parser python3-breathe furo python3-sphinx-copybutton libjs-katex) ;;  # the target docs
        --mpi) packages+=(libopenmpi-dev openmpi-bin libmpich-dev mpich gfortran python3-mpi4py python3-numpy) ;;  # tepui-mpi, tests/mpi
        --style) packages+=(clang-format-14) ;;
        --sanitizers) packages+=(clang libclang-rt-dev libomp-dev valgrind) ;;  # fuzz targets, tests/sanitizers
        --oracles) packages+=(r-base-core r-cran-nnet python3-sklearn) ;;  # tests/oracles fits anew; src/r
        *)
            echo "unknown option $option; known: --certificates --linear-programs --test --bench --style --figures --docs --mpi --sanitizers --oracles" >&2
            exit 2
            ;;
    esac
done

missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    echo "all packages are there: ${packages[*]}"
    exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
