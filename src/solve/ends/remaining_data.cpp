#include "solve/ends/remaining_data.hpp"

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

}  // namespace tepui
