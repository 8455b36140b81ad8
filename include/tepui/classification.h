/* Verdicts on a stationary point, on each neuron's plateau and on any split of one neuron (MATH.md sections
 * 4, 5, 10). */
#ifndef TEPUI_CLASSIFICATION_H
#define TEPUI_CLASSIFICATION_H

#include "splitting.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tepui_analysis tepui_analysis;
typedef struct tepui_split_verdict tepui_split_verdict;
typedef struct tepui_witness tepui_witness;

typedef int32_t tepui_verdict;
enum {
    TEPUI_VERDICT_LOCAL_MINIMUM = 1,
    TEPUI_VERDICT_SADDLE = 2,
    TEPUI_VERDICT_UNDETERMINED = 3,
    TEPUI_VERDICT_NOT_STATIONARY = 4
};

/* The theorem or test that gave a verdict. */
typedef int32_t tepui_rule;
enum {
    TEPUI_RULE_GRADIENT_TEST = 1,
    TEPUI_RULE_ZERO_LOSS = 2,
    TEPUI_RULE_HESSIAN_POSITIVE_DEFINITE = 3,
    TEPUI_RULE_HESSIAN_NEGATIVE_EIGENVALUE = 4,
    TEPUI_RULE_NULL_NEURON = 5,
    TEPUI_RULE_DEGENERATE_HESSIAN = 6,
    TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE = 10,
    TEPUI_RULE_THEOREM_1_NEGATIVE_DEFINITE = 11,
    TEPUI_RULE_THEOREM_1_INDEFINITE = 12,
    TEPUI_RULE_THEOREM_2 = 13,
    TEPUI_RULE_THEOREM_3_EFFECTIVE = 14,
    TEPUI_RULE_THEOREM_3_CONSTANT = 15,
    TEPUI_RULE_THEOREM_4 = 16,
    TEPUI_RULE_LEMMA_4 = 17,
    TEPUI_RULE_SEMIDEFINITE_INNER_HESSIAN = 20,
    TEPUI_RULE_ZERO_INNER_HESSIAN = 21,
    TEPUI_RULE_NARROW_POINT_UNDETERMINED = 22
};

typedef int32_t tepui_definiteness;
enum {
    TEPUI_POSITIVE_DEFINITE = 1,
    TEPUI_NEGATIVE_DEFINITE = 2,
    TEPUI_INDEFINITE = 3,
    TEPUI_POSITIVE_SEMIDEFINITE = 4, /* singular, not zero */
    TEPUI_NEGATIVE_SEMIDEFINITE = 5,
    TEPUI_ZERO = 6
};

typedef int32_t tepui_plateau_type;
enum {
    TEPUI_PLATEAU_ALL_LOCAL_MINIMA = 1,
    TEPUI_PLATEAU_LOCAL_MINIMA_AND_SADDLES = 2,
    TEPUI_PLATEAU_ALL_SADDLES = 3,
    TEPUI_PLATEAU_UNDETERMINED = 4,
    TEPUI_PLATEAU_NOT_APPLICABLE = 5
};

/* Sets of splitting coefficients gamma with sum 1. */
typedef int32_t tepui_gamma_region;
enum {
    TEPUI_REGION_NONE = 0,
    TEPUI_REGION_GAMMA_PLUS = 1,      /* all gamma_j > 0 */
    TEPUI_REGION_GAMMA_MINUS = 2,     /* exactly one gamma_j > 0, every other < 0 */
    TEPUI_REGION_OFF_GAMMA_PLUS = 3,  /* everything but Gamma+ */
    TEPUI_REGION_OFF_GAMMA_MINUS = 4, /* everything but Gamma- */
    TEPUI_REGION_EVERYWHERE = 5,
    TEPUI_REGION_WITH_A_ZERO = 6 /* every gamma with a zero among its values */
};

/* Stable identifiers ("theorem_4", "saddle", ...) and, for rules, one sentence for people. Static, never
 * null. */
TEPUI_API const char* tepui_verdict_name(tepui_verdict verdict);
TEPUI_API const char* tepui_rule_name(tepui_rule rule);
TEPUI_API const char* tepui_rule_sentence(tepui_rule rule);
TEPUI_API const char* tepui_definiteness_name(tepui_definiteness definiteness);
TEPUI_API const char* tepui_plateau_type_name(tepui_plateau_type type);
TEPUI_API const char* tepui_gamma_region_name(tepui_gamma_region region);

/* ---- Analysis of a point ---- */
/* Classifies the point and every neuron's plateau. The data set must outlive the analysis; the network is
 * copied. A point that is not stationary gives TEPUI_OK with the verdict TEPUI_VERDICT_NOT_STATIONARY and no
 * neuron reports. */
TEPUI_API tepui_status tepui_analyze(tepui_context* context, const tepui_dataset* dataset,
                                     const tepui_network* network, tepui_analysis** analysis);
TEPUI_API void tepui_analysis_destroy(tepui_analysis* analysis);

