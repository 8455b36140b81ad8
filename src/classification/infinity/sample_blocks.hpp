// Blocks of samples as sums over a limit network want them: few parameters, every sample looked at one by
// one.
#pragma once

#include <algorithm>
#include <vector>

#include "classification/infinity/boundary_sums.hpp"
#include "core/compensated.hpp"

namespace tepui {

struct SampleBlock {
    Size first = 0, count = 0;
    std::vector<double> x;        // [count][inputs]
    std::vector<double> targets;  // [outputs][count]
    std::vector<double> weights;  // [count]
};

template <class Use>
void for_sample_blocks(const Dataset& data, Use&& use) {
    constexpr Size kBlock = 256;  // rows of 4096 bytes would share the ways of a cache
    const Size d = data.inputs(), targets = data.outputs();
    SampleBlock block;
    for (block.first = 0; block.first < data.samples(); block.first += kBlock) {
        block.count = std::min(kBlock, data.samples() - block.first);
        block.x.resize(std::size_t(block.count * d));
        block.targets.resize(std::size_t(block.count * targets));
        block.weights.resize(std::size_t(block.count));
        data.rows(block.first, block.count, block.x.data());
        for (Size k = 0; k < block.count; ++k) {
            block.weights[k] = data.weight(block.first + k);
            for (Size o = 0; o < targets; ++o)
                block.targets[o * block.count + k] = data.target(block.first + k, o);
        }
        use(const_cast<const SampleBlock&>(block));
    }
}

// f [outputs][count] and the sums of the absolute values of its terms.
void add_outputs(const BoundaryNetwork& network, const SampleBlock& block, const std::vector<UnitRows>& units,
                 double* f, double* absolute);

// What the loss makes of a block: rows as in LossRows.
struct LossBlock {
    std::vector<double> error, value, rounding, g, g_error, slope;
    LossBlock(const Dataset& data, const SampleBlock& block, Size outputs, const double* f,
              const double* absolute);
};

// The outputs of a network, gathered block by block.
class OutputsOfBlocks {
  public:
    OutputsOfBlocks(const Dataset& data, Size outputs);
    void add(const SampleBlock& block, const std::vector<double>& f, const LossBlock& of_loss);
    // Throws Error(numeric) where the loss overflows.
    BoundaryOutputs finish() &&;

  private:
    Size outputs_;
    BoundaryOutputs result_;
    CompensatedSum loss_, rounding_;
};

}  // namespace tepui
