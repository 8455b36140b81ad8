// A data set of samples in vectors, with biases unless said otherwise: x [n][features], y [n][outputs],
// weights [n] or none; and layouts for it.
#pragma once

#include <vector>

#include "network/data/dataset.hpp"
#include "network/model/layout.hpp"

namespace tepui::test {

inline Dataset dataset_of(Size features, const std::vector<double>& x, Size outputs,
                          const std::vector<double>& y, const Loss& loss = squared_loss(),
                          const std::vector<double>& weights = {}, bool bias = true) {
    DatasetSource source;
    source.samples = static_cast<Size>(x.size()) / features;
    source.features = source.ldx = features;
    source.x = x.data();
    source.targets = y.data();
    source.weights = weights.empty() ? nullptr : weights.data();
    source.outputs = outputs;
    source.loss = &loss;
    return Dataset(source, true, bias, LossScaling::sum);
}

inline Layout layout_for(const Dataset& data, Size width, bool output_bias, bool skip) {
    Layout layout;
    layout.width = width;
    layout.inputs = data.inputs();
    layout.output_count = data.outputs();
    layout.output_bias = output_bias;
    layout.skip = skip;
    return layout;
}

}  // namespace tepui::test
