#include "solve/diagonal_sum.hpp"

#include <cmath>

#include "kernels/direction_rows.hpp"
#include "kernels/sample_rows.hpp"
#include "network/derivatives/gradient.hpp"
#include "network/pass/part_range.hpp"

namespace tepui {

DiagonalSum::DiagonalSum(const Layout& layout)
    : layout_(layout),
      terms_(sums_, layout.width, layout.inputs),
      features_(sums_.reserve(layout.features() * layout.output_count)) {}

void DiagonalSum::begin(Size stride) {
    term_rows_ = Buffer<double>(checked_product(layout_.width, stride));
    feature_rows_ = Buffer<double>(checked_product(layout_.features() * layout_.output_count, stride));
    squared_xt_ = Buffer<double>(checked_product(layout_.inputs, stride));
}

void DiagonalSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stride = block.stride, outputs = layout_.output_count;
    const bool scalar = block.loss->scalar_hessian();
    for (Size i = 0; i < layout_.width; ++i) {
        const double* slope = block.first_derivative + i * stride;
        const double* curvature = block.second_derivative + i * stride;
        double* terms = term_rows_.data() + i * stride;
        std::fill(terms + begin, terms + end, 0.0);
        for (Size o = 0; o < outputs; ++o) {
            const double a = block.network->output(i, o);
            for (Size p = scalar ? o : 0; p < (scalar ? o + 1 : outputs); ++p) {
                const double* bend = block.g_slope + (scalar ? 0 : packed_index(o, p)) * stride;
                const double b = block.network->output(i, p);
                for (Size k = begin; k < end; ++k)
                    terms[k] += std::abs(bend[k] * (a * slope[k]) * (b * slope[k]));
            }
            for (Size k = begin; k < end; ++k) terms[k] += block.g_terms(o, k) * std::abs(a * curvature[k]);
        }
    }
    for (Size o = 0; o < outputs; ++o) {
        const double* bend = block.g_slope + (scalar ? 0 : packed_index(o, o)) * stride;
        for (Size q = 0; q < layout_.features(); ++q) {
            const double* u = block.features + q * stride;
            double* row = feature_rows_.data() + (o * layout_.features() + q) * stride;
            for (Size k = begin; k < end; ++k) row[k] = bend[k] * u[k] * u[k];
        }
    }
    kernels::square_rows(layout_.inputs, block.xt + begin, stride, end - begin, squared_xt_.data() + begin,
                         stride);
}

void DiagonalSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    PartRange range(begin, end);
    range.take(terms_.parts(), [&](Size from, Size to) {
        terms_.add(from, to, term_rows_.data(), squared_xt_.data(), block.stride, block.padded);
    });
    range.take(1, [&](Size, Size) {
        kernels::row_sums(layout_.features() * layout_.output_count, feature_rows_.data(), block.stride,
                          block.padded, sums_.at(features_));
    });
}

std::vector<double> DiagonalSum::finish(const Decay& decay) const {
    std::vector<double> result(layout_.parameter_count());
    for (Size i = 0; i < layout_.width; ++i) {
        for (Size j = 0; j < layout_.inputs; ++j) result[layout_.weight(i, j)] = terms_(i, j);
    }
    const double* features = sums_.at(features_);
    for (Size o = 0; o < layout_.output_count; ++o) {
        for (Size q = 0; q < layout_.features(); ++q)
            result[layout_.coefficient(q, o)] = features[o * layout_.features() + q];
    }
    decay.each(layout_, [&](Size p, double lambda) { result[p] += lambda; });
    require_finite(result, "the Hessian overflows: inputs, weights or residuals are too large");
    return result;
}

HessianValue hessian_diagonal(const Dataset& data, const Network& network, const Execution& execution) {
    DiagonalSum sum(network);
    GradientSum gradient(network);
    run_pass(data, network, execution, sum, gradient);
    HessianValue result;
    gradient.finish(network, data.decay(), result.gradient);
    result.magnitude = sum.finish(data.decay());
    return result;
}

}  // namespace tepui
