/* Reports as R lists: objects are named lists, what is not known is NULL. */
#include "glue.h"

static SEXP integers(const int64_t* values, int64_t count) {
    SEXP all = PROTECT(Rf_allocVector(REALSXP, count)); /* 64 bits do not fit R's integers */
    for (int64_t k = 0; k < count; ++k) REAL(all)[k] = (double)values[k];
    UNPROTECT(1);
    return all;
}

static SEXP reals(const double* values, int64_t count) {
    SEXP all = PROTECT(Rf_allocVector(REALSXP, count));
    for (int64_t k = 0; k < count; ++k) REAL(all)[k] = values[k];
    UNPROTECT(1);
    return all;
}

static SEXP members(tepui_context* context, const tepui_report* report, int named) {
    int64_t count = 0;
    must(context, tepui_report_count(context, report, "", &count));
    SEXP all = PROTECT(Rf_allocVector(VECSXP, count));
    SEXP names = PROTECT(Rf_allocVector(STRSXP, count));
    for (int64_t k = 0; k < count; ++k) {
        char number[24];
        const char* name = number;
        const tepui_report* part = NULL;
        snprintf(number, sizeof number, "%lld", (long long)k);
        if (named) must(context, tepui_report_name(context, report, "", k, &name));
        SET_STRING_ELT(names, k, Rf_mkCharCE(name, CE_UTF8));
        must(context, tepui_report_part(context, report, CHAR(STRING_ELT(names, k)), &part));
        SET_VECTOR_ELT(all, k, report_as_list(context, part));
    }
    if (named) Rf_setAttrib(all, R_NamesSymbol, names);
    UNPROTECT(2);
    return all;
}

SEXP report_as_list(tepui_context* context, const tepui_report* report) {
    tepui_report_kind kind = TEPUI_REPORT_NULL;
    must(context, tepui_report_kind_of(context, report, "", &kind));
    if (kind == TEPUI_REPORT_BOOLEAN) {
        int32_t value = 0;
        must(context, tepui_report_boolean(context, report, "", &value));
        return Rf_ScalarLogical(value);
    }
    if (kind == TEPUI_REPORT_INTEGER || kind == TEPUI_REPORT_REAL) {
        double value = 0;
        must(context, tepui_report_real(context, report, "", &value));
        return Rf_ScalarReal(value);
    }
    if (kind == TEPUI_REPORT_TEXT) {
        const char* text = "";
        must(context, tepui_report_text(context, report, "", &text));
        return Rf_ScalarString(Rf_mkCharCE(text, CE_UTF8));
    }
    if (kind == TEPUI_REPORT_INTEGERS) {
        const int64_t* values = NULL;
        int64_t count = 0;
        must(context, tepui_report_integers(context, report, "", &values, &count));
        return integers(values, count);
    }
    if (kind == TEPUI_REPORT_REALS) {
        const double* values = NULL;
        int64_t count = 0;
        must(context, tepui_report_reals(context, report, "", &values, &count));
        return reals(values, count);
    }
    if (kind == TEPUI_REPORT_ARRAY || kind == TEPUI_REPORT_OBJECT)
        return members(context, report, kind == TEPUI_REPORT_OBJECT);
    return R_NilValue;
}
