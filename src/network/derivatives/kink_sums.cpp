#include "network/derivatives/kink_sums.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/rounding.hpp"
#include "core/text.hpp"
#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"

namespace tepui {
namespace {

void check(const KinkOptions& options, Size width) {
    if (std::isnan(options.tolerance)) {
        throw Error(Status::invalid_value, "the kink tolerance is " + number_text(options.tolerance) +
                                               ", expected a number; a negative one stands for the default");
    }
    if (options.exact == nullptr) return;
    if (static_cast<Size>(options.exact->size()) != width) {
        throw Error(Status::invalid_size, std::to_string(options.exact->size()) +
                                              " kink sets are given, expected one for each of the " +
                                              std::to_string(width) + " neurons");
    }
    for (std::size_t i = 0; i < options.exact->size(); ++i) {
        const std::vector<Size>& set = (*options.exact)[i];
        const bool ascending =
            std::adjacent_find(set.begin(), set.end(), std::greater_equal<>()) == set.end();
        if (ascending && (set.empty() || set.front() >= 0)) continue;
        throw Error(Status::invalid_value,
                    "the kink set of neuron " + std::to_string(i) +
                        " is not ascending, expected sample indices in ascending order");
    }
}

}  // namespace

KinkSums::KinkSums(const Network& network, const KinkOptions& options)
    : width_(network.width),
      inputs_(network.inputs),
      outputs_(network.output_count),
      features_(network.features()),
      options_(options),
      pieces_(slopes_of(network.activation)),
      tolerance_(options.tolerance >= 0.0 ? options.tolerance : default_kink_tolerance(network.inputs)),
      output_weights_(network.outputs(), network.outputs() + width_ * outputs_),
      absolute_weights_(network.parameters.begin(), network.parameters.begin() + width_ * inputs_),
      loss_(sums_),
      slopes_(sums_, width_ * outputs_, inputs_),
      slope_magnitudes_(sums_, width_ * outputs_, inputs_),
      slope_errors_(sums_, width_ * outputs_, inputs_),
      psi_(sums_.reserve(features_ * outputs_)),
      psi_magnitudes_(sums_.reserve(features_ * outputs_)),
      psi_errors_(sums_.reserve(features_ * outputs_)),
      pull_square_(sums_.reserve(1)),
      kinks_(width_) {
    check(options, width_);
    for (double& w : absolute_weights_) w = std::abs(w);
}

void KinkSums::begin(Size stride) {
    offset_ = samples_;
    const Size size = checked_product(width_, stride);
    inside_ = Buffer<std::uint8_t>(size);
    for (Buffer<double>* rows : {&absolute_z_, &piece_, &value_}) *rows = Buffer<double>(size);
    for (Buffer<double>* rows : {&rows_, &magnitude_rows_, &error_rows_})
        *rows = Buffer<double>(checked_product(size, outputs_));
    for (Buffer<double>* rows : {&f_, &errors_, &g_, &g_errors_})
        *rows = Buffer<double>(checked_product(outputs_, stride));
    g_slope_ = Buffer<double>(checked_product(triangle(outputs_), stride));
    for (Buffer<double>* row : {&value_sums_, &value_rounding_}) *row = Buffer<double>(stride);
    absolute_xt_ = Buffer<double>(checked_product(inputs_, stride));
}

void KinkSums::find_kinks(const EvaluatedBlock& block, Size begin, Size end) {
    const double mean = pieces_.mean(), above = pieces_.above, below = pieces_.below;
    for (Size i = 0; i < width_; ++i) {
        const Size row = i * block.stride;
        const double* z = block.z + row;
        const double* u = block.features + row;
        const double* absolute = absolute_z_.data() + row;
        std::uint8_t* inside = inside_.data() + row;
        double* piece = piece_.data() + row;
        double* value = value_.data() + row;
        if (options_.exact != nullptr) {
            const std::vector<Size>& set = (*options_.exact)[i];
            const Size first = offset_ + block.first;
            std::fill(inside + begin, inside + end, std::uint8_t{0});
            for (auto k = std::lower_bound(set.begin(), set.end(), first + begin);
                 k != set.end() && *k < first + end; ++k) {
                inside[*k - first] = 1;
            }
        } else {
            for (Size k = begin; k < end; ++k) inside[k] = std::abs(z[k]) <= tolerance_ * absolute[k];
        }
        for (Size k = begin; k < end; ++k) {
            const bool kink = inside[k] != 0;
            piece[k] = kink ? mean : (z[k] >= 0.0 ? above : below);
            value[k] = kink ? 0.0 : u[k];
        }
    }
}

// Takes the kinks out of the outputs and bounds the rounding error of what is left: products and sum of the
// features, and preactivations, each a sum of d products, that reach the output through slope and weight.
void KinkSums::correct_outputs(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stride = block.stride;
    const double terms = 0.5 * kEps * static_cast<double>(features_ + 3);
    const double products = 0.5 * kEps * static_cast<double>(inputs_ + 2) * pieces_.steepest();
    for (Size o = 0; o < outputs_; ++o) {
        double* f = f_.data() + o * stride;
        double* errors = errors_.data() + o * stride;
        for (Size k = begin; k < end; ++k) {
            f[k] = block.f[o * stride + k];
            errors[k] = terms / kResidualError * block.f_error[o * stride + k];
        }
        for (Size i = 0; i < width_; ++i) {
            const double a = output_weights_[i * outputs_ + o], absolute_a = products * std::abs(a);
            const double* u = block.features + i * stride;
            const double* value = value_.data() + i * stride;
            const double* absolute = absolute_z_.data() + i * stride;
            for (Size k = begin; k < end; ++k) {
                f[k] -= a * (u[k] - value[k]);
                errors[k] += absolute_a * absolute[k];
            }
        }
    }
    block.loss->evaluate({outputs_, end - begin, stride, f_.data() + begin, errors_.data() + begin,
                          block.targets + begin, block.weights + begin},
                         {value_sums_.data() + begin, value_rounding_.data() + begin, g_.data() + begin,
                          g_errors_.data() + begin, g_slope_.data() + begin});
}

void KinkSums::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stride = block.stride, count = end - begin;
    kernels::absolute_rows(inputs_, block.xt + begin, stride, count, absolute_xt_.data() + begin, stride);
    if (width_ > 0) {
        kernels::preactivations(absolute_weights_.data(), inputs_, width_,
                                {absolute_xt_.data() + begin, stride, count, inputs_},
                                absolute_z_.data() + begin, stride);
    }
    find_kinks(block, begin, end);
    correct_outputs(block, begin, end);
    const double* piece = piece_.data() + begin;
    const Size every = outputs_ * stride;
    for (Size o = 0; o < outputs_ && width_ > 0; ++o) {
        const Size first = o * stride + begin;
        const double* g = g_.data() + first;
        const double* error = g_errors_.data() + first;
        kernels::scale_rows(nullptr, g, width_, piece, stride, count, rows_.data() + first, every);
        kernels::scale_rows_absolute(nullptr, g, width_, piece, stride, count, magnitude_rows_.data() + first,
                                     every);
        kernels::scale_rows_absolute(nullptr, error, width_, piece, stride, count, error_rows_.data() + first,
                                     every);
    }
}

