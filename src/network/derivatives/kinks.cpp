#include "network/derivatives/kinks.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"
#include "network/derivatives/kink_sums.hpp"
#include "network/pass/pass.hpp"

namespace tepui {
namespace {

bool has_kink(const Network& network, Size neuron) {
    return network.activation_of(neuron).traits().smoothness == Smoothness::kink_at_zero;
}

// Samples and neurons whose |z| is at most reach . |x|, the reach of a weight being how far it may be off.
class KinkSearch final : public Accumulator {
  public:
    KinkSearch(const Network& network, const std::vector<double>& reach)
        : network_(network), reach_(reach), found_(sums_.reserve(1)) {}

    int derivative_order() const override { return 0; }
    Size parts() const override { return 1; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override {
        const Size d = network_.inputs, stride = block.stride, count = end - begin;
        kernels::absolute_rows(d, block.xt + begin, stride, count, absolute_xt_.data() + begin, stride);
        kernels::preactivations(reach_.data(), d, network_.width,
                                {absolute_xt_.data() + begin, stride, count, d}, bound_.data() + begin,
                                stride);
    }
    void add(const EvaluatedBlock& block, Size, Size) override {
        for (Size i = 0; i < network_.width; ++i) {
            if (!has_kink(network_, i)) continue;
            const double *z = block.z + i * block.stride, *bound = bound_.data() + i * block.stride;
            for (Size k = 0; k < block.count; ++k)
                if (!(std::abs(z[k]) > bound[k]) && block.weights[k] > 0.0 && moves(k, block.stride))
                    *sums_.at(found_) += 1.0;
        }
    }
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<KinkSearch>(network_, reach_);
    }

    bool found() const { return *sums_.at(found_) > 0.0; }

  protected:
    void begin(Size stride) override {
        absolute_xt_ = Buffer<double>(checked_product(network_.inputs, stride));
        bound_ = Buffer<double>(checked_product(network_.width, stride));
    }

  private:
    // With the weights, some z of the sample does.
    bool moves(Size k, Size stride) const {
        for (Size j = 0; j < network_.inputs; ++j)
            if (absolute_xt_[j * stride + k] > 0.0) return true;
        return false;
    }

    const Network& network_;
    const std::vector<double>& reach_;
    Size found_;
    Buffer<double> absolute_xt_, bound_;
};

}  // namespace

bool at_kink(const Dataset& data, const Network& network, const std::vector<double>& step,
             const Execution& execution) {
    constexpr double kOfTheStep = 2.0;
    bool any = false;
    for (Size i = 0; i < network.width; ++i) any = any || has_kink(network, i);
    if (!any) return false;
    const Size weights = network.width * network.inputs;
    std::vector<double> reach(static_cast<std::size_t>(weights));
    for (Size j = 0; j < weights; ++j) {
        reach[j] = default_kink_tolerance(network.inputs) * std::abs(network.parameters[j]);
        if (!step.empty()) reach[j] += kOfTheStep * std::abs(step[j]);
    }
    KinkSearch search(network, reach);
    run_pass(data, network, execution, search);
    return search.found();
}

}  // namespace tepui
