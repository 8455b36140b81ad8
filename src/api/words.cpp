// The public names of numbers, and the check that the public headers have the constants of the vocabulary,
// with its numbers, and no others.
#include "tepui/tepui.h"
#include "vocabulary/activations.hpp"
#include "vocabulary/certificate.hpp"
#include "vocabulary/critical_set.hpp"
#include "vocabulary/directional.hpp"
#include "vocabulary/methods.hpp"
#include "vocabulary/networks.hpp"
#include "vocabulary/solve.hpp"
#include "vocabulary/status.hpp"
#include "vocabulary/verdicts.hpp"

namespace tepui::api {

// A constant of the header that no row names is a case that its switch forgets: an error in every build.
#pragma GCC diagnostic error "-Wswitch"
// clang-format off
#define TEPUI_ENUM(Enum, any_constant) \
    constexpr bool is_checked(Enum) { return true; } \
    constexpr void check(decltype(any_constant) number) { switch (number) {
#define TEPUI_WORD(identifier, number, constant, ...) \
    case constant: static_assert(constant == number, "the header and the vocabulary differ"); break;
#define TEPUI_INSIDE(identifier, number)
#define TEPUI_END } }
// clang-format on
#include "vocabulary/activations.def"
#include "vocabulary/certificate.def"
#include "vocabulary/critical_set.def"
#include "vocabulary/directional.def"
#include "vocabulary/methods.def"
#include "vocabulary/networks.def"
#include "vocabulary/solve.def"
#include "vocabulary/status.def"
#include "vocabulary/verdicts.def"

}  // namespace tepui::api

using namespace tepui;

#define TEPUI_NAME(type, Enum)                     \
    const char* type##_name(type number) {         \
        static_assert(api::is_checked(Enum{}));    \
        return name_of(static_cast<Enum>(number)); \
    }
#define TEPUI_SENTENCE(type, Enum)                     \
    const char* type##_sentence(type number) {         \
        return sentence_of(static_cast<Enum>(number)); \
    }

extern "C" {

TEPUI_NAME(tepui_verdict, Verdict)
TEPUI_NAME(tepui_rule, Rule)
TEPUI_SENTENCE(tepui_rule, Rule)
TEPUI_NAME(tepui_definiteness, Definiteness)
TEPUI_NAME(tepui_plateau_type, PlateauType)
TEPUI_NAME(tepui_gamma_region, GammaRegion)
TEPUI_NAME(tepui_neuron_method, NeuronMethod)
TEPUI_NAME(tepui_hessian_method, HessianMethod)
TEPUI_NAME(tepui_precision, GramPrecision)
TEPUI_NAME(tepui_group_kind, GroupKind)
TEPUI_NAME(tepui_neuron_role, NeuronRole)
TEPUI_NAME(tepui_directional_rule, DirectionalRule)
TEPUI_SENTENCE(tepui_directional_rule, DirectionalRule)
TEPUI_NAME(tepui_answer, Answer)
TEPUI_NAME(tepui_sign_method, SignMethod)
TEPUI_SENTENCE(tepui_sign_reason, SignReason)
TEPUI_NAME(tepui_embedding_rule, EmbeddingRule)
TEPUI_SENTENCE(tepui_embedding_rule, EmbeddingRule)
TEPUI_NAME(tepui_several_outputs_rule, OutputsRule)
TEPUI_SENTENCE(tepui_several_outputs_rule, OutputsRule)
TEPUI_NAME(tepui_branch_content, BranchContent)
TEPUI_NAME(tepui_existence, BranchExistence)
TEPUI_NAME(tepui_meeting, Meeting)
TEPUI_NAME(tepui_start_outcome, StartOutcome)
TEPUI_NAME(tepui_trace_ending, FlowEnd)
TEPUI_NAME(tepui_certificate_step, CertificateStep)

const char* tepui_status_name(tepui_status status) {
    const Word* word = word_of(static_cast<Status>(status));
    return word != nullptr ? word->constant : "unknown";
}

}  // extern "C"
