#include "certify/ball_network.hpp"

#include <algorithm>

#include "certify/ball_hessian.hpp"
#include "certify/ball_product.hpp"
#include "certify/mpfr_state.hpp"

namespace tepui::balls {
namespace {

constexpr Size kBlock = 256;  // samples at a time

std::vector<BallActivation> activations_of(const Network& network) {
    std::vector<BallActivation> result;
    if (network.unit_activations.empty()) result.emplace_back(network.activation.kind());
    for (const Activation& one : network.unit_activations) result.emplace_back(one.kind());
    return result;
}

}  // namespace

BallDerivatives::BallDerivatives(const Layout& layout)
    : gradient(static_cast<std::size_t>(layout.parameter_count())),
      hessian(layout.parameter_count(), layout.parameter_count()),
      slopes(static_cast<std::size_t>(layout.width), BallMatrix(layout.inputs, layout.output_count)) {}

BallBlock::BallBlock(const Layout& layout, Size first_, Size count_)
    : first(first_),
      count(count_),
      x(count_, layout.inputs),
      xt(layout.inputs, count_),
      z(layout.width, count_),
      value(layout.width, count_),
      slope(layout.width, count_),
      curvature(layout.width, count_),
      features(layout.features(), count_),
      pull(layout.output_count, count_),
      bend(triangle(layout.output_count), count_),
      loss(static_cast<std::size_t>(count_)) {}

BallSums::BallSums(const Layout& layout)
    : coefficients(layout.features(), layout.output_count),
      slopes(layout.width * layout.output_count, layout.inputs) {}

BallNetwork::BallNetwork(const Dataset& data, const Network& network, const Execution& execution)
    : data_(data),
      layout_(network),
      activations_(activations_of(network)),
      loss_(data.loss(), network.output_count),
      execution_(execution),
      scale_(1.0) {
    if (!data.decay().none()) {
        decay_.assign(static_cast<std::size_t>(network.parameter_count()), 0.0);
        data.decay().each(layout_, [&](Size p, double lambda) { decay_[p] = lambda; });
    }
    if (data.scaling() == LossScaling::sum) return;
    Ball sum;
    for (Size k = 0; k < data.samples(); ++k) sum += Ball(data.given_weight(k));
    scale_ = Ball(1.0) / sum;
}

void BallNetwork::evaluate_sample(const BallVector& theta, BallBlock& block, Size k) const {
    for (Size i = 0; i < layout_.width; ++i) {
        const BallJet jet = activation_of(i)(block.z(i, k));
        block.value(i, k) = block.features(i, k) = jet.value;
        block.slope(i, k) = jet.first;
        block.curvature(i, k) = jet.second;
    }
    Size beside = layout_.width;
    if (layout_.output_bias) block.features(beside++, k) = Ball(1.0);
    for (Size j = 0; layout_.skip && j < layout_.inputs; ++j) block.features(beside + j, k) = block.x(k, j);
    const auto outputs = static_cast<std::size_t>(layout_.output_count);
    BallVector f(outputs), pull(outputs), bend(static_cast<std::size_t>(triangle(layout_.output_count)));
    for (Size o = 0; o < layout_.output_count; ++o)
        for (Size q = 0; q < layout_.features(); ++q)
            f[o] += theta[layout_.coefficient(q, o)] * block.features(q, k);
    const Size sample = block.first + k;
    const Ball weight = Ball(data_.given_weight(sample)) * scale_;
    loss_.evaluate({f.data(), data_.targets() + sample * layout_.output_count, weight},
                   {block.loss[k], pull.data(), bend.data()});
    for (Size o = 0; o < block.pull.rows(); ++o) block.pull(o, k) = pull[o];
    for (Size pair = 0; pair < block.bend.rows(); ++pair) block.bend(pair, k) = bend[pair];
}

void BallNetwork::evaluate(const BallVector& theta, BallBlock& block) const {
    const Size inputs = layout_.inputs;
    std::vector<double> x(block.count * inputs);
    data_.rows(block.first, block.count, x.data());
    for (Size k = 0; k < block.count; ++k)
        for (Size j = 0; j < inputs; ++j) block.x(k, j) = block.xt(j, k) = Ball(x[k * inputs + j]);
    BallMatrix weights(layout_.width, inputs);
    for (Size i = 0; i < layout_.width; ++i)
        for (Size j = 0; j < inputs; ++j) weights(i, j) = theta[layout_.weight(i, j)];
    add_product(weights, block.x, block.z, Part::all, execution_.threads);
    for_each_task(execution_.threads, block.count, [&](Size k) { evaluate_sample(theta, block, k); });
}

void BallNetwork::add(const BallBlock& block, BallSums& sums) const {
    const Size outputs = layout_.output_count;
    for (const Ball& one : block.loss) sums.loss += one;
    add_product(block.features, block.pull, sums.coefficients, Part::all, execution_.threads);
    BallMatrix rows(layout_.width * outputs, block.count);
    for_each_task(execution_.threads, layout_.width, [&](Size i) {
        for (Size o = 0; o < outputs; ++o)
            for (Size k = 0; k < block.count; ++k)
                rows(i * outputs + o, k) = block.pull(o, k) * block.slope(i, k);
    });
    add_product(rows, block.xt, sums.slopes, Part::all, execution_.threads);
}

// The gradient: Psi_i a_i by w_i, and lambda theta beside the sums.
BallVector BallNetwork::finish(const BallVector& theta, const BallSums& sums) const {
    const Size outputs = layout_.output_count;
    BallVector result(theta.size());
    for (Size i = 0; i < layout_.width; ++i)
        for (Size j = 0; j < layout_.inputs; ++j)
            for (Size o = 0; o < outputs; ++o)
                result[layout_.weight(i, j)] +=
                    theta[layout_.coefficient(i, o)] * sums.slopes(i * outputs + o, j);
    for (Size q = 0; q < layout_.features(); ++q)
        for (Size o = 0; o < outputs; ++o) result[layout_.coefficient(q, o)] = sums.coefficients(q, o);
    for (std::size_t p = 0; p < decay_.size(); ++p)
        if (decay_[p] != 0.0) result[p] += Ball(decay_[p]) * theta[p];
    return result;
}

template <class Use>
void BallNetwork::pass(const char* phase, const BallVector& theta, Use&& use) const {
    const Size most = std::max<Size>(1, kBlock / layout_.output_count);
    for (Size first = 0; first < data_.samples(); first += most) {
        execution_.report_or_throw(phase, static_cast<double>(first) / static_cast<double>(data_.samples()));
        BallBlock block(layout_, first, std::min(most, data_.samples() - first));
        evaluate(theta, block);
        use(block);
    }
}

BallVector BallNetwork::gradient(const BallVector& theta) const {
    BallSums sums(layout_);
    pass("certificate: gradient", theta, [&](const BallBlock& block) { add(block, sums); });
    return finish(theta, sums);
}

BallDerivatives BallNetwork::derivatives(const BallVector& theta) const {
    BallSums sums(layout_);
    BallHessianSums second(layout_, execution_);
    pass("certificate: Hessian", theta, [&](const BallBlock& block) {
        add(block, sums);
        second.add(theta, block);
    });
    BallDerivatives result(layout_);
    result.loss = sums.loss;
    result.gradient = finish(theta, sums);
    second.finish(sums, result.hessian, result.inner);
    const Size outputs = layout_.output_count;
    for (Size i = 0; i < layout_.width; ++i)
        for (Size o = 0; o < outputs; ++o)
            for (Size j = 0; j < layout_.inputs; ++j)
                result.slopes[i](j, o) = sums.slopes(i * outputs + o, j);
    for (std::size_t p = 0; p < decay_.size(); ++p) {
        if (decay_[p] == 0.0) continue;
        const Ball lambda(decay_[p]);
        const auto place = static_cast<Size>(p);
        result.loss += scaled(lambda * squared(theta[p]), -1);
        result.hessian(place, place) += lambda;
    }
    return result;
}

}  // namespace tepui::balls
