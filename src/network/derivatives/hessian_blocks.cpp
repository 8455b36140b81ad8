#include "network/derivatives/hessian_blocks.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/direction_rows.hpp"
#include "kernels/sample_rows.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/pass/part_range.hpp"

namespace tepui {

HessianBlockSum::HessianBlockSum(const Layout& layout, const Loss& loss)
    : layout_(layout),
      scalar_(loss.scalar_hessian() || layout.output_count == 1),
      gram_(sums_, layout.width, layout.inputs),
      couplings_(sums_, layout.width * layout.output_count, layout.inputs),
      terms_(sums_, layout.width, layout.inputs),
      features_(sums_.reserve(layout.width * pairs())),
      beside_(sums_.reserve(parameters_beside(layout))) {}

void HessianBlockSum::begin(Size stride) {
    const Size size = checked_product(layout_.width, stride);
    squares_ = Buffer<double>(size);
    term_rows_ = Buffer<double>(size);
    coupling_rows_ = Buffer<double>(checked_product(size, layout_.output_count));
    feature_rows_ = Buffer<double>(checked_product(size, pairs()));
    squared_xt_ = Buffer<double>(checked_product(layout_.inputs, stride));
    rows_.clear();
    for (Size i = 0; i < layout_.width; ++i) rows_.push_back({squares_.data() + i * stride, nullptr});
}

void HessianBlockSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    for (Size i = 0; i < layout_.width; ++i) prepare_neuron(block, i, begin, end);
    kernels::square_rows(layout_.inputs, block.xt + begin, block.stride, end - begin,
                         squared_xt_.data() + begin, block.stride);
}

void HessianBlockSum::prepare_neuron(const EvaluatedBlock& block, Size i, Size begin, Size end) {
    const Size stride = block.stride, outputs = layout_.output_count;
    const Network& network = *block.network;
    const double *u = block.features + i * stride, *first = block.first_derivative + i * stride,
                 *second = block.second_derivative + i * stride;
    double *squares = squares_.data() + i * stride, *terms = term_rows_.data() + i * stride;
    for (Size k = begin; k < end; ++k) squares[k] = terms[k] = 0.0;
    for (Size o = 0; o < outputs; ++o) {
        const double a = network.output(i, o);
        double* coupling = coupling_rows_.data() + (i * outputs + o) * stride;
        for (Size k = begin; k < end; ++k) coupling[k] = 0.0;
        for (Size p = scalar_ ? o : 0; p < (scalar_ ? o + 1 : outputs); ++p) {
            const double* slope = block.g_slope + slope_row(o, p) * stride;
            const double other = network.output(i, p);
            for (Size k = begin; k < end; ++k) coupling[k] += slope[k] * other;
        }
        for (Size k = begin; k < end; ++k) {
            squares[k] += a * coupling[k] * first[k] * first[k];
            terms[k] += block.g_terms(o, k) * std::abs(a * second[k]);
            coupling[k] *= u[k] * first[k];
        }
        for (Size p = 0; p <= o; ++p) {
            double* feature = feature_rows_.data() + (i * pairs() + packed_index(o, p)) * stride;
            const double* slope = block.g_slope + slope_row(o, p) * stride;
            const double share = scalar_ && p < o ? 0.0 : 1.0;
            for (Size k = begin; k < end; ++k) feature[k] = share * slope[k] * u[k] * u[k];
        }
    }
    for (Size k = begin; k < end; ++k) terms[k] += squares[k];
}

void HessianBlockSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    PartRange range(begin, end);
    const Size stride = block.stride, count = block.padded;
    range.take(gram_.parts(),
               [&](Size from, Size to) { gram_.add(from, to, rows_, block.xt, stride, count); });
    range.take(couplings_.parts(), [&](Size from, Size to) {
        couplings_.add(from, to, coupling_rows_.data(), block.xt, stride, count);
    });
    range.take(terms_.parts(), [&](Size from, Size to) {
        terms_.add(from, to, term_rows_.data(), squared_xt_.data(), stride, count);
    });
    range.take(layout_.width, [&](Size from, Size to) {
        kernels::row_sums((to - from) * pairs(), feature_rows_.data() + from * pairs() * stride, stride,
                          count, sums_.at(features_) + from * pairs());
    });
    range.take(1, [&](Size, Size) { add_beside(block); });
}

void HessianBlockSum::add_beside(const EvaluatedBlock& block) {
    double* sums = sums_.at(beside_);
    for (Size q = layout_.width; q < layout_.features(); ++q) {
        const double* u = block.features + q * block.stride;
        for (Size o = 0; o < layout_.output_count; ++o) {
            const double* slope = block.g_slope + slope_row(o, o) * block.stride;
            double& sum = sums[layout_.coefficient(q, o) - neuron_parameters(layout_)];
            for (Size k = 0; k < block.count; ++k) sum += slope[k] * u[k] * u[k];
        }
    }
}

void HessianBlockSum::finish_neuron(Size i, HessianBlocks& result) const {
    const Size inputs = layout_.inputs, outputs = layout_.output_count, order = result.order();
    double* block = result.block(i);
    const double* features = sums_.at(features_) + i * pairs();
    for (Size j = 0; j < inputs; ++j) {
        for (Size l = 0; l <= j; ++l) block[j * order + l] = gram_(i, j, l);
        result.magnitude[result.parameter(i, j)] = terms_(i, j);
    }
    for (Size o = 0; o < outputs; ++o) {
        double* row = block + (inputs + o) * order;
        for (Size j = 0; j < inputs; ++j) row[j] = couplings_(i * outputs + o, j);
        for (Size p = 0; p <= o; ++p) row[inputs + p] = features[packed_index(o, p)];
        result.magnitude[result.parameter(i, inputs + o)] = features[packed_index(o, o)];
    }
}

HessianBlocks HessianBlockSum::finish(const Decay& decay) const {
    HessianBlocks result;
    result.layout = layout_;
    const Size order = result.order();
    result.blocks = Buffer<double>(checked_product(layout_.width, order * order));
    result.magnitude.resize(static_cast<std::size_t>(layout_.parameter_count()));
    for (Size i = 0; i < layout_.width; ++i) finish_neuron(i, result);
    std::copy_n(sums_.at(beside_), parameters_beside(layout_),
                result.magnitude.begin() + neuron_parameters(layout_));
    std::vector<double> decays(result.magnitude.size(), 0.0);
    decay.each(layout_, [&](Size p, double lambda) { decays[p] = lambda; });
    for (std::size_t p = 0; p < decays.size(); ++p) result.magnitude[p] += decays[p];
    for (Size i = 0; i < layout_.width; ++i)
        for (Size j = 0; j < order; ++j) result.block(i)[j * order + j] += decays[result.parameter(i, j)];
    const char* const overflow = "the Hessian overflows: inputs, weights or residuals are too large";
    require_finite(result.blocks.span(), overflow);
    require_finite(result.magnitude, overflow);
    return result;
}

HessianBlocks hessian_blocks(const Dataset& data, const Network& network, const Execution& execution) {
    HessianBlockSum sum(network, data.loss());
    run_pass(data, network, execution, sum);
    return sum.finish(data.decay());
}

}  // namespace tepui
