#ifndef TEPUI_R_GLUE_H
#define TEPUI_R_GLUE_H

#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>
#include <tepui/tepui.h>

/* An R error with the library's sentence. Handles are owned by external pointers, which R cleans up. */
void must(tepui_context* context, tepui_status status);
SEXP report_as_list(tepui_context* context, const tepui_report* report);

#endif
