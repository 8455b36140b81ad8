#include "network/outputs.hpp"

#include <algorithm>

#include "network/objective.hpp"

namespace tepui {

void OutputCollector::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size count = std::clamp(block.count, begin, end) - begin;
    if (f_ != nullptr) std::copy_n(block.f + begin, count, f_ + block.first + begin);
    if (residuals_ != nullptr) std::copy_n(block.residuals + begin, count, residuals_ + block.first + begin);
}

void outputs(const Dataset& data, const Network& network, double* f, double* residuals,
             const Execution& execution) {
    OutputCollector collector(f, residuals);
    Accumulator* const accumulators[] = {&collector};
    run_pass(data, network, accumulators, execution);
}

}  // namespace tepui
