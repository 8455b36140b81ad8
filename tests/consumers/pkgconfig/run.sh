#!/bin/sh
# pkgconfig/run.sh PREFIX LIBDIR SOURCE OUTPUT: compiles and links with nothing but pkg-config's answer.
set -eu
prefix=$1 libdir=$2 source=$3 output=$4
export PKG_CONFIG_PATH="$prefix/$libdir/pkgconfig"
flags=$(pkg-config --cflags --libs 'tepui >= 0.1')
# shellcheck disable=SC2086
"${CC:-cc}" "$source" -o "$output" $flags -lm
if pkg-config --exists 'tepui >= 99'; then
    echo "a version that does not exist was offered"
    exit 1
fi
LD_LIBRARY_PATH="$prefix/$libdir" "$output"
