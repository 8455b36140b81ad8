// A data set of samples in vectors, with biases: x [n][features], y [n][outputs], weights [n] or none.
#pragma once

#include <vector>

#include "network/data/dataset.hpp"

namespace tepui::test {

inline Dataset dataset_of(Size features, const std::vector<double>& x, Size outputs,
                          const std::vector<double>& y, const Loss& loss = squared_loss(),
                          const std::vector<double>& weights = {}) {
    DatasetSource source;
    source.samples = static_cast<Size>(x.size()) / features;
    source.features = source.ldx = features;
    source.x = x.data();
    source.targets = y.data();
    source.weights = weights.empty() ? nullptr : weights.data();
    source.outputs = outputs;
    source.loss = &loss;
    return Dataset(source, true, true, LossScaling::sum);
}

}  // namespace tepui::test
