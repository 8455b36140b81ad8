#include "solve/one_start.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "solve/ends/end.hpp"
#include "solve/ends/separated_samples.hpp"
#include "solve/initialisation.hpp"
#include "solve/relu/descent.hpp"

namespace tepui {
namespace {

constexpr std::uint64_t kLongestDescent = 20;
// Those that reach a saddle do so soon.
constexpr Size kSaddleIterations = 100;
// Of a loss: an end this near is where a point is on its way to.
constexpr double kSameLoss = 1e-6;

template <class Find>
StartReport tried(const SolveSetting& setting, const Network& start, Find&& find) {
    try {
        return find(setting, start);
    } catch (const Error& error) {
        if (error.status() != Status::numeric) throw;
        StartReport report{StartOutcome::stalled, std::string("numeric failure: ") + error.what(), start};
        report.loss = report.gradient_relative = std::nan("");
        return report;
    }
}

// Of ReLU-like neurons the ends at infinity that are known are those of classes or samples told apart.
StartReport kinks_or_end(const SolveSetting& setting, const Network& start, bool lowest) {
    const auto descend = [lowest](const SolveSetting& of, const Network& from) {
        return descend_to_kinks(of, from, lowest ? IdleNeurons::return_ : IdleNeurons::stay);
    };
    StartReport report = descend(setting, start);
    if (!std::isfinite(report.loss) || report.outcome == StartOutcome::cancelled) return report;
    if (!setting.data->decay().none()) return report;  // holds the weights
    const bool stalled = report.outcome == StartOutcome::stalled;
    // A point where samples hardly count may be on its way to where they do not.
    if (!stalled && !has_idle_samples(setting, report.point)) return report;
    std::string of_classes;
    const auto inside = [lowest](const SolveSetting& of, const Network& from) {
        return kinks_or_end(of, from, lowest);
    };
    std::optional<StartReport> apart = judged_separated(setting, report, inside, false, of_classes);
    if (!apart) apart = judged_without_samples(setting, report, descend);
    if (apart && (stalled || std::abs(apart->loss - report.loss) <= kSameLoss * report.loss))
        return std::move(*apart);
    if (stalled && !of_classes.empty()) report.reason += "; " + of_classes;
    return report;
}

// Saddles first, and minima where none is near: every start ends in what can be judged.
StartReport find_any(const SolveSetting& setting, const Network& start) {
    if (start.activation.piecewise_linear()) return run_start(setting, start);
    SolveOptions rest = *setting.options;
    SolveSetting left = setting;
    left.options = &rest;
    Size spent = 0;
    const auto ended = [&](StartReport& report) {
        report.iterations += spent;
        spent = report.iterations;
        return report.outcome == StartOutcome::converged || report.outcome == StartOutcome::cancelled;
    };
    StartReport report{StartOutcome::stalled, {}, start};
    if (start.parameter_count() <= rest.most_dense) {
        rest.max_iterations = std::min(rest.max_iterations, kSaddleIterations);
        report = tried(left, start, find_saddle);
        if (ended(report)) return report;
    }
    rest.max_iterations = std::min(setting.options->max_iterations - spent, kSaddleIterations);
    if (rest.max_iterations == 0) return report;
    report = tried(left, start, find_stationary);
    if (ended(report)) return report;
    rest.max_iterations = setting.options->max_iterations - spent;
    if (rest.max_iterations == 0) return report;
    rest.target = SolveTarget::minimum;
    report = run_start(left, start);
    ended(report);
    return report;
}

// Stationary points near a random network are mostly those without outputs. A descent cut off after a random
// number of iterations, different for every start, leads among those that the loss passes on its way down.
Network lowered(const SolveSetting& setting, const Network& start, std::uint64_t seed, Size index) {
    Random random(~seed, static_cast<std::uint64_t>(index));
    // Every saddle of ReLU-like neurons has some without output.
    if (start.activation.piecewise_linear()) {
        Network narrow = start;
        const auto kept = static_cast<Size>(random.bits() % static_cast<std::uint64_t>(start.width + 1));
        for (Size i = kept; i < start.width; ++i) {
            std::fill_n(narrow.weights(i), narrow.inputs, 0.0);
            narrow.output(i) = 0.0;
        }
        return narrow;
    }
    SolveOptions few = *setting.options;
    few.target = SolveTarget::minimum;
    few.max_iterations =
        std::min<Size>(few.max_iterations, static_cast<Size>(random.bits() % (kLongestDescent + 1)));
    SolveSetting descent = setting;
    descent.options = &few;
    return run_start(descent, start).point;
}

}  // namespace

StartReport run_start(const SolveSetting& setting, const Network& start) {
    return tried(setting, start, [](const SolveSetting& the, const Network& from) {
        const bool lowest = the.options->target == SolveTarget::minimum;
        if (from.activation.piecewise_linear()) return kinks_or_end(the, from, lowest);
        return lowest ? minimum_or_end(the, from) : find_stationary(the, from);
    });
}

StartReport run_numbered_start(const SolveSetting& setting, const Network& prototype, Size index) {
    const SolveOptions& options = *setting.options;
    const Network start = initial_network(*setting.data, *setting.metric, prototype, options.seed, index);
    if (options.target != SolveTarget::stationary) return run_start(setting, start);
    return find_any(setting, lowered(setting, start, options.seed, index));
}

}  // namespace tepui
