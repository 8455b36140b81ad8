/* Reports: everything that is known of a result, as a tree of named values. Each kind of result has one
 * function that gives its report (tepui_analysis_report, ...); the functions here read any of them.
 *
 *     #include <math.h>
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         double x[30], y[30];
 *         for (int k = 0; k < 30; ++k) y[k] = sin(x[k] = -2.0 + k / 7.5);
 *         tepui_context* context;
 *         tepui_activation* sigma;
 *         tepui_dataset* data;
 *         tepui_solution* fits;
 *         tepui_analysis* analysis;
 *         const tepui_report* report;
 *         const char *rule, *json;
 *         double smallest;
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "tanh", &sigma) ||
 *                      tepui_dataset_create(context, 30, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *                      tepui_solve(context, data, sigma, 1, &fits);
 *         if (failed || tepui_solution_points(fits) == 0) return 1;
 *         const tepui_network* point = tepui_solution_point(fits, 0);
 *         if (tepui_analyze(context, data, point, &analysis)) return 1;
 *         if (tepui_analysis_report(context, analysis, &report)) return 1;
 *         if (tepui_report_text(context, report, "neurons/0/rule", &rule)) return 1;
 *         if (tepui_report_real(context, report, "neurons/0/inner_hessian/lambda_min", &smallest))
 *             return 1;
 *         if (tepui_report_json(context, report, &json)) return 1;
 *         printf("%s, lambda_min %g\n%s\n", rule, smallest, json);
 *         tepui_analysis_destroy(analysis), tepui_solution_destroy(fits), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(sigma), tepui_context_destroy(context);
 *         return 0;
 *     }
 *
 * A path names a value of the tree, by names and numbers from 0: "verdict", "hessian/lambda_min",
 * "neurons/0/inner_hessian/inertia/negative", "neurons/0/best_escape/gamma/1"; "" is the report itself. Names
 * and nesting are those of the JSON of the tepui command (src/docs/report.schema.json). What is not known,
 * or not there, is null. Verdicts, rules and other enumerations are text, the identifier, and at the same
 * time integers, the numbers of the headers.
 *
 * Ownership: a report is built when it is first asked for and belongs to the object it was asked of, as does
 * all that is read out of it. Any number of threads may ask at once, each with its own context. */
#ifndef TEPUI_REPORT_H
#define TEPUI_REPORT_H

#include "context.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A report, or a part of one. */
typedef struct tepui_report tepui_report;

/* What a value is. */
typedef int32_t tepui_report_kind;
enum {
    TEPUI_REPORT_NULL = 0,
    TEPUI_REPORT_BOOLEAN = 1,
    TEPUI_REPORT_INTEGER = 2,
    TEPUI_REPORT_REAL = 3,
    TEPUI_REPORT_TEXT = 4, /* of enumerations: an integer too */
    TEPUI_REPORT_INTEGERS = 5,
    TEPUI_REPORT_REALS = 6,
    TEPUI_REPORT_ARRAY = 7, /* of reports */
    TEPUI_REPORT_OBJECT = 8 /* of reports with names */
};

/* The report as JSON on one line, owned by the context, valid until the same is asked with it again. Numbers
 * read back as they are; those that are not finite are null. Errors: none of its own. */
TEPUI_API tepui_status tepui_report_json(tepui_context* context, const tepui_report* report,
                                         const char** json);

/* The part at the path, a report itself. Errors: TEPUI_ERROR_INVALID_VALUE (path: it leads nowhere, or to a
 * single number of an array). */
TEPUI_API tepui_status tepui_report_part(tepui_context* context, const tepui_report* report, const char* path,
                                         const tepui_report** part);
/* What the value at the path is; how many numbers, items or members it has, 0 when it is none of these; the
 * name of member `index`, 0 <= index < *count, of an object. Errors: TEPUI_ERROR_INVALID_VALUE (path: it
 * leads nowhere, or not to an object), TEPUI_ERROR_INVALID_SIZE (index). */
