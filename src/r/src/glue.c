/* The library for the R code of this package: a problem (data, loss, decay), networks as numbers in the
 * library's order of parameters, verdicts. Every handle belongs to an external pointer before the next call
 * can fail. */
#include "glue.h"

#include <R_ext/Rdynload.h>
#include <math.h>
#include <stdint.h>

typedef struct {
    tepui_context* context;
    tepui_dataset* data;
    tepui_activation* sigmoid;
    int64_t inputs, outputs; /* inputs without the bias */
} problem;

void must(tepui_context* context, tepui_status status) {
    if (status == TEPUI_ERROR_CANCELLED) Rf_error("interrupted");
    if (status != TEPUI_OK)
        Rf_error("%s", context ? tepui_context_message(context) : tepui_status_name(status));
}

static void check_interrupt(void* unused) {
    (void)unused;
    R_CheckUserInterrupt();
}

static int32_t interrupted(void* user, const char* phase, double fraction) {
    (void)user, (void)phase, (void)fraction;
    return R_ToplevelExec(check_interrupt, NULL) ? 0 : 1;
}

/* nnet's loss without linout, entropy and softmax: (logistic(f) - y)^2. */
static int32_t logistic_least_squares(void* user, int64_t count, int64_t outputs, const double* f,
                                      const double* y, double* value, double* gradient, double* hessian) {
    (void)user;
    for (int64_t k = 0; k < count; ++k) {
        value[k] = 0;
        for (int64_t o = 0; o < outputs; ++o) {
            const int64_t at = k * outputs + o;
            const double p = 1 / (1 + exp(-f[at])), first = p * (1 - p), residual = p - y[at];
            value[k] += residual * residual;
            gradient[at] = 2 * residual * first;
            for (int64_t q = 0; q < outputs; ++q) hessian[at * outputs + q] = 0;
            hessian[at * outputs + o] = 2 * first * first + 2 * residual * first * (1 - 2 * p);
        }
    }
    return 0;
}

