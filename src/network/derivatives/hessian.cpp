#include "network/derivatives/hessian.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"
#include "network/derivatives/outputs.hpp"
#include "network/pass/part_range.hpp"

namespace tepui {
HessianSum::HessianSum(const Layout& layout, const Loss& loss)
    : layout_(layout),
      sides_(loss.scalar_hessian() ? 1 : layout.output_count),
      gram_(sums_, triangle(layout.width), layout.inputs),
      terms_(sums_, layout.width, layout.inputs),
      coupling_(sums_.reserve(checked_product(
          checked_product(layout.width, checked_product(sides_, layout.features())), layout.inputs))) {
    if (scalar()) {
        features_.emplace(sums_, layout.features(), layout.features());
    } else {
        feature_gram_.emplace(sums_, triangle(sides_), layout.features());
    }
}

Size HessianSum::parts() const {
    return gram_.parts() + terms_.parts() + (scalar() ? features_->parts() : feature_gram_->parts()) +
           layout_.width;
}

double HessianSum::products_per_sample() const {
    return gram_.products_per_sample() +
           static_cast<double>(layout_.width * sides_ * layout_.features() * (layout_.inputs + sides_));
}

void HessianSum::begin(Size stride) {
    const Size width = layout_.width, size = checked_product(width, stride);
    side_rows_ = Buffer<double>(checked_product(sides_, size));
    diagonal_ = Buffer<double>(size);
    term_rows_ = Buffer<double>(size);
    if (scalar()) {
        feature_rows_ = Buffer<double>(checked_product(layout_.features(), stride));
    } else {
        turn_rows_ = Buffer<double>(checked_product(sides_, stride));
        pair_rows_ = Buffer<double>(checked_product(triangle(width), stride));
        feature_gram_rows_.resize(triangle(sides_));
    }
    squared_xt_ = Buffer<double>(checked_product(layout_.inputs, stride));
    rows_.resize(triangle(width));
}

void HessianSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stride = block.stride;
    if (begin == 0) point_rows(block);
    prepare_sides(block, begin, end);
    for (Size i = 0; i < layout_.width; ++i) {
        prepare_diagonal(block, i, begin, end);
        if (!scalar()) prepare_pairs(block, i, begin, end);
    }
    if (scalar()) {
        kernels::scale_rows(nullptr, block.g_slope + begin, layout_.features(), block.features + begin,
                            stride, end - begin, feature_rows_.data() + begin, stride);
    }
    kernels::square_rows(layout_.inputs, block.xt + begin, stride, end - begin, squared_xt_.data() + begin,
                         stride);
}

void HessianSum::point_rows(const EvaluatedBlock& block) {
    const Size stride = block.stride;
    for (Size i = 0, row = 0; i < layout_.width; ++i) {
        for (Size l = 0; l < i; ++l, ++row) {
            rows_[row] = scalar() ? kernels::GramRow{side(i, 0, stride), block.first_derivative + l * stride}
                                  : kernels::GramRow{pair_rows_.data() + row * stride,
                                                     block.first_derivative + l * stride};
        }
        rows_[row++] = {diagonal_.data() + i * stride, nullptr};
    }
    for (std::size_t row = 0; row < feature_gram_rows_.size(); ++row)
        feature_gram_rows_[row] = {block.g_slope + static_cast<Size>(row) * stride, nullptr};
}

void HessianSum::prepare_sides(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stride = block.stride, width = layout_.width;
    for (Size o = 0; o < sides_ && !scalar(); ++o) {
        for (Size p = 0; p < sides_; ++p)
            std::copy(block.g_slope + packed_index(o, p) * stride + begin,
                      block.g_slope + packed_index(o, p) * stride + end,
                      turn_rows_.data() + p * stride + begin);
        if (width > 0) {
            kernels::preactivations(block.network->outputs(), sides_, width,
                                    {turn_rows_.data() + begin, stride, end - begin, sides_},
                                    side(0, o, stride) + begin, sides_ * stride);
        }
    }
    for (Size i = 0; i < width; ++i) {
        const double* slope = block.first_derivative + i * stride;
        for (Size o = 0; o < sides_; ++o) {
            double* row = side(i, o, stride);
            for (Size k = begin; k < end; ++k) row[k] = (scalar() ? block.g_slope[k] : row[k]) * slope[k];
        }
    }
}

