#include "network/derivatives/outputs.hpp"

#include <algorithm>

#include "network/derivatives/objective.hpp"

namespace tepui {

void OutputCollector::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size count = std::clamp(block.count, begin, end) - begin;
    if (f_ != nullptr) std::copy_n(block.f + begin, count, f_ + block.first + begin);
    for (Size k = begin; residuals_ != nullptr && k < begin + count; ++k)
        residuals_[block.first + k] = block.f[k] - block.targets[k];
}

void outputs(const Dataset& data, const Network& network, double* f, double* residuals,
             const Execution& execution) {
    OutputCollector collector(f, residuals);
    run_pass(data, network, execution, collector);
}

}  // namespace tepui
