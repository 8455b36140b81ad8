#include "classification/escape/locally_constant.hpp"

#include <cmath>

#include "core/rounding.hpp"
#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"
#include "network/pass/pass.hpp"

namespace tepui {
namespace {

// For each neuron how many samples are not clearly below 0.
class TouchedSum final : public Accumulator {
  public:
    explicit TouchedSum(const Network& network)
        : network_(network),
          absolute_weights_(network.parameters.begin(),
                            network.parameters.begin() + network.width * network.inputs),
          touched_(sums_.reserve(network.width)) {
        for (double& w : absolute_weights_) w = std::abs(w);
    }

    int derivative_order() const override { return 0; }
    Size parts() const override { return network_.width; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override {
        const Size m = network_.width, d = network_.inputs, stride = block.stride;
        kernels::absolute_rows(d, block.xt + begin, stride, end - begin, absolute_xt_.data() + begin, stride);
        kernels::preactivations(absolute_weights_.data(), d, m,
                                {absolute_xt_.data() + begin, stride, end - begin, d}, bound_.data() + begin,
                                stride);
    }
    void add(const EvaluatedBlock& block, Size begin, Size end) override {
        const double factor = 2.0 * static_cast<double>(network_.inputs + 1) * kEps;
        for (Size i = begin; i < end; ++i) {
            const double *z = block.z + i * block.stride, *bound = bound_.data() + i * block.stride;
            for (Size k = 0; k < block.count; ++k)
                sums_.at(touched_)[i] += block.weights[k] > 0.0 && !(z[k] < -factor * bound[k]) ? 1.0 : 0.0;
        }
    }
    std::unique_ptr<Accumulator> sibling() const override { return std::make_unique<TouchedSum>(network_); }

    bool touched(Size i) const { return sums_.at(touched_)[i] > 0.0; }

  protected:
    void begin(Size stride) override {
        absolute_xt_ = Buffer<double>(checked_product(network_.inputs, stride));
        bound_ = Buffer<double>(checked_product(network_.width, stride));
    }

  private:
    const Network& network_;
    std::vector<double> absolute_weights_;
    Size touched_;
    Buffer<double> absolute_xt_, bound_;
};

}  // namespace

std::vector<bool> locally_constant_neurons(const Dataset& data, const Network& network,
                                           const Execution& execution) {
    std::vector<bool> constant(network.width, false);
    if (!network.activation.traits().flat_on_negatives || network.width == 0) return constant;
    TouchedSum sum(network);
    run_pass(data, network, execution, sum);
    for (Size i = 0; i < network.width; ++i) constant[i] = !sum.touched(i);
    return constant;
}

double flat_value(const Activation& activation) {
    if (!activation.traits().flat_on_negatives) return 0.0;
    const double z = -1.0;
    double value = 0.0;
    activation.evaluate(1, &z, {&value});
    return value;
}

}  // namespace tepui
