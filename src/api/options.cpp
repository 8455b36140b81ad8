#include "api/options.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace tepui::api {
namespace {

// Any of the numbers that callers may give: they follow one another.
template <class Enum>
constexpr OptionEntry<Size> choice(tepui_option option, const char* name, Size Options::*member) {
    OptionEntry<Size> entry{option, name, INT32_MAX, INT32_MIN, member};
    for (const Word& word : Vocabulary<Enum>::words) {
        if (word.constant == nullptr) continue;
        entry.lower = std::min<Size>(entry.lower, word.number);
        entry.upper = std::max<Size>(entry.upper, word.number);
    }
    return entry;
}

constexpr std::array<OptionEntry<Size>, 12> kIntegerOptions{{
    {TEPUI_OPTION_THREADS, "TEPUI_OPTION_THREADS", 0, 4096, &Options::threads},
    {TEPUI_OPTION_SEED, "TEPUI_OPTION_SEED", 0, INT64_MAX, &Options::seed},
    {TEPUI_OPTION_GATHERED_VALUES, "TEPUI_OPTION_GATHERED_VALUES", 0, INT64_MAX, &Options::gathered_values},
    choice<NeuronMethod>(TEPUI_OPTION_NEURON_METHOD, "TEPUI_OPTION_NEURON_METHOD", &Options::neuron_method),
    choice<AnalysisScope>(TEPUI_OPTION_ANALYSIS_SCOPE, "TEPUI_OPTION_ANALYSIS_SCOPE",
                          &Options::analysis_scope),
    choice<HessianMethod>(TEPUI_OPTION_HESSIAN_METHOD, "TEPUI_OPTION_HESSIAN_METHOD",
                          &Options::hessian_method),
    choice<GramPrecision>(TEPUI_OPTION_GRAM_PRECISION, "TEPUI_OPTION_GRAM_PRECISION",
                          &Options::gram_precision),
    choice<WaysDown>(TEPUI_OPTION_WAYS_DOWN, "TEPUI_OPTION_WAYS_DOWN", &Options::ways_down),
    {TEPUI_OPTION_SIGN_BUDGET, "TEPUI_OPTION_SIGN_BUDGET", 0, 1000000000000, &Options::sign_budget},
    choice<SolveTarget>(TEPUI_OPTION_SOLVE_TARGET, "TEPUI_OPTION_SOLVE_TARGET", &Options::solve_target),
    {TEPUI_OPTION_SOLVE_STARTS, "TEPUI_OPTION_SOLVE_STARTS", 1, 1000000000, &Options::solve_starts},
    {TEPUI_OPTION_SOLVE_MAX_ITERATIONS, "TEPUI_OPTION_SOLVE_MAX_ITERATIONS", 1, 1000000000,
     &Options::solve_max_iterations},
}};

// The lower bounds keep a tolerance from promising more than double precision holds.
constexpr std::array<OptionEntry<double>, 8> kRealOptions{{
    {TEPUI_OPTION_STATIONARITY, "TEPUI_OPTION_STATIONARITY", 0.0, 1.0, &Options::stationarity},
    {TEPUI_OPTION_ROUNDING_FACTOR, "TEPUI_OPTION_ROUNDING_FACTOR", 1.0, 1e15, &Options::rounding_factor},
    {TEPUI_OPTION_ZERO_LOSS_FACTOR, "TEPUI_OPTION_ZERO_LOSS_FACTOR", 0.0, 1e15, &Options::zero_loss_factor},
    {TEPUI_OPTION_KINK_TOLERANCE, "TEPUI_OPTION_KINK_TOLERANCE", -1.0, 1.0, &Options::kink_tolerance},
    {TEPUI_OPTION_SOLVE_TOLERANCE, "TEPUI_OPTION_SOLVE_TOLERANCE", 1e-16, 1.0, &Options::solve_tolerance},
    {TEPUI_OPTION_SOLVE_DIVERGENCE, "TEPUI_OPTION_SOLVE_DIVERGENCE", 10.0, 1e300, &Options::solve_divergence},
    {TEPUI_OPTION_REDUCE_WEIGHTS, "TEPUI_OPTION_REDUCE_WEIGHTS", 0.0, 0.5, &Options::reduce_weights},
    {TEPUI_OPTION_REDUCE_OUTPUTS, "TEPUI_OPTION_REDUCE_OUTPUTS", 0.0, 0.5, &Options::reduce_outputs},
}};

template <class Table>
auto find(const Table& table, tepui_option number) {
    return std::find_if(table.begin(), table.end(),
                        [&](const auto& entry) { return entry.number == number; });
}

template <class Table, class Other>
const auto& entry_of(const Table& table, const Other& other, tepui_option number, const char* kind,
                     const char* other_kind) {
    const auto entry = find(table, number);
    if (entry != table.end()) return *entry;
    const auto mistaken = find(other, number);
    if (mistaken != other.end()) {
        throw Error(Status::invalid_value, std::string("option is ") + mistaken->name + ", " + other_kind +
                                               " option; " + kind + " option is expected here");
    }
    throw Error(Status::invalid_value,
                "option is " + std::to_string(number) + ", a TEPUI_OPTION_ number is expected");
}

}  // namespace

std::vector<Size> Options::integers() const {
    std::vector<Size> values;
    for (const auto& entry : kIntegerOptions) values.push_back(this->*entry.member);
    return values;
}

std::vector<double> Options::reals() const {
    std::vector<double> values;
    for (const auto& entry : kRealOptions) values.push_back(this->*entry.member);
    return values;
}

Tolerances Options::tolerances() const {
    Tolerances result;
    result.stationarity = stationarity;
    result.rounding_factor = rounding_factor;
    result.zero_loss_factor = zero_loss_factor;
    return result;
}

AnalysisOptions Options::analysis() const {
    return {static_cast<NeuronMethod>(neuron_method), static_cast<AnalysisScope>(analysis_scope),
            static_cast<HessianMethod>(hessian_method), static_cast<GramPrecision>(gram_precision),
            static_cast<WaysDown>(ways_down)};
}

SolveOptions Options::solve() const {
    SolveOptions result;
    result.target = static_cast<SolveTarget>(solve_target);
    result.starts = solve_starts;
    result.seed = static_cast<std::uint64_t>(seed);
    result.max_iterations = solve_max_iterations;
    result.gradient_tolerance = solve_tolerance;
    result.divergence_factor = solve_divergence;
    result.tolerances = tolerances();
    return result;
}

ReductionTolerances Options::reduction() const {
    return {reduce_weights, reduce_outputs};
}

DirectionalOptions Options::directional() const {
    DirectionalOptions result;
    result.kinks.tolerance = kink_tolerance;
    result.sign.budget = sign_budget;
    return result;
}

const OptionEntry<Size>& integer_option(tepui_option number) {
    return entry_of(kIntegerOptions, kRealOptions, number, "an integer", "a real");
}

const OptionEntry<double>& real_option(tepui_option number) {
    return entry_of(kRealOptions, kIntegerOptions, number, "a real", "an integer");
}

}  // namespace tepui::api
