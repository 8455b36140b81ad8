#!/bin/sh
# Makes a virtual environment with the peers, by default build/peers-environment of this checkout, and prints
# the Python to run compare_peers.py with.   usage: sh make_environment.sh [DIRECTORY]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
directory=${1:-$here/../../build/peers-environment}
python3 -m venv "$directory"
"$directory/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
echo "$directory/bin/python"
