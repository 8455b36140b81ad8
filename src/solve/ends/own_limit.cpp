#include "solve/ends/own_limit.hpp"

#include "classification/directional/several_outputs.hpp"

namespace tepui {

BoundaryNetwork own_limit(const SolveSetting& setting, const Network& network) {
    const InputMetric& metric = *setting.metric;
    return as_limit(network, metric.constant_input == metric.inputs - 1 ? metric.mean.back() : 0.0);
}

EndReport kinked_end(const SolveSetting& setting, const StartReport& found) {
    const OutputsReport report = classify_kinked_model(
        *setting.data, found.point, setting.options->tolerances, DirectionalOptions{}, setting.execution);
    EndReport end;
    end.limit = own_limit(setting, found.point);
    const bool minimum = report.verdict == Verdict::local_minimum;
    end.verdict = minimum ? EndVerdict::minimum : EndVerdict::undetermined;
    end.rule = minimum ? EndRule::kinked_minimum : EndRule::kinks_open;
    end.loss = report.loss;
    end.gradient_relative = found.gradient_relative;
    return end;
}

}  // namespace tepui