void HessianSum::prepare_diagonal(const EvaluatedBlock& block, Size i, Size begin, Size end) {
    const Size stride = block.stride;
    const double* slope = block.first_derivative + i * stride;
    const double* curvature = block.second_derivative + i * stride;
    double* diagonal = diagonal_.data() + i * stride;
    double* terms = term_rows_.data() + i * stride;
    std::fill(diagonal + begin, diagonal + end, 0.0);
    std::fill(terms + begin, terms + end, 0.0);
    for (Size o = 0; o < outputs(); ++o) {
        const double a = block.network->output(i, o);
        if (scalar()) {
            for (Size k = begin; k < end; ++k) {
                const double square = block.g_slope[k] * (a * slope[k]) * (a * slope[k]);
                diagonal[k] += square;
                terms[k] += std::abs(square);
            }
        } else {
            const double* turned = side(i, o, stride);
            for (Size k = begin; k < end; ++k) diagonal[k] += turned[k] * (a * slope[k]);
            for (Size p = 0; p <= o; ++p) {
                const double both = (p == o ? 1.0 : 2.0) * std::abs(a * block.network->output(i, p));
                const double* g_slope = block.g_slope + packed_index(o, p) * stride;
                for (Size k = begin; k < end; ++k) terms[k] += both * std::abs(g_slope[k]);
            }
        }
    }
    for (Size k = begin; k < end && !scalar(); ++k) terms[k] *= slope[k] * slope[k];
    for (Size o = 0; o < outputs(); ++o) {
        const double a = block.network->output(i, o);
        const double* g = block.g + o * stride;
        for (Size k = begin; k < end; ++k) {
            const double bend = a * curvature[k];
            diagonal[k] += g[k] * bend;
            terms[k] += block.g_terms(o, k) * std::abs(bend);
        }
    }
}

// The slope of the other neuron comes in the Gram.
void HessianSum::prepare_pairs(const EvaluatedBlock& block, Size i, Size begin, Size end) {
    const Size stride = block.stride;
    if (i == 0) return;
    kernels::preactivations(block.network->outputs(), sides_, i,
                            {side(i, 0, stride) + begin, stride, end - begin, sides_},
                            pair_rows_.data() + triangle(i) * stride + begin, stride);
}

void HessianSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    PartRange range(begin, end);
    const Size stride = block.stride;
    const Size count = block.padded;
    range.take(gram_.parts(),
               [&](Size from, Size to) { gram_.add(from, to, rows_, block.xt, stride, count); });
    range.take(terms_.parts(), [&](Size from, Size to) {
        terms_.add(from, to, term_rows_.data(), squared_xt_.data(), stride, count);
    });
    if (scalar()) {
        range.take(features_->parts(), [&](Size from, Size to) {
            features_->add(from, to, feature_rows_.data(), block.features, stride, count);
        });
    } else {
        range.take(feature_gram_->parts(), [&](Size from, Size to) {
            feature_gram_->add(from, to, feature_gram_rows_, block.features, stride, count);
        });
    }
    range.take(layout_.width, [&](Size from, Size to) {
        for (Size i = from; i < to; ++i) add_coupling(block, i);
    });
}

// Everything between neuron i's weights and the output layer.
void HessianSum::add_coupling(const EvaluatedBlock& block, Size i) {
    const Size inputs = layout_.inputs, features = layout_.features();
    for (Size o = 0; o < sides_; ++o) {
        kernels::weighted_sums(side(i, o, block.stride), {block.features, block.stride, features},
                               {block.xt, block.stride, block.padded, inputs},
                               sums_.at(coupling_) + (i * sides_ + o) * features * inputs, inputs);
    }
}

void HessianSum::assemble(const Network& network, const GradientSum& gradient, Matrix& hessian) const {
    const Size inputs = layout_.inputs;
    const auto set = [&](Size row, Size column, double entry) {
        hessian(row, column) = hessian(column, row) = entry;
    };
    for (Size i = 0; i < layout_.width; ++i) {
        for (Size l = 0; l <= i; ++l) {
            double factor = 1.0;
            if (scalar() && l < i) {
                factor = 0.0;
                for (Size o = 0; o < outputs(); ++o) factor += network.output(i, o) * network.output(l, o);
            }
            for (Size j = 0; j < inputs; ++j) {
                for (Size h = 0; h < inputs; ++h)
                    set(layout_.weight(i, j), layout_.weight(l, h),
                        factor * gram_(triangle(i) + l, std::max(j, h), std::min(j, h)));
            }
        }
        for (Size o = 0; o < outputs(); ++o) {
            const double a = scalar() ? network.output(i, o) : 1.0;
            const double* coupling =
                sums_.at(coupling_) + (i * sides_ + (scalar() ? 0 : o)) * layout_.features() * inputs;
            for (Size q = 0; q < layout_.features(); ++q) {
                for (Size j = 0; j < inputs; ++j)
                    set(layout_.weight(i, j), layout_.coefficient(q, o),
                        a * coupling[q * inputs + j] + (i == q ? gradient.slope(i, j, o) : 0.0));
            }
        }
    }
    assemble_outputs(hessian);
}

