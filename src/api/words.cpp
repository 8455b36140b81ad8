// The public names of numbers, and the check that the public headers have the constants of the vocabulary,
// with its numbers, and no others.
#include "tepui/tepui.h"
#include "vocabulary/activations.hpp"
#include "vocabulary/certificate.hpp"
#include "vocabulary/critical_set.hpp"
#include "vocabulary/directional.hpp"
#include "vocabulary/infinity.hpp"
#include "vocabulary/losses.hpp"
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
#include "vocabulary/infinity.def"
#include "vocabulary/losses.def"
#include "vocabulary/methods.def"
#include "vocabulary/networks.def"
#include "vocabulary/solve.def"
#include "vocabulary/status.def"
#include "vocabulary/verdicts.def"

}  // namespace tepui::api

using namespace tepui;

namespace {

template <class Enum>
const Word* word_in(std::int32_t number) {
    static_assert(api::is_checked(Enum{}));
    return word_of(static_cast<Enum>(number));
}

const Word* word(tepui_words of, std::int32_t number) {
    switch (of) {
        case TEPUI_WORDS_VERDICT:
            return word_in<Verdict>(number);
        case TEPUI_WORDS_RULE:
            return word_in<Rule>(number);
        case TEPUI_WORDS_DEFINITENESS:
            return word_in<Definiteness>(number);
        case TEPUI_WORDS_PLATEAU_TYPE:
            return word_in<PlateauType>(number);
        case TEPUI_WORDS_GAMMA_REGION:
            return word_in<GammaRegion>(number);
        case TEPUI_WORDS_NEURON_METHOD:
            return word_in<NeuronMethod>(number);
        case TEPUI_WORDS_HESSIAN_METHOD:
            return word_in<HessianMethod>(number);
        case TEPUI_WORDS_PRECISION:
            return word_in<GramPrecision>(number);
        case TEPUI_WORDS_GROUP_KIND:
            return word_in<GroupKind>(number);
        case TEPUI_WORDS_NEURON_ROLE:
            return word_in<NeuronRole>(number);
        case TEPUI_WORDS_DIRECTIONAL_RULE:
            return word_in<DirectionalRule>(number);
        case TEPUI_WORDS_ANSWER:
            return word_in<Answer>(number);
        case TEPUI_WORDS_SIGN_METHOD:
            return word_in<SignMethod>(number);
        case TEPUI_WORDS_EMBEDDING_RULE:
            return word_in<EmbeddingRule>(number);
        case TEPUI_WORDS_LOSS:
            return word_in<LossKind>(number);
        case TEPUI_WORDS_SEVERAL_OUTPUTS_RULE:
            return word_in<OutputsRule>(number);
        case TEPUI_WORDS_BRANCH_CONTENT:
            return word_in<BranchContent>(number);
        case TEPUI_WORDS_EXISTENCE:
            return word_in<BranchExistence>(number);
        case TEPUI_WORDS_MEETING:
            return word_in<Meeting>(number);
        case TEPUI_WORDS_START_OUTCOME:
            return word_in<StartOutcome>(number);
        case TEPUI_WORDS_TRACE_ENDING:
            return word_in<FlowEnd>(number);
        case TEPUI_WORDS_CERTIFICATE_STEP:
            return word_in<CertificateStep>(number);
        case TEPUI_WORDS_SIGN_REASON:
            return word_in<SignReason>(number);
        case TEPUI_WORDS_UNIT_KIND:
            return word_in<UnitKind>(number);
        case TEPUI_WORDS_END_VERDICT:
            return word_in<EndVerdict>(number);
        case TEPUI_WORDS_END_RULE:
            return word_in<EndRule>(number);
        default:
            return nullptr;
    }
}

}  // namespace

extern "C" {

const char* tepui_name(tepui_words of, int32_t number) {
    const Word* found = word(of, number);
    return found != nullptr ? found->name : "unknown";
}

const char* tepui_sentence(tepui_words of, int32_t number) {
    const Word* found = word(of, number);
    if (found == nullptr) return "unknown";
    return found->sentence != nullptr ? found->sentence : "";
}

const char* tepui_status_name(tepui_status status) {
    const Word* word = word_of(static_cast<Status>(status));
    return word != nullptr ? word->constant : "unknown";
}

}  // extern "C"
