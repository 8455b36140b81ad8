#include "network/derivatives/outputs.hpp"

#include <algorithm>

#include "network/derivatives/objective.hpp"

namespace tepui {

void OutputCollector::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stop = std::clamp(block.count, begin, end), outputs = block.network->output_count;
    const auto copy = [&](double* to, auto&& value) {
        for (Size o = 0; to != nullptr && o < outputs; ++o)
            for (Size k = begin; k < stop; ++k)
                to[(block.first + k) * outputs + o] = value(o * block.stride + k);
    };
    const auto from = [](const double* rows) { return [rows](Size at) { return rows[at]; }; };
    copy(to_.f, from(block.f));
    copy(to_.f_error, from(block.f_error));
    copy(to_.residuals, [&](Size at) { return block.f[at] - block.targets[at]; });
    copy(to_.g, from(block.g));
    copy(to_.g_error, from(block.g_error));
}

std::vector<Accumulator::SampleArray> OutputCollector::sample_arrays(const Network& network) const {
    std::vector<SampleArray> arrays;
    for (double* array : {to_.f, to_.f_error, to_.residuals, to_.g, to_.g_error}) {
        if (array != nullptr) arrays.push_back({array, network.output_count});
    }
    return arrays;
}

void outputs(const Dataset& data, const Network& network, double* f, double* residuals,
             const Execution& execution) {
    OutputCollector collector({.f = f, .residuals = residuals});
    run_pass(data, network, execution, collector);
}

}  // namespace tepui
