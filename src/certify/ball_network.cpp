#include "certify/ball_network.hpp"

#include <algorithm>

#include "certify/ball_product.hpp"
#include "certify/mpfr_state.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui::balls {
namespace {

constexpr Size kBlock = 256;  // samples at a time
}  // namespace

BallDerivatives::BallDerivatives(const Layout& layout)
    : gradient(static_cast<std::size_t>(layout.parameter_count())),
      hessian(layout.parameter_count(), layout.parameter_count()),
      inner(static_cast<std::size_t>(layout.width), BallMatrix(layout.inputs, layout.inputs)) {}

// Samples first .. first + count - 1, everything evaluated.
struct BallNetwork::Block {
    Block(Size width, Size inputs, Size first_, Size count_)
        : first(first_),
          count(count_),
          x(count_, inputs),
          xt(inputs, count_),
          z(width, count_),
          value(width, count_),
          slope(width, count_),
          curvature(width, count_),
          residual(1, count_),
          weighted(1, count_),
          weight(static_cast<std::size_t>(count_)) {}
    Size first, count;
    BallMatrix x, xt;                       // [sample][input] and its transpose
    BallMatrix z, value, slope, curvature;  // [neuron][sample]
    BallMatrix residual, weighted;          // r, s r
    BallVector weight;                      // s
};

BallNetwork::BallNetwork(const Dataset& data, const Network& network, const Execution& execution)
    : data_(data),
      layout_(network),
      width_(network.width),
      inputs_(network.inputs),
      parameters_(network.parameter_count()),
      activation_(network.activation.kind()),
      execution_(execution),
      scale_(1.0) {
    if (data.scaling() == LossScaling::sum) return;
    Ball sum;
    for (Size k = 0; k < data.samples(); ++k) sum += Ball(data.given_weight(k));
    scale_ = Ball(1.0) / sum;
}

void BallNetwork::evaluate_sample(const BallVector& theta, Block& block, Size k) const {
    Ball& residual = block.residual(0, k);
    residual = Ball(-data_.target(block.first + k));
    for (Size i = 0; i < width_; ++i) {
        const BallJet jet = activation_(block.z(i, k));
        block.value(i, k) = jet.value;
        block.slope(i, k) = jet.first;
        block.curvature(i, k) = jet.second;
        residual += theta[width_ * inputs_ + i] * jet.value;
    }
    Size beside = neuron_parameters(layout_);
    if (layout_.output_bias) residual += theta[beside++];
    for (Size j = 0; layout_.skip && j < inputs_; ++j) residual += theta[beside + j] * block.x(k, j);
    block.weight[k] = Ball(data_.given_weight(block.first + k)) * scale_;
    block.weighted(0, k) = block.weight[k] * residual;
}

void BallNetwork::evaluate(const BallVector& theta, Block& block) const {
    std::vector<double> x(block.count * inputs_);
    data_.rows(block.first, block.count, x.data());
    for (Size k = 0; k < block.count; ++k)
        for (Size j = 0; j < inputs_; ++j) block.x(k, j) = block.xt(j, k) = Ball(x[k * inputs_ + j]);
    BallMatrix weights(width_, inputs_);
    for (Size i = 0; i < width_; ++i)
        for (Size j = 0; j < inputs_; ++j) weights(i, j) = theta[i * inputs_ + j];
    add_product(weights, block.x, block.z, Part::all, execution_.threads);
    for_each_task(execution_.threads, block.count, [&](Size k) { evaluate_sample(theta, block, k); });
}

void BallNetwork::add_slopes(const Block& block, BallMatrix& psi, BallMatrix& slopes) const {
    add_product(block.value, block.weighted, psi, Part::all, execution_.threads);
    BallMatrix rows(width_, block.count);
    for_each_task(execution_.threads, width_, [&](Size i) {
        for (Size k = 0; k < block.count; ++k) rows(i, k) = block.weighted(0, k) * block.slope(i, k);
    });
    add_product(rows, block.xt, slopes, Part::all, execution_.threads);
}

void BallNetwork::add_beside(const Block& block, BallVector& gradient) const {
    Size beside = neuron_parameters(layout_);
    for (Size k = 0; layout_.output_bias && k < block.count; ++k) gradient[beside] += block.weighted(0, k);
    if (layout_.output_bias) ++beside;
    for (Size j = 0; layout_.skip && j < inputs_; ++j)
        for (Size k = 0; k < block.count; ++k) gradient[beside + j] += block.weighted(0, k) * block.x(k, j);
}

