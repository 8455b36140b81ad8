// BLAS chooses its kernels once per process, and Debian's BLIS falls back to slow generic ones on processors
// that it does not know.
#pragma once

namespace tepui::cli {

// When the library reports a remedy of the form NAME=VALUE and NAME is unset, sets it and starts this program
// afresh, once. Returns when there is nothing to do or it cannot be done (slower, never wrong).
void start_with_good_blas_kernels(char** arguments);

}  // namespace tepui::cli
