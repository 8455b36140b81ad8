#include "network/derivatives/outputs.hpp"

#include <algorithm>

#include "network/derivatives/objective.hpp"

namespace tepui {

void OutputCollector::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stop = std::clamp(block.count, begin, end), outputs = block.network->output_count;
    for (Size o = 0; o < outputs; ++o) {
        const double* f = block.f + o * block.stride;
        const double* y = block.targets + o * block.stride;
        for (Size k = begin; k < stop; ++k) {
            const Size at = (block.first + k) * outputs + o;
            if (f_ != nullptr) f_[at] = f[k];
            if (residuals_ != nullptr) residuals_[at] = f[k] - y[k];
        }
    }
}

void outputs(const Dataset& data, const Network& network, double* f, double* residuals,
             const Execution& execution) {
    OutputCollector collector(f, residuals);
    run_pass(data, network, execution, collector);
}

}  // namespace tepui