// J^T S J, J_k = (a_i u'_ik x_k ..., u_ik ...), on and below the diagonal.
void BallNetwork::add_gauss_newton(const BallVector& theta, const Block& block, BallMatrix& hessian) const {
    BallMatrix left(parameters_, block.count), right(parameters_, block.count);
    for_each_task(execution_.threads, width_, [&](Size i) {
        const Size output = width_ * inputs_ + i;
        for (Size k = 0; k < block.count; ++k) {
            const Ball slope = theta[output] * block.slope(i, k);
            for (Size j = 0; j < inputs_; ++j) {
                const Size p = i * inputs_ + j;
                left(p, k) = slope * block.xt(j, k);
                right(p, k) = left(p, k) * block.weight[k];
            }
            left(output, k) = block.value(i, k);
            right(output, k) = left(output, k) * block.weight[k];
        }
    });
    const Size beside = neuron_parameters(layout_), skip = beside + (layout_.output_bias ? 1 : 0);
    for (Size p = beside; p < parameters_; ++p) {
        for (Size k = 0; k < block.count; ++k) {
            left(p, k) = p < skip ? Ball(1.0) : block.x(k, p - skip);
            right(p, k) = left(p, k) * block.weight[k];
        }
    }
    add_product(left, right, hessian, Part::lower, execution_.threads);
}

// H_i = a_i sum s r u''_i x x^T, without the factor a_i.
void BallNetwork::add_inner(const Block& block, std::vector<BallMatrix>& inner) const {
    for_each_task(execution_.threads, width_, [&](Size i) {
        BallMatrix rows(inputs_, block.count);
        for (Size k = 0; k < block.count; ++k) {
            const Ball c = block.weighted(0, k) * block.curvature(i, k);
            for (Size j = 0; j < inputs_; ++j) rows(j, k) = c * block.xt(j, k);
        }
        add_product(rows, block.xt, inner[i], Part::lower, 1);
    });
}

BallVector BallNetwork::gradient(const BallVector& theta) const {
    BallMatrix psi(width_, 1), slopes(width_, inputs_);
    BallVector result(theta.size());
    for (Size first = 0; first < data_.samples(); first += kBlock) {
        execution_.report_or_throw("certificate: gradient",
                                   static_cast<double>(first) / static_cast<double>(data_.samples()));
        Block block(width_, inputs_, first, std::min(kBlock, data_.samples() - first));
        evaluate(theta, block);
        add_slopes(block, psi, slopes);
        add_beside(block, result);
    }
    for (Size i = 0; i < width_; ++i) {
        const Size output = width_ * inputs_ + i;
        result[output] = psi(i, 0);
        for (Size j = 0; j < inputs_; ++j) result[i * inputs_ + j] = theta[output] * slopes(i, j);
    }
    return result;
}

BallDerivatives BallNetwork::derivatives(const BallVector& theta) const {
    BallDerivatives result(layout_);
    BallMatrix psi(width_, 1), slopes(width_, inputs_);
    for (Size first = 0; first < data_.samples(); first += kBlock) {
        execution_.report_or_throw("certificate: Hessian",
                                   static_cast<double>(first) / static_cast<double>(data_.samples()));
        Block block(width_, inputs_, first, std::min(kBlock, data_.samples() - first));
        evaluate(theta, block);
        for (Size k = 0; k < block.count; ++k) result.loss += block.weighted(0, k) * block.residual(0, k);
        add_slopes(block, psi, slopes);
        add_beside(block, result.gradient);
        add_gauss_newton(theta, block, result.hessian);
        add_inner(block, result.inner);
    }
    result.loss = scaled(result.loss, -1);
    mirror_lower(result.hessian);
    for (Size i = 0; i < width_; ++i) {
        const Size output = width_ * inputs_ + i;
        BallMatrix& inner = result.inner[i];
        mirror_lower(inner);
        result.gradient[output] = psi(i, 0);
        for (Size j = 0; j < inputs_; ++j) {
            const Size p = i * inputs_ + j;
            result.gradient[p] = theta[output] * slopes(i, j);
            result.hessian(output, p) += slopes(i, j);
            result.hessian(p, output) = result.hessian(output, p);
            for (Size h = 0; h < inputs_; ++h) {
                inner(j, h) = inner(j, h) * theta[output];
                result.hessian(p, i * inputs_ + h) += inner(j, h);
            }
        }
    }
    return result;
}

}  // namespace tepui::balls
