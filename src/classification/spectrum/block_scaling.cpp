#include "classification/spectrum/block_scaling.hpp"

#include <algorithm>
#include <cmath>

#include "core/parallel.hpp"

namespace tepui {
namespace {

// Added to the unit diagonal of each block: directions that the Gauss-Newton part hardly sees are not blown
// up.
constexpr double kShift = 1e-5;

// L of the lower triangle in place, row by row.
void cholesky(double* a, Size n) {
    for (Size i = 0; i < n; ++i) {
        for (Size j = 0; j <= i; ++j) {
            double left = a[i * n + j];
            for (Size k = 0; k < j; ++k) left -= a[i * n + k] * a[j * n + k];
            // A pivot never falls below the shift but by rounding.
            a[i * n + j] = j < i ? left / a[j * n + j] : std::sqrt(std::max(left, 0.5 * kShift));
        }
    }
}

}  // namespace

BlockScaling::BlockScaling(HessianBlocks blocks, const Network& network, int threads)
    : blocks_(std::move(blocks)), scale_(blocks_.magnitude.size()), threads_(threads) {
    parallel_for(threads_, network.width, [&](Size i, Size) { factor(i, network); });
    for (std::size_t p = first_beside(); p < scale_.size(); ++p) {
        const double diagonal = blocks_.magnitude[p];
        scale_[p] = diagonal > 0.0 ? 1.0 / std::sqrt(diagonal) : 0.0;
    }
    for (const double s : scale_) idle_ += s == 0.0 ? 1 : 0;
}

// Where the Gauss-Newton diagonal is much smaller than the terms that rounding goes by, a little of these is
// added. The weights of a neuron without output have no terms, but their rows are not zero; nor, with several
// outputs, are those that Psi_i couples.
void BlockScaling::factor(Size i, const Network& network) {
    const Size order = blocks_.order();
    double* block = blocks_.block(i);
    std::vector<double> scale(order);
    for (Size j = 0; j < order; ++j) {
        const Size p = blocks_.parameter(i, j);
        const double terms = blocks_.magnitude[p];
        const double diagonal = block[j * order + j] + kShift * terms;
        const bool idle =
            !(terms > 0.0) && network.output_count == 1 && (j == network.inputs || network.output(i) != 0.0);
        scale[j] = idle ? 0.0 : diagonal > 0.0 ? 1.0 / std::sqrt(diagonal) : 1.0;
        scale_[p] = scale[j];
    }
    for (Size j = 0; j < order; ++j) {
        for (Size l = 0; l <= j; ++l) block[j * order + l] *= scale[j] * scale[l];
        block[j * order + j] = scale[j] > 0.0 ? std::max(block[j * order + j], kShift) + kShift : 1.0;
    }
    cholesky(block, order);
}

void BlockScaling::to_parameters(std::span<const double> q, std::span<double> v) const {
    const Size order = blocks_.order();
    parallel_for(worthwhile_threads(static_cast<double>(blocks_.layout.width * order * order), threads_),
                 blocks_.layout.width, [&](Size i, Size) {
                     std::vector<double> x(order);
                     for (Size j = 0; j < order; ++j) x[j] = q[blocks_.parameter(i, j)];
                     const double* l = blocks_.block(i);
                     for (Size j = order - 1; j >= 0; --j) {
                         x[j] /= l[j * order + j];
                         for (Size k = 0; k < j; ++k) x[k] -= l[j * order + k] * x[j];
                     }
                     for (Size j = 0; j < order; ++j)
                         v[blocks_.parameter(i, j)] = scale_[blocks_.parameter(i, j)] * x[j];
                 });
    beside(q, v);
}

void BlockScaling::from_parameters(std::span<const double> g, std::span<double> q) const {
    const Size order = blocks_.order();
    parallel_for(worthwhile_threads(static_cast<double>(blocks_.layout.width * order * order), threads_),
                 blocks_.layout.width, [&](Size i, Size) {
                     std::vector<double> y(order);
                     const double* l = blocks_.block(i);
                     for (Size j = 0; j < order; ++j) {
                         double left = scale_[blocks_.parameter(i, j)] * g[blocks_.parameter(i, j)];
                         for (Size k = 0; k < j; ++k) left -= l[j * order + k] * y[k];
                         y[j] = left / l[j * order + j];
                     }
                     for (Size j = 0; j < order; ++j) q[blocks_.parameter(i, j)] = y[j];
                 });
    beside(g, q);
}

void BlockScaling::beside(std::span<const double> from, std::span<double> to) const {
    for (std::size_t p = first_beside(); p < scale_.size(); ++p) to[p] = scale_[p] * from[p];
}

void BlockScaling::drop_idle(std::span<double> q) const {
    for (std::size_t j = 0; j < scale_.size(); ++j) {
        if (scale_[j] == 0.0) q[j] = 0.0;
    }
}

// C_i^-1 = L^T S^-1.
Motion BlockScaling::coordinates(const Motion& motion) const {
    Motion found = motion;
    if (motion.neuron < 0) {
        for (std::size_t e = 0; e < found.places.size(); ++e) {
            const double scale = scale_[static_cast<std::size_t>(found.places[e])];
            found.values[e] = scale > 0.0 ? found.values[e] / scale : 0.0;
        }
        return found;
    }
    const Size order = blocks_.order();
    const double* l = blocks_.block(motion.neuron);
    std::vector<double> y(static_cast<std::size_t>(order), 0.0);
    found.places.clear();
    for (Size j = 0; j < order; ++j) found.places.push_back(blocks_.parameter(motion.neuron, j));
    for (std::size_t e = 0; e < motion.places.size(); ++e) {
        const auto at = std::find(found.places.begin(), found.places.end(), motion.places[e]);
        const double scale = scale_[static_cast<std::size_t>(motion.places[e])];
        y[static_cast<std::size_t>(at - found.places.begin())] = scale > 0.0 ? motion.values[e] / scale : 0.0;
    }
    found.values.assign(static_cast<std::size_t>(order), 0.0);
    for (Size j = 0; j < order; ++j)
        for (Size k = j; k < order; ++k) found.values[j] += l[k * order + j] * y[k];
    return found;
}

}  // namespace tepui