TEPUI_API tepui_verdict tepui_analysis_verdict(const tepui_analysis* analysis);
TEPUI_API tepui_rule tepui_analysis_rule(const tepui_analysis* analysis);
TEPUI_API int32_t tepui_analysis_is_strict(const tepui_analysis* analysis); /* 1: a strict local minimum */
TEPUI_API int32_t tepui_analysis_is_global(const tepui_analysis* analysis); /* 1: zero loss */
TEPUI_API double tepui_analysis_loss(const tepui_analysis* analysis);
TEPUI_API double tepui_analysis_gradient_norm(const tepui_analysis* analysis);
/* max_j |grad_j| / (sum of absolute terms), and what it was compared with. */
TEPUI_API double tepui_analysis_gradient_relative(const tepui_analysis* analysis);
TEPUI_API double tepui_analysis_stationarity_tolerance(const tepui_analysis* analysis);

/* A symmetric matrix's spectrum in brief. inertia[3]: negative, zero, positive. tau: eigenvalues within
 * [-tau, tau] of the equilibrated matrix count as zero; margin: the smallest one that counts as non-zero,
 * over tau. Any pointer may be null. */
TEPUI_API tepui_status tepui_analysis_hessian(tepui_context* context, const tepui_analysis* analysis,
                                              int64_t* inertia, double* lambda_min, double* lambda_max,
                                              double* tau, double* margin);
TEPUI_API tepui_status tepui_analysis_inner_hessian(tepui_context* context, const tepui_analysis* analysis,
                                                    int64_t neuron, int64_t* inertia, double* lambda_min,
                                                    double* lambda_max, double* tau, double* margin);
/* Extreme eigenvectors of H_i (unit, d values each); either may be null. A direction whose sign does not
 * occur is zero. */
TEPUI_API tepui_status tepui_analysis_directions(tepui_context* context, const tepui_analysis* analysis,
                                                 int64_t neuron, double* negative, double* positive);

/* 0 when the point is not stationary. */
TEPUI_API int64_t tepui_analysis_neurons(const tepui_analysis* analysis);
/* Any pointer may be null. */
TEPUI_API tepui_status tepui_analysis_plateau(tepui_context* context, const tepui_analysis* analysis,
                                              int64_t neuron, tepui_definiteness* definiteness,
                                              tepui_plateau_type* type, tepui_rule* rule,
                                              tepui_gamma_region* minima, tepui_gamma_region* saddles);

/* The witness of a saddle, borrowed from the analysis; *witness is null when the point is no saddle. */
TEPUI_API tepui_status tepui_analysis_witness(tepui_context* context, const tepui_analysis* analysis,
                                              const tepui_witness** witness);
/* The best measured escape after splitting one neuron in two, and that gamma[2]; null when no split of it is
 * a saddle. */
TEPUI_API tepui_status tepui_analysis_escape(tepui_context* context, const tepui_analysis* analysis,
                                             int64_t neuron, double* gamma, const tepui_witness** witness);

/* ---- Verdict on a given split ---- */
/* r >= 2 coefficients gamma with sum 1. TEPUI_ERROR_NOT_STATIONARY when the analysed point is not stationary.
 */
TEPUI_API tepui_status tepui_classify_split(tepui_context* context, const tepui_analysis* analysis,
                                            int64_t neuron, int64_t r, const double* gamma,
                                            tepui_split_verdict** verdict);
TEPUI_API void tepui_split_verdict_destroy(tepui_split_verdict* verdict);
TEPUI_API tepui_verdict tepui_split_verdict_verdict(const tepui_split_verdict* verdict);
TEPUI_API tepui_rule tepui_split_verdict_rule(const tepui_split_verdict* verdict);
/* Closed form (MATH.md section 4); both -1 when unknown. */
TEPUI_API int64_t tepui_split_verdict_morse_index(const tepui_split_verdict* verdict);
TEPUI_API int64_t tepui_split_verdict_nullity(const tepui_split_verdict* verdict);
TEPUI_API double tepui_split_verdict_tau(const tepui_split_verdict* verdict);
TEPUI_API double tepui_split_verdict_margin(const tepui_split_verdict* verdict);
TEPUI_API double tepui_split_verdict_gradient_norm(const tepui_split_verdict* verdict);
/* Borrowed; null when the split is no saddle. */
TEPUI_API const tepui_witness* tepui_split_verdict_witness(const tepui_split_verdict* verdict);

/* ---- Witnesses: a curve along which the loss falls (MATH.md section 5) ---- */
/* A witness belongs to the object it came from. Its parameters are those of the network it speaks about: the
 * split network for a split, the analysed one for a point. */
TEPUI_API int64_t tepui_witness_parameter_count(const tepui_witness* witness);
TEPUI_API int64_t tepui_witness_width(const tepui_witness* witness);
/* Predicted change of the loss: coefficient * epsilon^order + higher terms. */
TEPUI_API int32_t tepui_witness_order(const tepui_witness* witness);
TEPUI_API double tepui_witness_coefficient(const tepui_witness* witness);
/* Step chosen by line search, predicted and measured change there, and a bound on the measurement's rounding
 * error. */
TEPUI_API double tepui_witness_epsilon(const tepui_witness* witness);
TEPUI_API double tepui_witness_predicted(const tepui_witness* witness);
TEPUI_API double tepui_witness_measured(const tepui_witness* witness);
TEPUI_API double tepui_witness_measured_error(const tepui_witness* witness);
/* Parameters on the curve at any epsilon >= 0; 0 gives the saddle itself. */
TEPUI_API tepui_status tepui_witness_point(tepui_context* context, const tepui_witness* witness,
                                           double epsilon, double* parameters);

#ifdef __cplusplus
}
#endif

#endif