// Loss, residuals, count and what is beside the neurons are the part behind the tiles; psi and kinks go with
// the first tile of their rows.
void KinkSums::add(const EvaluatedBlock& block, Size begin, Size end) {
    if (end > slopes_.parts()) {
        loss_.add(block.padded, value_sums_.data(), value_rounding_.data());
        samples_ += block.count;
        add_pulls(block);
        for (Size q = width_; q < features_; ++q)
            for (Size o = 0; o < outputs_; ++o) add_psi(block, q, o, block.features + q * block.stride);
        for (Size k = 0; k < block.count && options_.residuals; ++k) {
            for (Size o = 0; o < outputs_; ++o) {
                const Size at = o * block.stride + k;
                all_residuals_.push_back(f_[at] - block.targets[at]);
                all_errors_.push_back(errors_[at]);
            }
        }
        end = slopes_.parts();
    }
    slopes_.add(begin, end, rows_.data(), block.xt, block.stride, block.padded);
    slope_magnitudes_.add(begin, end, magnitude_rows_.data(), absolute_xt_.data(), block.stride,
                          block.padded);
    slope_errors_.add(begin, end, error_rows_.data(), absolute_xt_.data(), block.stride, block.padded);
    for (Size part = begin; part < end; ++part) {
        const RowSums::Tile tile = slopes_.tile(part);
        if (tile.input != 0) continue;
        for (Size row = tile.row; row < tile.row + tile.rows; ++row) {
            add_values(block, row);
            if (row % outputs_ == 0) collect_kinks(block, row / outputs_);
        }
    }
}

void KinkSums::add_pulls(const EvaluatedBlock& block) {
    double& square = *sums_.at(pull_square_);
    for (Size o = 0; o < outputs_; ++o) {
        const double* g = g_.data() + o * block.stride;
        for (Size k = 0; k < block.count; ++k) {
            const double s = block.weights[k];
            if (s > 0.0) square += g[k] * (g[k] / s);
        }
    }
}

void KinkSums::add_psi(const EvaluatedBlock& block, Size feature, Size output, const double* value) {
    const Size stride = block.stride, count = block.padded, at = feature * outputs_ + output;
    const double* g = g_.data() + output * stride;
    kernels::row_dots(g, 1, value, stride, count, sums_.at(psi_) + at);
    kernels::row_dots_absolute(g, 1, value, stride, count, sums_.at(psi_magnitudes_) + at);
    kernels::row_dots_absolute(g_errors_.data() + output * stride, 1, value, stride, count,
                               sums_.at(psi_errors_) + at);
}

