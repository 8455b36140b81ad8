#include "certify/ball_network.hpp"

#include <algorithm>

#include "core/parallel.hpp"

namespace tepui::balls {
namespace {

constexpr Size kBlock = 256;  // samples at a time
constexpr Size kPanel = 96;   // rows of the Hessian that one task adds to

// a [rows] x b [.. cols], the leading parts of both, added to c from row `row`.
void add_product(const BallMatrix& a, const BallMatrix& b, Size row, Size rows, Size cols, BallMatrix& c,
                 Bits precision) {
    arb_mat_t left, right, target;
    arb_mat_window_init(left, a, row, 0, row + rows, a.cols());
    arb_mat_window_init(right, b, 0, 0, b.rows(), cols);
    arb_mat_window_init(target, c, row, 0, row + rows, cols);
    BallMatrix product(rows, cols);
    arb_mat_mul(product, left, right, precision);
    arb_mat_add(target, target, product, precision);
    arb_mat_window_clear(left);
    arb_mat_window_clear(right);
    arb_mat_window_clear(target);
}

void mirror_lower(BallMatrix& a) {
    for (Size i = 0; i < a.rows(); ++i)
        for (Size j = 0; j < i; ++j) arb_set(a(j, i), a(i, j));
}

}  // namespace

BallDerivatives::BallDerivatives(Size width, Size inputs)
    : gradient(width * (inputs + 1)), hessian(width * (inputs + 1), width * (inputs + 1)) {
    for (Size i = 0; i < width; ++i) inner.emplace_back(inputs, inputs);
}

// Samples first .. first + count - 1, everything evaluated: [sample][input] or [neuron][sample].
struct BallNetwork::Block {
    Block(Size width, Size inputs, Size first_, Size count_, bool curved_)
        : first(first_),
          count(count_),
          curved(curved_),
          x(count_ * inputs),
          value(width * count_),
          slope(width * count_),
          curvature(curved_ ? width * count_ : 0),
          weight(count_),
          residual(count_),
          weighted(count_) {}
    Size first, count;
    bool curved;
    BallVector x, value, slope, curvature;
    BallVector weight, residual, weighted;  // s, r, s r
};

BallNetwork::BallNetwork(const Dataset& data, const Network& network, const Execution& execution,
                         Bits precision)
    : data_(data),
      width_(network.width),
      inputs_(network.inputs),
      parameters_(network.parameter_count()),
      activation_(network.activation.kind(), precision),
      execution_(execution),
      precision_(precision),
      scale_(1.0) {
    if (data.scaling() == LossScaling::sum) return;
    Ball sum, weight;
    for (Size k = 0; k < data.samples(); ++k) {
        arb_set_d(weight, data.given_weight(k));
        arb_add(sum, sum, weight, precision);
    }
    arb_inv(scale_, sum, precision);
}

void BallNetwork::evaluate_sample(const BallVector& theta, Block& block, Size k) const {
    Ball z;
    arb_ptr residual = block.residual[k];
    arb_set_d(residual, -data_.target(block.first + k));
    for (Size i = 0; i < width_; ++i) {
        const Size at = i * block.count + k;
        arb_dot(z, nullptr, 0, theta[i * inputs_], 1, block.x[k * inputs_], 1, inputs_, precision_);
        activation_.evaluate(z, block.value[at], block.slope[at],
                             block.curved ? block.curvature[at] : nullptr);
        arb_addmul(residual, theta[width_ * inputs_ + i], block.value[at], precision_);
    }
    arb_set_d(block.weight[k], data_.given_weight(block.first + k));
    arb_mul(block.weight[k], block.weight[k], scale_, precision_);
    arb_mul(block.weighted[k], block.weight[k], residual, precision_);
}

void BallNetwork::evaluate(const BallVector& theta, Block& block) const {
    std::vector<double> x(static_cast<std::size_t>(block.count * inputs_));
    data_.rows(block.first, block.count, x.data());
    for (Size e = 0; e < block.count * inputs_; ++e) arb_set_d(block.x[e], x[static_cast<std::size_t>(e)]);
    parallel_for(execution_.threads, block.count, [&](Size k, Size) { evaluate_sample(theta, block, k); });
}

void BallNetwork::add_slopes(const Block& block, BallVector& psi, BallVector& slopes) const {
    parallel_for(execution_.threads, width_, [&](Size i, Size) {
        const Size at = i * block.count;
        arb_dot(psi[i], psi[i], 0, block.weighted[0], 1, block.value[at], 1, block.count, precision_);
        BallVector row(block.count);
        for (Size k = 0; k < block.count; ++k)
            arb_mul(row[k], block.weighted[k], block.slope[at + k], precision_);
        for (Size j = 0; j < inputs_; ++j) {
            arb_ptr sum = slopes[i * inputs_ + j];
            arb_dot(sum, sum, 0, row[0], 1, block.x[j], inputs_, block.count, precision_);
        }
    });
}

// J^T S J, J_k = (a_i u'_ik x_k ..., u_ik ...), lower panels.
void BallNetwork::add_gauss_newton(const BallVector& theta, const Block& block, BallMatrix& hessian) const {
    BallMatrix left(parameters_, block.count), right(block.count, parameters_);
    parallel_for(execution_.threads, width_, [&](Size i, Size) {
        Ball slope;
        const Size output = width_ * inputs_ + i;
        for (Size k = 0; k < block.count; ++k) {
            arb_mul(slope, theta[output], block.slope[i * block.count + k], precision_);
            for (Size j = 0; j < inputs_; ++j) {
                const Size p = i * inputs_ + j;
                arb_mul(left(p, k), slope, block.x[k * inputs_ + j], precision_);
                arb_mul(right(k, p), left(p, k), block.weight[k], precision_);
            }
            arb_set(left(output, k), block.value[i * block.count + k]);
            arb_mul(right(k, output), left(output, k), block.weight[k], precision_);
        }
    });
    const Size panels = (parameters_ + kPanel - 1) / kPanel;
    parallel_for(execution_.threads, panels, [&](Size panel, Size) {
        const Size row = (panels - 1 - panel) * kPanel;  // the longest first
        const Size rows = std::min(kPanel, parameters_ - row);
        add_product(left, right, row, rows, row + rows, hessian, precision_);
    });
}

// H_i = a_i sum s r u''_i x x^T, without the factor a_i.
void BallNetwork::add_inner(const BallVector&, const Block& block, std::vector<BallMatrix>& inner) const {
    BallMatrix x(block.count, inputs_);
    for (Size k = 0; k < block.count; ++k)
        for (Size j = 0; j < inputs_; ++j) arb_set(x(k, j), block.x[k * inputs_ + j]);
    parallel_for(execution_.threads, width_, [&](Size i, Size) {
        BallMatrix rows(inputs_, block.count);
        Ball c;
        for (Size k = 0; k < block.count; ++k) {
            arb_mul(c, block.weighted[k], block.curvature[i * block.count + k], precision_);
            for (Size j = 0; j < inputs_; ++j) arb_mul(rows(j, k), c, x(k, j), precision_);
        }
        add_product(rows, x, 0, inputs_, inputs_, inner[static_cast<std::size_t>(i)], precision_);
    });
}

BallVector BallNetwork::gradient(const BallVector& theta) const {
    BallVector psi(width_), slopes(width_ * inputs_), result(parameters_);
    for (Size first = 0; first < data_.samples(); first += kBlock) {
        execution_.report_or_throw("certificate: gradient",
                                   static_cast<double>(first) / static_cast<double>(data_.samples()));
        Block block(width_, inputs_, first, std::min(kBlock, data_.samples() - first), false);
        evaluate(theta, block);
        add_slopes(block, psi, slopes);
    }
    for (Size i = 0; i < width_; ++i) {
        arb_set(result[width_ * inputs_ + i], psi[i]);
        for (Size p = i * inputs_; p < (i + 1) * inputs_; ++p)
            arb_mul(result[p], theta[width_ * inputs_ + i], slopes[p], precision_);
    }
    return result;
}

BallDerivatives BallNetwork::derivatives(const BallVector& theta) const {
    BallDerivatives result(width_, inputs_);
    BallVector psi(width_), slopes(width_ * inputs_);
    for (Size first = 0; first < data_.samples(); first += kBlock) {
        execution_.report_or_throw("certificate: Hessian",
                                   static_cast<double>(first) / static_cast<double>(data_.samples()));
        Block block(width_, inputs_, first, std::min(kBlock, data_.samples() - first), true);
        evaluate(theta, block);
        arb_dot(result.loss, result.loss, 0, block.weighted[0], 1, block.residual[0], 1, block.count,
                precision_);
        add_slopes(block, psi, slopes);
        add_gauss_newton(theta, block, result.hessian);
        add_inner(theta, block, result.inner);
    }
    arb_mul_2exp_si(result.loss, result.loss, -1);
    mirror_lower(result.hessian);
    for (Size i = 0; i < width_; ++i) {
        const Size output = width_ * inputs_ + i;
        BallMatrix& inner = result.inner[static_cast<std::size_t>(i)];
        arb_mat_scalar_mul_arb(inner, inner, theta[output], precision_);
        arb_set(result.gradient[output], psi[i]);
        for (Size j = 0; j < inputs_; ++j) {
            const Size p = i * inputs_ + j;
            arb_mul(result.gradient[p], theta[output], slopes[p], precision_);
            arb_add(result.hessian(output, p), result.hessian(output, p), slopes[p], precision_);
            arb_set(result.hessian(p, output), result.hessian(output, p));
            for (Size h = 0; h < inputs_; ++h) {
                const Size q = i * inputs_ + h;
                arb_add(result.hessian(p, q), result.hessian(p, q), inner(j, h), precision_);
            }
        }
    }
    return result;
}

}  // namespace tepui::balls
