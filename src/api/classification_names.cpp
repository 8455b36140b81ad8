// Names of the numbers of classification.h, and the proof that they are those used inside.
#include <algorithm>
#include <array>
#include <utility>

#include "classification/point/verdict.hpp"
#include "classification/spectrum/spectral.hpp"
#include "tepui/classification.h"

namespace tepui::api {
namespace {

template <class Enum>
constexpr bool agree(std::int32_t number, Enum value) {
    return number == static_cast<std::int32_t>(value);
}

static_assert(agree(TEPUI_VERDICT_LOCAL_MINIMUM, Verdict::local_minimum));
static_assert(agree(TEPUI_VERDICT_SADDLE, Verdict::saddle));
static_assert(agree(TEPUI_VERDICT_UNDETERMINED, Verdict::undetermined));
static_assert(agree(TEPUI_VERDICT_NOT_STATIONARY, Verdict::not_stationary));
static_assert(agree(TEPUI_VERDICT_INDICATED_MINIMUM, Verdict::indicated_minimum));

static_assert(agree(TEPUI_RULE_GRADIENT_TEST, Rule::gradient_test));
static_assert(agree(TEPUI_RULE_ZERO_LOSS, Rule::zero_loss));
static_assert(agree(TEPUI_RULE_HESSIAN_POSITIVE_DEFINITE, Rule::hessian_positive_definite));
static_assert(agree(TEPUI_RULE_HESSIAN_NEGATIVE_EIGENVALUE, Rule::hessian_negative_eigenvalue));
static_assert(agree(TEPUI_RULE_NULL_NEURON, Rule::null_neuron));
static_assert(agree(TEPUI_RULE_DEGENERATE_HESSIAN, Rule::degenerate_hessian));
static_assert(agree(TEPUI_RULE_CANCELLED_GROUP, Rule::cancelled_group));
static_assert(agree(TEPUI_RULE_EVERY_GROUP_MINIMUM, Rule::every_group_minimum));
static_assert(agree(TEPUI_RULE_SMALLEST_RITZ_VALUE, Rule::smallest_ritz_value));
static_assert(agree(TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE, Rule::theorem_1_positive_definite));
static_assert(agree(TEPUI_RULE_THEOREM_1_NEGATIVE_DEFINITE, Rule::theorem_1_negative_definite));
static_assert(agree(TEPUI_RULE_THEOREM_1_INDEFINITE, Rule::theorem_1_indefinite));
static_assert(agree(TEPUI_RULE_THEOREM_2, Rule::theorem_2));
static_assert(agree(TEPUI_RULE_THEOREM_3_EFFECTIVE, Rule::theorem_3_effective));
static_assert(agree(TEPUI_RULE_THEOREM_3_CONSTANT, Rule::theorem_3_constant));
static_assert(agree(TEPUI_RULE_THEOREM_4, Rule::theorem_4));
static_assert(agree(TEPUI_RULE_LEMMA_4, Rule::lemma_4));
static_assert(agree(TEPUI_RULE_THIRD_ORDER, Rule::third_order));
static_assert(agree(TEPUI_RULE_SYMMETRY_ORBIT, Rule::symmetry_orbit));
static_assert(agree(TEPUI_RULE_FOURTH_ORDER, Rule::fourth_order));
static_assert(agree(TEPUI_RULE_SEVERAL_FOURTH_ORDER, Rule::several_fourth_order));
static_assert(agree(TEPUI_RULE_LEAST_SQUARES_FIT, Rule::least_squares_fit));
static_assert(agree(TEPUI_RULE_RESIDUALS_WITHIN_SLACK, Rule::residuals_within_slack));
static_assert(agree(TEPUI_RULE_THEOREM_1_ACROSS_SYMMETRY, Rule::theorem_1_across_symmetry));
static_assert(agree(TEPUI_RULE_SEMIDEFINITE_INNER_HESSIAN, Rule::semidefinite_inner_hessian));
static_assert(agree(TEPUI_RULE_ZERO_INNER_HESSIAN, Rule::zero_inner_hessian));
static_assert(agree(TEPUI_RULE_NARROW_POINT_UNDETERMINED, Rule::narrow_point_undetermined));

static_assert(agree(TEPUI_RULE_NEURONS_ALONE, Rule::neurons_alone));

static_assert(agree(TEPUI_NEURON_METHOD_AUTOMATIC, NeuronMethod::automatic));
static_assert(agree(TEPUI_NEURON_METHOD_SPECTRUM, NeuronMethod::spectrum));
static_assert(agree(TEPUI_NEURON_METHOD_INERTIA, NeuronMethod::inertia));
static_assert(agree(TEPUI_NEURON_METHOD_MATRIX_FREE, NeuronMethod::matrix_free));
static_assert(agree(TEPUI_PRECISION_DOUBLE, GramPrecision::double_precision));
static_assert(agree(TEPUI_PRECISION_SINGLE, GramPrecision::single_precision));
static_assert(agree(TEPUI_HESSIAN_METHOD_AUTOMATIC, HessianMethod::automatic));
static_assert(agree(TEPUI_HESSIAN_METHOD_DENSE, HessianMethod::dense));
static_assert(agree(TEPUI_HESSIAN_METHOD_MATRIX_FREE, HessianMethod::matrix_free));
static_assert(agree(TEPUI_SCOPE_COMPLETE, AnalysisScope::complete));
static_assert(agree(TEPUI_SCOPE_NEURONS, AnalysisScope::neurons));

static_assert(agree(TEPUI_POSITIVE_DEFINITE, Definiteness::positive_definite));
static_assert(agree(TEPUI_NEGATIVE_DEFINITE, Definiteness::negative_definite));
static_assert(agree(TEPUI_INDEFINITE, Definiteness::indefinite));
static_assert(agree(TEPUI_POSITIVE_SEMIDEFINITE, Definiteness::positive_semidefinite));
static_assert(agree(TEPUI_NEGATIVE_SEMIDEFINITE, Definiteness::negative_semidefinite));
static_assert(agree(TEPUI_ZERO, Definiteness::zero));

static_assert(agree(TEPUI_PLATEAU_ALL_LOCAL_MINIMA, PlateauType::all_local_minima));
static_assert(agree(TEPUI_PLATEAU_LOCAL_MINIMA_AND_SADDLES, PlateauType::local_minima_and_saddles));
static_assert(agree(TEPUI_PLATEAU_ALL_SADDLES, PlateauType::all_saddles));
static_assert(agree(TEPUI_PLATEAU_UNDETERMINED, PlateauType::undetermined));
static_assert(agree(TEPUI_PLATEAU_NOT_APPLICABLE, PlateauType::not_applicable));

static_assert(agree(TEPUI_REGION_NONE, GammaRegion::none));
static_assert(agree(TEPUI_REGION_GAMMA_PLUS, GammaRegion::gamma_plus));
static_assert(agree(TEPUI_REGION_GAMMA_MINUS, GammaRegion::gamma_minus));
static_assert(agree(TEPUI_REGION_OFF_GAMMA_PLUS, GammaRegion::off_gamma_plus));
static_assert(agree(TEPUI_REGION_OFF_GAMMA_MINUS, GammaRegion::off_gamma_minus));
static_assert(agree(TEPUI_REGION_EVERYWHERE, GammaRegion::everywhere));
static_assert(agree(TEPUI_REGION_WITH_A_ZERO, GammaRegion::with_a_zero));
static_assert(agree(TEPUI_REGION_NOT_NEGATIVE, GammaRegion::not_negative));
static_assert(agree(TEPUI_REGION_GAMMA_BOUNDARY, GammaRegion::gamma_boundary));
static_assert(agree(TEPUI_REGION_FOURTH_ORDER_POSITIVE, GammaRegion::fourth_order_positive));
static_assert(agree(TEPUI_REGION_FOURTH_ORDER_NEGATIVE, GammaRegion::fourth_order_negative));

using Name = std::pair<std::int32_t, const char*>;

constexpr std::array<Name, 5> kVerdicts{{{TEPUI_VERDICT_LOCAL_MINIMUM, "local_minimum"},
                                         {TEPUI_VERDICT_SADDLE, "saddle"},
                                         {TEPUI_VERDICT_UNDETERMINED, "undetermined"},
                                         {TEPUI_VERDICT_NOT_STATIONARY, "not_stationary"},
                                         {TEPUI_VERDICT_INDICATED_MINIMUM, "indicated_minimum"}}};
constexpr std::array<Name, 6> kDefiniteness{{{TEPUI_POSITIVE_DEFINITE, "positive_definite"},
                                             {TEPUI_NEGATIVE_DEFINITE, "negative_definite"},
                                             {TEPUI_INDEFINITE, "indefinite"},
                                             {TEPUI_POSITIVE_SEMIDEFINITE, "positive_semidefinite"},
                                             {TEPUI_NEGATIVE_SEMIDEFINITE, "negative_semidefinite"},
                                             {TEPUI_ZERO, "zero"}}};
constexpr std::array<Name, 5> kPlateaus{{{TEPUI_PLATEAU_ALL_LOCAL_MINIMA, "all_local_minima"},
                                         {TEPUI_PLATEAU_LOCAL_MINIMA_AND_SADDLES, "local_minima_and_saddles"},
                                         {TEPUI_PLATEAU_ALL_SADDLES, "all_saddles"},
                                         {TEPUI_PLATEAU_UNDETERMINED, "undetermined"},
                                         {TEPUI_PLATEAU_NOT_APPLICABLE, "not_applicable"}}};
constexpr std::array<Name, 11> kRegions{{{TEPUI_REGION_NONE, "none"},
                                         {TEPUI_REGION_GAMMA_PLUS, "gamma_plus"},
                                         {TEPUI_REGION_GAMMA_MINUS, "gamma_minus"},
                                         {TEPUI_REGION_OFF_GAMMA_PLUS, "off_gamma_plus"},
                                         {TEPUI_REGION_OFF_GAMMA_MINUS, "off_gamma_minus"},
                                         {TEPUI_REGION_EVERYWHERE, "everywhere"},
                                         {TEPUI_REGION_WITH_A_ZERO, "with_a_zero"},
                                         {TEPUI_REGION_NOT_NEGATIVE, "not_negative"},
                                         {TEPUI_REGION_GAMMA_BOUNDARY, "gamma_boundary"},
                                         {TEPUI_REGION_FOURTH_ORDER_POSITIVE, "fourth_order_positive"},
                                         {TEPUI_REGION_FOURTH_ORDER_NEGATIVE, "fourth_order_negative"}}};
constexpr std::array<Name, 4> kMethods{{{TEPUI_NEURON_METHOD_AUTOMATIC, "automatic"},
                                        {TEPUI_NEURON_METHOD_SPECTRUM, "spectrum"},
                                        {TEPUI_NEURON_METHOD_INERTIA, "inertia"},
                                        {TEPUI_NEURON_METHOD_MATRIX_FREE, "matrix_free"}}};
constexpr std::array<Name, 3> kHessianMethods{{{TEPUI_HESSIAN_METHOD_AUTOMATIC, "automatic"},
                                               {TEPUI_HESSIAN_METHOD_DENSE, "dense"},
                                               {TEPUI_HESSIAN_METHOD_MATRIX_FREE, "matrix_free"}}};
constexpr std::array<Name, 2> kPrecisions{
    {{TEPUI_PRECISION_DOUBLE, "double"}, {TEPUI_PRECISION_SINGLE, "single"}}};
constexpr std::array<tepui_rule, 28> kRules{
    TEPUI_RULE_GRADIENT_TEST,
    TEPUI_RULE_ZERO_LOSS,
    TEPUI_RULE_HESSIAN_POSITIVE_DEFINITE,
    TEPUI_RULE_HESSIAN_NEGATIVE_EIGENVALUE,
    TEPUI_RULE_NULL_NEURON,
    TEPUI_RULE_DEGENERATE_HESSIAN,
    TEPUI_RULE_CANCELLED_GROUP,
    TEPUI_RULE_EVERY_GROUP_MINIMUM,
    TEPUI_RULE_SMALLEST_RITZ_VALUE,
    TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE,
    TEPUI_RULE_THEOREM_1_NEGATIVE_DEFINITE,
    TEPUI_RULE_THEOREM_1_INDEFINITE,
    TEPUI_RULE_THEOREM_2,
    TEPUI_RULE_THEOREM_3_EFFECTIVE,
    TEPUI_RULE_THEOREM_3_CONSTANT,
    TEPUI_RULE_THEOREM_4,
    TEPUI_RULE_LEMMA_4,
    TEPUI_RULE_THIRD_ORDER,
    TEPUI_RULE_SYMMETRY_ORBIT,
    TEPUI_RULE_FOURTH_ORDER,
    TEPUI_RULE_SEVERAL_FOURTH_ORDER,
    TEPUI_RULE_LEAST_SQUARES_FIT,
    TEPUI_RULE_RESIDUALS_WITHIN_SLACK,
    TEPUI_RULE_THEOREM_1_ACROSS_SYMMETRY,
    TEPUI_RULE_SEMIDEFINITE_INNER_HESSIAN,
    TEPUI_RULE_ZERO_INNER_HESSIAN,
    TEPUI_RULE_NARROW_POINT_UNDETERMINED,
    TEPUI_RULE_NEURONS_ALONE,
};

template <std::size_t Count>
const char* name_in(const std::array<Name, Count>& names, std::int32_t number) {
    for (const auto& [known, name] : names) {
        if (known == number) return name;
    }
    return "unknown";
}

bool is_rule(tepui_rule number) {
    return std::find(kRules.begin(), kRules.end(), number) != kRules.end();
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

const char* tepui_verdict_name(tepui_verdict verdict) {
    return name_in(kVerdicts, verdict);
}

// The module's texts are string literals, so their data ends with a null.
const char* tepui_rule_name(tepui_rule rule) {
    return is_rule(rule) ? rule_name(static_cast<Rule>(rule)).data() : "unknown";
}

const char* tepui_rule_sentence(tepui_rule rule) {
    return is_rule(rule) ? rule_sentence(static_cast<Rule>(rule)).data() : "unknown";
}

const char* tepui_definiteness_name(tepui_definiteness definiteness) {
    return name_in(kDefiniteness, definiteness);
}

const char* tepui_plateau_type_name(tepui_plateau_type type) {
    return name_in(kPlateaus, type);
}

const char* tepui_gamma_region_name(tepui_gamma_region region) {
    return name_in(kRegions, region);
}

const char* tepui_neuron_method_name(tepui_neuron_method method) {
    return name_in(kMethods, method);
}

const char* tepui_hessian_method_name(tepui_hessian_method method) {
    return name_in(kHessianMethods, method);
}

const char* tepui_precision_name(tepui_precision precision) {
    return name_in(kPrecisions, precision);
}

}  // extern "C"
