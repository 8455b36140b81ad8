// A function of loops over independent entries, compiled for wider vectors, too: the processor chooses when
// the library is loaded. No width changes a bit, as nothing is contracted and no sum is reordered.
#pragma once

#include <cstddef>  // glibc says what it is

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TEPUI_WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define TEPUI_WIDE
#endif
