// What tests of the reduction share.
#pragma once

#include <cmath>
#include <map>
#include <vector>

#include "network/derivatives/objective.hpp"
#include "splitting/reduction.hpp"
#include "support/reference.hpp"

namespace tepui::test {

inline const Execution kExecution{1};

inline std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

inline Dataset data_of(const Problem& problem) {
    return Dataset(problem.source(), true, false, LossScaling::sum);
}

inline std::map<NeuronRole, Size> role_counts(const Embedding& embedding) {
    std::map<NeuronRole, Size> counts;
    for (const NeuronPlace& place : embedding.places) ++counts[place.role];
    return counts;
}

inline double weighted_rms(const Dataset& data, const std::vector<double>& f, const std::vector<double>& g) {
    double sum = 0.0, weight = 0.0;
    for (Size k = 0; k < data.samples(); ++k) {
        sum += data.weight(k) * (f[at(k)] - g[at(k)]) * (f[at(k)] - g[at(k)]);
        weight += data.weight(k);
    }
    return std::sqrt(sum / weight);
}

inline std::vector<double> outputs_of(const Dataset& data, const Network& network) {
    std::vector<double> f(at(data.samples()));
    outputs(data, network, f.data(), nullptr, kExecution);
    return f;
}

}  // namespace tepui::test