static void free_problem(SEXP pointer) {
    problem* all = R_ExternalPtrAddr(pointer);
    if (!all) return;
    R_ClearExternalPtr(pointer);
    tepui_dataset_destroy(all->data);
    tepui_activation_destroy(all->sigmoid);
    tepui_context_destroy(all->context);
    R_Free(all);
}
static void free_network(SEXP pointer) {
    tepui_network_destroy(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}
static void free_solution(SEXP pointer) {
    tepui_solution_destroy(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}
static void free_verdict(SEXP pointer) {
    tepui_model_verdict_destroy(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}
static void free_split(SEXP pointer) {
    tepui_layer_split_destroy(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

/* An external pointer to come; `kept` lives as long as it. Protected by the caller. */
static SEXP owner(R_CFinalizer_t release, SEXP kept) {
    SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, kept));
    R_RegisterCFinalizerEx(pointer, release, TRUE);
    UNPROTECT(1);
    return pointer;
}

static void* address(SEXP pointer) {
    void* all = R_ExternalPtrAddr(pointer);
    if (!all) Rf_error("this verdict was saved and read back: judge the fit again");
    return all;
}

/* xt[inputs][n], yt[K][n]: samples are columns. kind: a tepui_loss_kind. decay: of W, hidden biases, a,
 * output biases, C. */
static SEXP new_problem(SEXP xt, SEXP yt, SEXP weights, SEXP kind, SEXP decay) {
    SEXP pointer = PROTECT(owner(free_problem, R_NilValue));
    problem* all = R_Calloc(1, problem);
    R_SetExternalPtrAddr(pointer, all);
    must(NULL, tepui_context_create(&all->context));
    tepui_context* context = all->context;
    must(context, tepui_context_set_progress(context, interrupted, NULL));
    must(context, tepui_activation_create(context, TEPUI_ACTIVATION_SIGMOID, &all->sigmoid));
    const int64_t n = Rf_ncols(xt);
    all->inputs = Rf_nrows(xt), all->outputs = Rf_nrows(yt);
    must(context, tepui_dataset_create(context, n, all->inputs, REAL(xt), all->inputs, NULL, REAL(weights),
                                       TEPUI_DATASET_BIAS | TEPUI_DATASET_COPY, &all->data));
    if (Rf_asInteger(kind) == TEPUI_LOSS_CUSTOM)
        must(context, tepui_dataset_set_custom_loss(context, all->data, logistic_least_squares, NULL, 0,
                                                    all->outputs, REAL(yt)));
    else
        must(context,
             tepui_dataset_set_targets(context, all->data, Rf_asInteger(kind), 0, all->outputs, REAL(yt)));
    const double* lambda = REAL(decay);
    must(context,
         tepui_dataset_set_decay(context, all->data, lambda[0], lambda[1], lambda[2], lambda[3], lambda[4]));
    UNPROTECT(1);
    return pointer;
}

static SEXP network_of(SEXP problem_pointer, SEXP theta, SEXP neurons, SEXP skip) {
    problem* all = address(problem_pointer);
    SEXP pointer = PROTECT(owner(free_network, R_NilValue));
    tepui_network* network = NULL;
    must(all->context,
         tepui_network_create_model(
             all->context, all->sigmoid, Rf_asInteger(neurons), all->inputs + 1, all->outputs,
             Rf_asLogical(skip) ? TEPUI_MODEL_SKIP : TEPUI_MODEL_OUTPUT_BIAS, REAL(theta), &network));
    R_SetExternalPtrAddr(pointer, network);
    UNPROTECT(1);
    return pointer;
}

static SEXP parameters(const tepui_network* network) {
    const int64_t count = tepui_network_parameter_count(network);
    SEXP theta = PROTECT(Rf_allocVector(REALSXP, count));
    for (int64_t p = 0; p < count; ++p) REAL(theta)[p] = tepui_network_parameters(network)[p];
    UNPROTECT(1);
    return theta;
}

static SEXP loss_at(SEXP problem_pointer, SEXP theta, SEXP neurons, SEXP skip) {
    problem* all = address(problem_pointer);
    SEXP network = PROTECT(network_of(problem_pointer, theta, neurons, skip));
    double loss = 0;
    must(all->context, tepui_loss(all->context, all->data, address(network), &loss));
    UNPROTECT(1);
    return Rf_ScalarReal(loss);
}

/* The stationary point nearby, or NULL where the search does not come to rest. */
static SEXP polished(SEXP problem_pointer, SEXP theta, SEXP neurons, SEXP skip) {
    problem* all = address(problem_pointer);
    tepui_context* context = all->context;
    SEXP network = PROTECT(network_of(problem_pointer, theta, neurons, skip));
    SEXP pointer = PROTECT(owner(free_solution, R_NilValue));
    tepui_solution* solution = NULL;
    must(context, tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_TARGET, TEPUI_SOLVE_STATIONARY));
    must(context, tepui_solve_from(context, all->data, address(network), &solution));
    R_SetExternalPtrAddr(pointer, solution);
    const tepui_report* report = NULL;
    int64_t outcome = 0;
    must(context, tepui_solution_report(context, solution, &report));
    must(context, tepui_report_integer(context, report, "starts/0/outcome", &outcome));
    if (outcome == TEPUI_START_CANCELLED) must(context, TEPUI_ERROR_CANCELLED);
    const tepui_network* point = tepui_solution_point(solution, 0);
    SEXP found = point ? parameters(point) : R_NilValue;
    UNPROTECT(2);
    return found;
}

/* list(verdict's handle, its report, a way down or NULL). */
static SEXP classify(SEXP problem_pointer, SEXP theta, SEXP neurons, SEXP skip, SEXP stationarity) {
    problem* all = address(problem_pointer);
    tepui_context* context = all->context;
    SEXP network = PROTECT(network_of(problem_pointer, theta, neurons, skip));
    SEXP pointer = PROTECT(owner(free_verdict, problem_pointer));
    SEXP answer = PROTECT(Rf_allocVector(VECSXP, 3));
    tepui_model_verdict* verdict = NULL;
    must(context, tepui_context_set_real(context, TEPUI_OPTION_STATIONARITY, Rf_asReal(stationarity)));
    must(context, tepui_classify_model(context, all->data, address(network), &verdict));
    R_SetExternalPtrAddr(pointer, verdict);
    SET_VECTOR_ELT(answer, 0, pointer);
    const tepui_report* report = NULL;
    must(context, tepui_model_verdict_report(context, verdict, &report));
    SET_VECTOR_ELT(answer, 1, report_as_list(context, report));
    const tepui_witness* witness = tepui_model_verdict_witness(verdict);
    if (witness) {
        double step = 0;
        must(context, tepui_witness_report(context, witness, &report));
        must(context, tepui_report_real(context, report, "epsilon", &step));
        SEXP down = Rf_allocVector(REALSXP, tepui_witness_parameter_count(witness));
        SET_VECTOR_ELT(answer, 2, down);
        must(context, tepui_witness_point(context, witness, step, REAL(down)));
    }
    UNPROTECT(3);
    return answer;
}

/* neuron: from 0, among the distinct ones. */
static SEXP split(SEXP problem_pointer, SEXP verdict, SEXP neuron, SEXP gamma) {
    tepui_context* context = ((problem*)address(problem_pointer))->context;
    SEXP pointer = PROTECT(owner(free_split, verdict));
    tepui_layer_split* answer = NULL;
    must(context, tepui_classify_layer_split(context, tepui_model_verdict_layer(address(verdict)),
                                             Rf_asInteger(neuron), Rf_length(gamma), REAL(gamma), &answer));
    R_SetExternalPtrAddr(pointer, answer);
    const tepui_report* report = NULL;
    must(context, tepui_layer_split_report(context, answer, &report));
    SEXP list = PROTECT(report_as_list(context, report));
    UNPROTECT(2);
    return list;
}

/* list(w[r][d], a[r][K], predicted), row by row. */
static SEXP way_down(SEXP problem_pointer, SEXP verdict, SEXP neuron, SEXP gamma, SEXP epsilon) {
    problem* all = address(problem_pointer);
    const int64_t r = Rf_length(gamma);
    SEXP answer = PROTECT(Rf_allocVector(VECSXP, 3));
    SET_VECTOR_ELT(answer, 0, Rf_allocVector(REALSXP, r * (all->inputs + 1)));
    SET_VECTOR_ELT(answer, 1, Rf_allocVector(REALSXP, r * all->outputs));
    SET_VECTOR_ELT(answer, 2, Rf_allocVector(REALSXP, 1));
    must(all->context,
         tepui_layer_way_down(all->context, tepui_model_verdict_layer(address(verdict)), Rf_asInteger(neuron),
                              r, REAL(gamma), Rf_asReal(epsilon), REAL(VECTOR_ELT(answer, 0)),
                              REAL(VECTOR_ELT(answer, 1)), REAL(VECTOR_ELT(answer, 2))));
    UNPROTECT(1);
    return answer;
}

static const R_CallMethodDef calls[] = {{"C_problem", (DL_FUNC)&new_problem, 5},
                                        {"C_loss", (DL_FUNC)&loss_at, 4},
                                        {"C_polished", (DL_FUNC)&polished, 4},
                                        {"C_classify", (DL_FUNC)&classify, 5},
                                        {"C_split", (DL_FUNC)&split, 4},
                                        {"C_way_down", (DL_FUNC)&way_down, 5},
                                        {NULL, NULL, 0}};

void R_init_tepui(DllInfo* library) {
    R_registerRoutines(library, NULL, calls, NULL, NULL);
    R_useDynamicSymbols(library, FALSE);
    R_forceSymbols(library, TRUE);
}