TEPUI_API tepui_status tepui_report_kind_of(tepui_context* context, const tepui_report* report,
                                            const char* path, tepui_report_kind* kind);
TEPUI_API tepui_status tepui_report_count(tepui_context* context, const tepui_report* report,
                                          const char* path, int64_t* count);
TEPUI_API tepui_status tepui_report_name(tepui_context* context, const tepui_report* report, const char* path,
                                         int64_t index, const char** name);

/* The value at the path. An integer is a real number, too. Errors: TEPUI_ERROR_INVALID_VALUE (path: it leads
 * nowhere, or to a value of another kind, null among them). */
TEPUI_API tepui_status tepui_report_real(tepui_context* context, const tepui_report* report, const char* path,
                                         double* value);
TEPUI_API tepui_status tepui_report_integer(tepui_context* context, const tepui_report* report,
                                            const char* path, int64_t* value);
TEPUI_API tepui_status tepui_report_boolean(tepui_context* context, const tepui_report* report,
                                            const char* path, int32_t* value);
TEPUI_API tepui_status tepui_report_text(tepui_context* context, const tepui_report* report, const char* path,
                                         const char** text);
/* The numbers of an array, borrowed, and how many they are. Errors: as above. */
TEPUI_API tepui_status tepui_report_reals(tepui_context* context, const tepui_report* report,
                                          const char* path, const double** values, int64_t* count);
TEPUI_API tepui_status tepui_report_integers(tepui_context* context, const tepui_report* report,
                                             const char* path, const int64_t** values, int64_t* count);

/* ---- Words ---- */
/* The enumerations of the public headers that reports use. */
typedef int32_t tepui_words;
enum {
    TEPUI_WORDS_VERDICT = 1,
    TEPUI_WORDS_RULE = 2,
    TEPUI_WORDS_DEFINITENESS = 3,
    TEPUI_WORDS_PLATEAU_TYPE = 4,
    TEPUI_WORDS_GAMMA_REGION = 5,
    TEPUI_WORDS_NEURON_METHOD = 6,
    TEPUI_WORDS_HESSIAN_METHOD = 7,
    TEPUI_WORDS_PRECISION = 8,
    TEPUI_WORDS_GROUP_KIND = 9,
    TEPUI_WORDS_NEURON_ROLE = 10,
    TEPUI_WORDS_DIRECTIONAL_RULE = 11,
    TEPUI_WORDS_ANSWER = 12,
    TEPUI_WORDS_SIGN_METHOD = 13,
    TEPUI_WORDS_EMBEDDING_RULE = 14,
    TEPUI_WORDS_SEVERAL_OUTPUTS_RULE = 15,
    TEPUI_WORDS_BRANCH_CONTENT = 16,
    TEPUI_WORDS_EXISTENCE = 17,
    TEPUI_WORDS_MEETING = 18,
    TEPUI_WORDS_START_OUTCOME = 19,
    TEPUI_WORDS_TRACE_ENDING = 20,
    TEPUI_WORDS_CERTIFICATE_STEP = 21,
    TEPUI_WORDS_SIGN_REASON = 22,
    TEPUI_WORDS_LOSS = 23,
    TEPUI_WORDS_UNIT_KIND = 24,
    TEPUI_WORDS_END_VERDICT = 25,
    TEPUI_WORDS_END_RULE = 26
};
/* Of a number of an enumeration: the identifier that reports use ("theorem_4", "saddle", ...), and a sentence
 * for people where the enumeration has sentences (rules, TEPUI_WORDS_SIGN_REASON), else "". "unknown" for any
 * other number. Static, never null. Any thread. */
TEPUI_API const char* tepui_name(tepui_words of, int32_t number);
TEPUI_API const char* tepui_sentence(tepui_words of, int32_t number);

#ifdef __cplusplus
}
#endif

#endif
