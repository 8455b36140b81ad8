#include "solve/ends/remaining_data.hpp"

#include "classification/directional/several_outputs.hpp"

namespace tepui {

double bias_value(const SolveSetting& setting) {
    const InputMetric& metric = *setting.metric;
    return metric.constant_input == metric.inputs - 1 ? metric.mean.back() : 0.0;
}

Dataset data_of(const Dataset& data, const SampleInputs& inputs, const Remaining& remaining) {
    const Size features = data.features(), count = Size(remaining.samples.size()),
               outputs = Size(remaining.classes.size());
    std::vector<double> x, targets, weights;
    for (const Size k : remaining.samples) {
        x.insert(x.end(), inputs.h.row(k), inputs.h.row(k) + features);
        for (const Size o : remaining.classes) targets.push_back(data.target(k, o));
        weights.push_back(data.weight(k));
    }
    DatasetSource source;
    source.samples = count;
    source.features = source.ldx = features;
    source.x = x.data();
    source.targets = targets.data();
    source.weights = weights.data();
    source.outputs = outputs;
    source.loss = &data.loss();
    return Dataset(source, true, data.bias(), LossScaling::sum);
}

EndReport kinked_end(const SolveSetting& setting, const StartReport& found) {
    const OutputsReport report = classify_kinked_model(
        *setting.data, found.point, setting.options->tolerances, DirectionalOptions{}, setting.execution);
    EndReport end;
    end.limit = as_limit(found.point, bias_value(setting));
    const bool minimum = report.verdict == Verdict::local_minimum;
    end.verdict = minimum ? EndVerdict::minimum : EndVerdict::undetermined;
    end.rule = minimum ? EndRule::kinked_minimum : EndRule::kinks_open;
    end.loss = report.loss;
    end.gradient_relative = found.gradient_relative;
    return end;
}

}  // namespace tepui
