#include "solve/ends/remaining_data.hpp"

#include <algorithm>

#include "classification/infinity/grouped_loss.hpp"
#include "solve/ends/own_limit.hpp"

namespace tepui {

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

Dataset data_of(const Dataset& data, const SampleInputs& inputs, const ClassesLeft& left, const Loss& loss) {
    Remaining remaining;
    for (Size o = 0; o < data.outputs(); ++o) remaining.classes.push_back(o);
    bool partly = false;
    for (Size k = 0; k < data.samples(); ++k) {
        if (!left.counts(k)) continue;
        remaining.samples.push_back(k);
        partly = partly || left.count(k) < left.classes;
    }
    Dataset rest = data_of(data, inputs, remaining);
    if (!partly) return rest;
    std::vector<double> targets;
    for (const Size k : remaining.samples)
        for (const Size o : remaining.classes)
            targets.push_back(left.at(k, o) ? data.target(k, o) : GroupedLoss::kOfAnotherGroup);
    rest.set_targets(data.outputs(), targets.data(), loss);
    return rest;
}

bool lift(const SampleInputs& inputs, const Remaining& remaining, Size outputs, EndReport& end) {
    const BoundaryNetwork narrow = std::move(end.limit);
    BoundaryNetwork wide = narrow;
    wide.output_count = outputs;
    for (BoundaryUnit& unit : wide.units) {
        for (Size& k : unit.kept) k = remaining.samples[k];
        if (unit.kind != UnitKind::saturated) continue;
        const std::vector<double> z = inputs.preactivations(unit.direction.data());
        std::vector<signed char> side(z.size());
        for (std::size_t k = 0; k < z.size(); ++k) side[k] = z[k] > 0.0 ? 1 : z[k] < 0.0 ? -1 : 0;
        for (std::size_t k = 0; k < unit.side.size(); ++k) side[remaining.samples[k]] = unit.side[k];
        if (std::count(side.begin(), side.end(), 0) > std::ptrdiff_t(unit.kept.size())) return false;
        unit.side = std::move(side);
    }
    wide.parameters.assign(std::size_t(wide.parameter_count()), 0.0);
    for (Size u = 0; u < Size(wide.units.size()); ++u) {
        const UnitShape& shape = shape_of(wide.units[u].kind);
        for (Size p = 0; p < shape.forms; ++p)
            std::copy_n(narrow.parameters.begin() + narrow.form_at(u, p), narrow.form_size(u, p),
                        wide.parameters.begin() + wide.form_at(u, p));
        for (Size q = 0; q < shape.coefficients; ++q)
            for (Size o = 0; o < narrow.output_count; ++o)
                wide.coefficient(u, q, remaining.classes[o]) = narrow.coefficient(u, q, o);
    }
    for (Size o = 0; wide.output_bias && o < narrow.output_count; ++o)
        wide.parameters[wide.rest_at() + remaining.classes[o]] = narrow.parameters[narrow.rest_at() + o];
    for (Size o = 0; wide.skip && o < narrow.output_count; ++o)
        std::copy_n(narrow.parameters.begin() + narrow.skip_at() + o * narrow.inputs, narrow.inputs,
                    wide.parameters.begin() + wide.skip_at() + remaining.classes[o] * wide.inputs);
    end.limit = std::move(wide);
    for (Across& across : end.across)
        if (across.sample >= 0) across.sample = remaining.samples[across.sample];
    for (Size& k : end.fitted) k = remaining.samples[k];
    return true;
}

std::optional<EndReport> end_of_remaining(const SolveSetting& setting, const StartReport& found) {
    std::optional<EndReport> end;
    if (found.outcome == StartOutcome::at_infinity) {
        end = *found.end;
    } else if (found.outcome == StartOutcome::converged) {
        end = found.point.activation.piecewise_linear()
                  ? kinked_end(setting, found)
                  : classify_end(*setting.data, own_limit(setting, found.point), setting.options->tolerances,
                                 setting.execution);
    } else {
        return std::nullopt;
    }
    if (end->verdict == EndVerdict::saddle) {
        end->verdict = EndVerdict::undetermined;
        end->rule = EndRule::not_measured;
    }
    end->way.reset();
    return end;
}

}  // namespace tepui
