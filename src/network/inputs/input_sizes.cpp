#include "network/inputs/input_sizes.hpp"

#include <cmath>

#include "kernels/sample_rows.hpp"
#include "network/pass/pass.hpp"

namespace tepui {
namespace {

class SquareSum final : public Accumulator {
  public:
    explicit SquareSum(Size inputs) : inputs_(inputs), squares_(sums_.reserve(inputs)) {}

    int derivative_order() const override { return 0; }
    Size parts() const override { return inputs_; }
    void add(const EvaluatedBlock& block, Size begin, Size end) override {
        for (Size j = begin; j < end; ++j) {
            const double* x = block.xt + j * block.stride;
            double sum = 0.0;
            for (Size k = 0; k < block.padded; ++k) sum += block.weights[k] * x[k] * x[k];
            sums_.at(squares_)[j] += sum;
        }
    }
    double products_per_sample() const override { return static_cast<double>(inputs_); }
    std::unique_ptr<Accumulator> sibling() const override { return std::make_unique<SquareSum>(inputs_); }

    double finish(Size j) const { return sums_.at(squares_)[j]; }

  private:
    Size inputs_, squares_;
};

}  // namespace

std::vector<double> input_sizes(const Dataset& data, const Execution& execution) {
    SquareSum sum(data.inputs());
    run_pass(data, no_network(data), execution, sum);
    std::vector<double> sizes;
    for (Size j = 0; j < data.inputs(); ++j)
        sizes.push_back(std::sqrt(sum.finish(j) / (data.weight_sum() * data.scale())));
    return sizes;
}

}  // namespace tepui
