#include "solve/ends/separated_samples.hpp"

#include <algorithm>
#include <cmath>

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

// Shares of classes that may be left behind.
constexpr double kIdle[] = {3e-2, 1e-3, 1e-6, 1e-9};

// The hidden weights of the point without what no sample sees that has classes left, and with such parts.
void set_beyond(Network& network, const Matrix& none, const Matrix& beyond) {
    for (Size i = 0; i < network.width; ++i) {
        double* w = network.weights(i);
        for (Size l = 0; l < none.rows(); ++l) {
            double along = 0.0;
            for (Size j = 0; j < network.inputs; ++j) along += none(l, j) * w[j];
            for (Size j = 0; j < network.inputs; ++j) w[j] -= along * none(l, j);
        }
        for (Size j = 0; j < network.inputs; ++j) w[j] += beyond(i, j);
    }
}

std::optional<StartReport> judged_left(const SolveSetting& setting, const StartReport& report,
                                       const RunFrom& run, const std::vector<Size>& labels,
                                       const GrowingOutputs& growing) {
    const SampleInputs inputs(*setting.data);
    const GroupedLoss loss(setting.data->outputs(), GroupedLoss::Outputs::of_classes);
    const Dataset rest = data_of(*setting.data, inputs, growing.left(), loss);
    const InputMetric metric = measure_inputs(rest);
    SolveSetting of_rest = setting;
    of_rest.data = &rest;
    of_rest.metric = &metric;
    StartReport found = run(of_rest, report.point);
    if (found.outcome != StartOutcome::converged) return std::nullopt;
    Network whole = found.point;
    set_beyond(whole, growing.unseen(), growing.beyond());
    const std::optional<ActivePoint> there =
        active_point(setting, whole, KinkSets(static_cast<std::size_t>(whole.width)));
    if (!there) return std::nullopt;
    GrowingOutputs at_limit(*setting.data, *there, labels);
    if (!at_limit.take(growing.left(), growing.beyond())) return std::nullopt;
    EndReport end = kinked_end(of_rest, found);
    end.limit = own_limit(of_rest, there->network);
    end.separation = at_limit.separation();
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
    ClassesLeft before;
    std::optional<StartReport> best;
    for (const double idle : kIdle) {
        GrowingOutputs growing(*setting.data, *point, *labels);
        if (!growing.find(idle)) break;
        if (growing.left() == before) continue;
        before = growing.left();
        std::optional<StartReport> judged = judged_left(setting, from, run, *labels, growing);
        if (!judged) continue;
        const bool known = judged->end->verdict != EndVerdict::undetermined;
        if (known || !best) best = std::move(judged);
        if (known) break;
    }
    return best;
}

}  // namespace tepui
