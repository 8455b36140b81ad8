// w . x of one neuron, sample by sample.
#pragma once

#include <vector>

#include "network/data/dataset.hpp"

namespace tepui {

// use(weight of the sample, w . x) for all samples of some weight.
template <class Use>
void for_preactivations(const Dataset& data, const double* w, Use&& use) {
    std::vector<double> x(static_cast<std::size_t>(data.inputs()));
    for (Size k = 0; k < data.samples(); ++k) {
        if (!(data.weight(k) > 0.0)) continue;
        data.sample(k, x.data());
        double z = 0.0;
        for (std::size_t j = 0; j < x.size(); ++j) z += w[j] * x[j];
        use(data.weight(k), z);
    }
}

}  // namespace tepui