double HessianSum::feature(Size pair, Size q, Size r) const noexcept {
    const Size row = std::max(q, r), column = std::min(q, r);
    return scalar() ? (*features_)(row, column) : (*feature_gram_)(pair, row, column);
}

void HessianSum::assemble_outputs(Matrix& hessian) const {
    for (Size o = 0; o < outputs(); ++o) {
        for (Size p = 0; p < outputs(); ++p) {
            if (scalar() && o != p) continue;
            for (Size q = 0; q < layout_.features(); ++q) {
                for (Size r = 0; r < layout_.features(); ++r)
                    hessian(layout_.coefficient(q, o), layout_.coefficient(r, p)) =
                        feature(packed_index(o, p), q, r);
            }
        }
    }
}

// Diagonal terms A_j over w_i and B over a_io bound the Gauss-Newton entries between them by sqrt(A_j B)
// (Cauchy-Schwarz). The entry between a_io and w_ij has the terms p_j of the gradient besides: with any beta
// > 0 added to B and p_j^2 / beta to A_j the product bounds (sqrt(A_j B) + p_j)^2. beta = max p_j^2 / A_j at
// most doubles each A_j (of K outputs together: adds K times as much); where every A_j is 0 (a_i = 0)
// beta = B doubles B.
void HessianSum::assemble_magnitude(const GradientSum& gradient, std::vector<double>& magnitude) const {
    for (Size o = 0; o < outputs(); ++o) {
        for (Size q = 0; q < layout_.features(); ++q)
            magnitude[layout_.coefficient(q, o)] = feature(packed_index(o, o), q, q);
    }
    for (Size i = 0; i < layout_.width; ++i) {
        for (Size j = 0; j < layout_.inputs; ++j) magnitude[layout_.weight(i, j)] = terms_(i, j);
        for (Size o = 0; o < outputs(); ++o) {
            double& feature = magnitude[layout_.coefficient(i, o)];
            double beta = 0.0;
            double largest = 0.0;
            for (Size j = 0; j < layout_.inputs; ++j) {
                const double p = gradient.slope_terms(i, j, o);
                largest = std::max(largest, p);
                if (terms_(i, j) > 0.0) beta = std::max(beta, p * (p / terms_(i, j)));
            }
            if (!(beta > 0.0)) beta = feature > 0.0 ? feature : largest;
            feature += beta;
            for (Size j = 0; j < layout_.inputs; ++j) {
                const double p = gradient.slope_terms(i, j, o);
                magnitude[layout_.weight(i, j)] += p > 0.0 ? p * (p / beta) : 0.0;
            }
        }
    }
}

void HessianSum::finish(const Network& network, const Decay& decay, const GradientSum& gradient,
                        HessianValue& hessian) const {
    const Size order = network.parameter_count();
    gradient.finish(network, decay, hessian.gradient);
    if (hessian.value.rows() != order) hessian.value = Matrix(order, order);
    hessian.magnitude.resize(order);
    assemble(network, gradient, hessian.value);
    assemble_magnitude(gradient, hessian.magnitude);
    decay.each(network, [&](Size p, double lambda) {
        hessian.value(p, p) += lambda;
        hessian.magnitude[p] += lambda;
    });
    const char* const overflow = "the Hessian overflows: inputs, weights or residuals are too large";
    require_finite({hessian.value.data(), static_cast<std::size_t>(order * order)}, overflow);
    require_finite(hessian.magnitude, overflow);
}

HessianValue hessian_and_residuals(const Dataset& data, const Network& network, const Execution& execution,
                                   double* residuals) {
    HessianSum sum(network, data.loss());
    GradientSum gradient(network);
    OutputCollector collector({.residuals = residuals});
    run_pass(data, network, execution, sum, gradient, collector);
    return sum.finish(network, data.decay(), gradient);
}

HessianValue hessian(const Dataset& data, const Network& network, const Execution& execution) {
    return hessian_and_residuals(data, network, execution, nullptr);
}

}  // namespace tepui
