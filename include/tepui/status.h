/* Status numbers. Every function that can fail returns one; when it is not TEPUI_OK, no output argument has
 * been written, nothing has leaked, and the context holds the full sentence (tepui_context_message).
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         for (tepui_status status = TEPUI_OK; status <= TEPUI_ERROR_INTERNAL; ++status)
 *             printf("%d %s\n", (int)status, tepui_status_name(status));
 *         return 0;
 *     }
 */
#ifndef TEPUI_STATUS_H
#define TEPUI_STATUS_H

#include <stdint.h>

#include "export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a call came to. */
typedef int32_t tepui_status;

/* Pinned: a number never changes its meaning. */
enum {
    TEPUI_OK = 0,
    TEPUI_ERROR_NULL_POINTER = 1,
    TEPUI_ERROR_INVALID_SIZE =
        2, /* size, index or leading dimension out of range, or their product overflows */
    TEPUI_ERROR_NOT_FINITE = 3,    /* NaN or infinity in an input */
    TEPUI_ERROR_INVALID_VALUE = 4, /* any other argument outside its accepted set */
    TEPUI_ERROR_OUT_OF_MEMORY = 5,
    TEPUI_ERROR_CANCELLED = 6,      /* the progress callback asked to stop */
    TEPUI_ERROR_NOT_STATIONARY = 7, /* the theorems need a stationary point and this is none */
    TEPUI_ERROR_UNSUPPORTED = 8,    /* not covered by the theory or by this build */
    TEPUI_ERROR_NUMERIC = 9,        /* overflow or a failed factorisation on finite input */
    TEPUI_ERROR_CALLBACK = 10,      /* a user callback failed or gave non-finite values */
    TEPUI_ERROR_INTERNAL = 11       /* a defect in the library */
};

/* Name of a status number, e.g. "TEPUI_ERROR_NOT_FINITE"; "unknown" for any other number. Static,
 * never null. Any thread. */
TEPUI_API const char* tepui_status_name(tepui_status status);

#ifdef __cplusplus
}
#endif

#endif