// A value of sigma errs by g's error and by that of its own preactivation.
void KinkSums::add_values(const EvaluatedBlock& block, Size row) {
    const Size stride = block.stride, count = block.padded, i = row / outputs_, o = row % outputs_;
    add_psi(block, i, o, value_.data() + i * stride);
    const double products = 0.5 * kEps * static_cast<double>(inputs_ + 2) * pieces_.steepest();
    double sum = 0.0;
    kernels::row_dots_absolute(g_.data() + o * stride, 1, absolute_z_.data() + i * stride, stride, count,
                               &sum);
    sums_.at(psi_errors_)[row] += products * sum;
}

void KinkSums::collect_kinks(const EvaluatedBlock& block, Size neuron) {
    const std::uint8_t* inside = inside_.data() + neuron * block.stride;
    NeuronKinks& kinks = kinks_[neuron];
    for (Size k = 0; k < block.count; ++k) {
        if (inside[k] == 0) continue;
        kinks.samples.push_back(offset_ + block.first + k);
        for (Size o = 0; o < outputs_; ++o) {
            kinks.coefficients.push_back(g_[o * block.stride + k]);
            kinks.rounding.push_back(g_errors_[o * block.stride + k]);
        }
    }
}

void KinkSums::append(const Accumulator& other) {
    const auto& sum = dynamic_cast<const KinkSums&>(other);
    const auto extend = [](auto& list, const auto& more) {
        list.insert(list.end(), more.begin(), more.end());
    };
    for (Size i = 0; i < width_; ++i) {
        NeuronKinks& mine = kinks_[i];
        const NeuronKinks& more = sum.kinks_[i];
        for (const Size k : more.samples) mine.samples.push_back(samples_ + k);
        extend(mine.coefficients, more.coefficients);
        extend(mine.rounding, more.rounding);
    }
    extend(all_residuals_, sum.all_residuals_);
    extend(all_errors_, sum.all_errors_);
    samples_ += sum.samples_;
}

KinkValue KinkSums::finish() const {
    KinkValue result;
    result.slopes = pieces_;
    result.pull_square = *sums_.at(pull_square_);
    result.outputs = outputs_;
    result.tolerance = options_.exact == nullptr ? tolerance_ : 0.0;
    result.loss = loss_.finish();
    result.kinks = kinks_;
    result.residuals = all_residuals_;
    result.residual_rounding = all_errors_;
    for (Size i = 0; i < width_ && options_.exact != nullptr; ++i) {
        const std::vector<Size>& set = (*options_.exact)[i];
        if (set.empty() || set.back() < samples_) continue;
        throw Error(Status::invalid_value, "the kink set of neuron " + std::to_string(i) + " names sample " +
                                               std::to_string(set.back()) + ", expected one in [0, " +
                                               std::to_string(samples_) + ")");
    }
    // Summing adds its own rounding (MATH.md section 10).
    const double summing = kEps * (4.0 + std::sqrt(static_cast<double>(samples_)));
    const Size rows = width_ * outputs_;
    result.slope = Matrix(rows, inputs_);
    result.slope_magnitude = Matrix(rows, inputs_);
    result.slope_rounding = Matrix(rows, inputs_);
    double vanishes = 0.0;  // unless a sum is not finite
    for (Size q = 0; q < features_ * outputs_; ++q) {
        result.psi.push_back(sums_.at(psi_)[q]);
        result.psi_magnitude.push_back(sums_.at(psi_magnitudes_)[q]);
        result.psi_rounding.push_back(sums_.at(psi_errors_)[q] + summing * result.psi_magnitude.back());
        vanishes += 0.0 * result.psi_rounding.back();
    }
    for (Size i = 0; i < rows; ++i) {
        for (Size j = 0; j < inputs_; ++j) {
            result.slope(i, j) = slopes_(i, j);
            result.slope_magnitude(i, j) = slope_magnitudes_(i, j);
            result.slope_rounding(i, j) = slope_errors_(i, j) + summing * slope_magnitudes_(i, j);
            vanishes += 0.0 * result.slope_rounding(i, j);
        }
    }
    if (vanishes != 0.0) {
        throw Error(Status::numeric, "the gradient overflows: inputs, weights or residuals are too large");
    }
    return result;
}

KinkValue kink_sums(const Dataset& data, const Network& network, const KinkOptions& options,
                    const Execution& execution) {
    KinkSums sums(network, options);
    run_pass(data, network, execution, sums);
    return sums.finish();
}

}  // namespace tepui
