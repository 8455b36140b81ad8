#include "classification/any_network/compressed_hessian.hpp"

#include "classification/spectrum/uncertainty.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/model/evaluable.hpp"

#include <cmath>

namespace tepui {
namespace {

// Neurons of the auxiliary network for each group: one of output weight zero for its column u, or a pair with
// output weights c and -c, c of the size of the group's own, the first of which gives c u' x too.
Size auxiliary_neurons(const NeuronGroup& group, const FreeGroup& report) {
    if (group.kind == GroupKind::cancelled) return 2;
    return report.slope ? 0 : 1;
}

}  // namespace

CancelledPair cancelled_pair(const NeuronGroup& group) {
    CancelledPair pair;
    for (std::size_t q = 0; q < group.outputs.size(); ++q) {
        if (group.outputs[q] > group.outputs[pair.positive]) pair.positive = q;
        if (group.outputs[q] < group.outputs[pair.negative]) pair.negative = q;
    }
    pair.h_positive = 0.5 / group.outputs[pair.positive];
    pair.h_negative = 0.5 / group.outputs[pair.negative];
    pair.form = 0.5 * (pair.h_positive + pair.h_negative);
    const double largest = std::max(group.outputs[pair.positive], -group.outputs[pair.negative]);
    pair.output = std::ldexp(1.0, std::ilogb(largest));
    return pair;
}

Network CompressedHessian::auxiliary(const std::vector<double>& narrow_step) const {
    const Network& narrow = grouping_.narrow;
    const std::span<const NeuronGroup> others = grouping_.others();
    Size width = narrow.width;
    for (std::size_t g = 0; g < others.size(); ++g) width += auxiliary_neurons(others[g], free_[g]);
    Network from = narrow;
    for (std::size_t p = 0; p < narrow_step.size(); ++p) from.parameters[p] -= narrow_step[p];
    Network result = with_neurons(from, width);
    for (Size i = 0; i < narrow.width; ++i) {
        std::copy_n(from.weights(i), narrow.inputs, result.weights(i));
        result.output(i) = from.output(i);
    }
    Size next = narrow.width;
    for (std::size_t g = 0; g < others.size(); ++g) {
        const Size count = auxiliary_neurons(others[g], free_[g]);
        for (Size q = 0; q < count; ++q, ++next) {
            std::copy(others[g].weights.begin(), others[g].weights.end(), result.weights(next));
            if (count == 2) result.output(next) = (q == 0 ? 1.0 : -1.0) * cancelled_pair(others[g]).output;
        }
    }
    return result;
}

CompressedHessian::CompressedHessian(const Dataset& data, const Grouping& grouping,
                                     const std::vector<FreeGroup>& free,
                                     const std::vector<double>& newton_step, const Tolerances& tolerances,
                                     const Execution& execution)
    : grouping_(grouping), free_(free) {
    const Network network = auxiliary({});
    const Size d = network.inputs, outputs = network.width * d, narrow = grouping.narrow.width;
    for (Size p = 0; p < narrow * d; ++p) columns_.push_back({p, {1.0}});
    for (Size i = 0; i < narrow; ++i) columns_.push_back({outputs + i, {1.0}});
    for (Size p = neuron_parameters(network); p < network.parameter_count(); ++p)
        columns_.push_back({p, {1.0}});
    Size next = narrow;
    const std::span<const NeuronGroup> others = grouping.others();
    for (std::size_t g = 0; g < others.size(); ++g) {
        const Size count = auxiliary_neurons(others[g], free[g]);
        if (count > 0) columns_.push_back({outputs + next, {1.0}});
        if (count == 2) {
            for (const std::vector<double>& v : free[g].kernel) columns_.push_back({next * d, v});
        }
        next += count;
    }
    if (columns_.empty()) return;

    const HessianValue here = hessian(data, network, execution);
    const Matrix matrix = compress(here.value);
    const std::vector<double> magnitude = compress_magnitude(here.magnitude);
    Matrix uncertainty(matrix.rows(), matrix.rows());
    if (!newton_step.empty()) {
        try {
            const Matrix moved = compress(hessian(data, auxiliary(newton_step), execution).value);
            for (Size e = 0; e < moved.rows() * moved.cols(); ++e)
                uncertainty.data()[e] = std::abs(moved.data()[e] - matrix.data()[e]);
        } catch (const Error& error) {
            if (!cannot_evaluate(error)) throw;
            for (Size i = 0; i < matrix.rows(); ++i) {
                for (Size j = 0; j < matrix.rows(); ++j)
                    uncertainty(i, j) = std::sqrt(magnitude[i] * magnitude[j]);
            }
        }
    }
    spectrum_ = spectral_report(matrix, magnitude, data.samples(), &uncertainty, tolerances.rounding_factor);
    doubt_hidden_zeros(here, network, spectrum_);
}

Matrix CompressedHessian::compress(const Matrix& hessian) const {
    const Size size = static_cast<Size>(columns_.size());
    Matrix result(size, size);
    for (Size c = 0; c < size; ++c) {
        for (Size e = 0; e <= c; ++e) {
            const Column &left = columns_[c], &right = columns_[e];
            double sum = 0.0;
            for (std::size_t i = 0; i < left.coefficients.size(); ++i) {
                for (std::size_t j = 0; j < right.coefficients.size(); ++j) {
                    sum += left.coefficients[i] *
                           hessian(left.first + static_cast<Size>(i), right.first + static_cast<Size>(j)) *
                           right.coefficients[j];
                }
            }
            result(c, e) = result(e, c) = sum;
        }
    }
    return result;
}

std::vector<double> CompressedHessian::compress_magnitude(const std::vector<double>& magnitude) const {
    std::vector<double> result;
    for (const Column& column : columns_) {
        double root = 0.0;
        for (std::size_t i = 0; i < column.coefficients.size(); ++i)
            root += std::abs(column.coefficients[i]) * std::sqrt(magnitude[column.first + i]);
        result.push_back(root * root);
    }
    return result;
}

std::vector<double> CompressedHessian::wide_rates(const Lift& lift, const std::vector<double>& v) const {
    std::vector<double> rates = lift.no_rates();
    const Size d = grouping_.narrow.inputs, narrow = grouping_.narrow.width;
    for (const NeuronGroup& group : grouping_.parents())
        lift.move_group(group, v.data() + group.parent * d, v[narrow * d + group.parent], rates);
    lift.move_beside(v.data() + neuron_parameters(grouping_.narrow), rates);
    auto next = static_cast<std::size_t>(grouping_.narrow.parameter_count());
    const std::span<const NeuronGroup> others = grouping_.others();
    for (std::size_t g = 0; g < others.size(); ++g) {
        const NeuronGroup& group = others[g];
        if (auxiliary_neurons(group, free_[g]) == 0) continue;
        lift.move_group(group, nullptr, v[next++], rates);
        if (group.kind != GroupKind::cancelled) continue;
        const CancelledPair pair = cancelled_pair(group);
        std::vector<double> b(d, 0.0);
        for (const std::vector<double>& null : free_[g].kernel) {
            for (Size j = 0; j < d; ++j) b[j] += pair.output * v[next] * null[j];
            ++next;
        }
        std::vector<double> move(b);
        for (Size j = 0; j < d; ++j) move[j] = pair.h_positive * b[j];
        lift.move_member(group, pair.positive, move.data(), 0.0, rates);
        for (Size j = 0; j < d; ++j) move[j] = pair.h_negative * b[j];
        lift.move_member(group, pair.negative, move.data(), 0.0, rates);
    }
    return rates;
}

}  // namespace tepui
