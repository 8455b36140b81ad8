#!/bin/sh
# Builds the R package from a clean copy against the installed library and checks it: run.sh SOURCE PREFIX LIBDIR BINARY
set -eu
if ! command -v R >/dev/null || ! Rscript -e 'library(nnet)' >/dev/null 2>&1; then
    echo "skipped: R with nnet is not there (bash cmake/install-dependencies.sh --oracles)"
    exit 77
fi
export PKG_CONFIG_PATH="$2/$3/pkgconfig"
rm -rf "$4"
mkdir -p "$4"
cd "$4"
R CMD build --no-build-vignettes "$1"
if R CMD check --no-manual tepui_*.tar.gz && grep -qx 'Status: OK' tepui.Rcheck/00check.log; then exit 0; fi
cat tepui.Rcheck/tests/*.fail tepui.Rcheck/00install.out 2>/dev/null || true
exit 1
