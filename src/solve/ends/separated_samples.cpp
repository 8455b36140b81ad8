#include "solve/ends/separated_samples.hpp"

#include "classification/infinity/grouped_loss.hpp"
#include "solve/ends/at_infinity.hpp"
#include "solve/ends/growing_outputs.hpp"
#include "solve/ends/own_limit.hpp"
#include "solve/ends/remaining_data.hpp"
#include "solve/ends/sample_pulls.hpp"
#include "solve/relu/active_point.hpp"
#include "solve/relu/carrying.hpp"

namespace tepui {
namespace {

// Shares of classes in samples that may leave them behind.
constexpr double kIdle[] = {3e-2, 1e-3, 1e-6, 1e-9};

// The point with these parts of hidden weights in the place of what no sample sees that has classes left.
Network with_beyond(Network network, const Matrix& unseen, const Matrix& beyond) {
    for (Size i = 0; i < network.width; ++i) {
        double* w = network.weights(i);
        const std::vector<double> part = part_in(unseen, w);
        for (Size j = 0; j < network.inputs; ++j) w[j] += beyond(i, j) - part[std::size_t(j)];
    }
    return network;
}

// A point of what is left, and how the weights grow from it.
struct LeftBehind {
    Network network;
    Separation separation;
};

// Nothing where it does not leave the classes behind that are not left.
std::optional<LeftBehind> left_behind_at(const SolveSetting& setting, const SampleInputs& inputs,
                                         const std::vector<Size>& labels, const ClassesLeft& left,
                                         Network network, const Matrix& beyond) {
    KinkSets none(static_cast<std::size_t>(network.width));
    const std::optional<ActivePoint> point = active_point(setting, std::move(network), std::move(none));
    if (!point) return std::nullopt;
    GrowingOutputs growing(*setting.data, inputs, *point, labels);
    if (!growing.take(left, beyond)) return std::nullopt;
    return LeftBehind{point->network, growing.separation()};
}

std::optional<StartReport> judged_left(const SolveSetting& setting, const StartReport& report,
                                       const RunFrom& run, const SampleInputs& inputs,
                                       const std::vector<Size>& labels, const GrowingOutputs& growing) {
    const GroupedLoss loss(setting.data->outputs(), GroupedLoss::Outputs::of_classes);
    const Dataset rest = data_of(*setting.data, inputs, growing.left(), loss);
    const InputMetric metric = measure_inputs(rest);
    SolveSetting of_rest = setting;
    of_rest.data = &rest;
    of_rest.metric = &metric;
    StartReport found = run(of_rest, report.point);
    if (found.outcome != StartOutcome::converged) return std::nullopt;
    std::optional<LeftBehind> behind = left_behind_at(setting, inputs, labels, growing.left(), found.point,
                                                      Matrix(found.point.width, found.point.inputs));
    if (!behind)
        behind =
            left_behind_at(setting, inputs, labels, growing.left(),
                           with_beyond(found.point, growing.unseen(), growing.beyond()), growing.beyond());
    if (!behind) return std::nullopt;
    EndReport end = kinked_end(of_rest, found);
    end.limit = own_limit(of_rest, behind->network);
    end.separation = std::move(behind->separation);
    StartReport result = report;
    result.iterations += found.iterations;
    return at_infinity(std::move(result), std::move(end));
}

}  // namespace

bool has_idle_samples(const SolveSetting& setting, const Network& point) {
    const Dataset& data = *setting.data;
    if (!classes_of(data)) return false;
    const std::vector<double> pulls = largest_pulls(data, point, setting.execution);
    for (Size k = 0; k < data.samples(); ++k)
        if (pulls[k] <= setting.options->tolerances.stationarity * data.weight(k)) return true;
    return false;
}

std::optional<StartReport> judged_without_samples(const SolveSetting& setting, const StartReport& report,
                                                  const RunFrom& run) {
    const std::optional<std::vector<Size>> labels = classes_of(*setting.data);
    if (!labels || report.point.skip) return std::nullopt;
    StartReport from = report;
    if (setting.data->loss().shift_invariant()) share_nothing(from.point);
    const std::optional<ActivePoint> point =
        active_point(setting, from.point, KinkSets(static_cast<std::size_t>(from.point.width)));
    if (!point) return std::nullopt;
    const SampleInputs inputs(*setting.data);
    ClassesLeft before;
    std::optional<StartReport> best;
    for (const double idle : kIdle) {
        GrowingOutputs growing(*setting.data, inputs, *point, *labels);
        if (!growing.find(idle)) break;
        if (growing.left() == before) continue;
        before = growing.left();
        std::optional<StartReport> judged = judged_left(setting, from, run, inputs, *labels, growing);
        if (!judged) continue;
        const bool known = judged->end->verdict != EndVerdict::undetermined;
        if (known || !best) best = std::move(judged);
        if (known) break;
    }
    return best;
}

}  // namespace tepui
