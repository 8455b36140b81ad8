#include "network/derivatives/curvature.hpp"

#include <cmath>

#include "core/rounding.hpp"
#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {
namespace {

Matrix absolute(const Matrix& directions) {
    Matrix result = directions.copy();
    for (Size e = 0; e < result.rows() * result.cols(); ++e) result.data()[e] = std::abs(result.data()[e]);
    return result;
}

// The sums over neurons of one sample.
struct SampleSums {
    double t = 0.0, t_terms = 0.0, q = 0.0, q_terms = 0.0;
};

}  // namespace

CurvatureSum::CurvatureSum(Size width, Size inputs, const Matrix& directions)
    : width_(width),
      inputs_(inputs),
      directions_(directions),
      absolute_(absolute(directions)),
      sums_of_(sums_.reserve_compensated(2 * directions.rows())) {}

void CurvatureSum::begin(Size stride) {
    absolute_xt_ = Buffer<double>(checked_product(inputs_, stride));
    steps_ = Buffer<double>(checked_product(width_, stride));
    step_terms_ = Buffer<double>(steps_.size());
    terms_ = Buffer<double>(checked_product(directions_.rows(), stride));
    term_errors_ = Buffer<double>(terms_.size());
}

void CurvatureSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Network& network = *block.network;
    const Size stride = block.stride, count = end - begin;
    // Of t and q, beside their absolute terms: the products with x, the activations, the sum over neurons.
    const double relative = static_cast<double>(inputs_ + width_ + 16) * kEps;
    kernels::absolute_rows(inputs_, block.xt + begin, stride, count, absolute_xt_.data() + begin, stride);
    for (Size v = 0; v < directions_.rows(); ++v) {
        kernels::preactivations(directions_.row(v), inputs_, width_,
                                {block.xt + begin, stride, count, inputs_}, steps_.data() + begin, stride);
        kernels::preactivations(absolute_.row(v), inputs_, width_,
                                {absolute_xt_.data() + begin, stride, count, inputs_},
                                step_terms_.data() + begin, stride);
        const double* b = directions_.row(v) + width_ * inputs_;
        std::vector<SampleSums> sums(count);
        const double* beside = directions_.row(v) + neuron_parameters(network);
        if (network.output_bias) {
            for (SampleSums& sum : sums) sum.t += *beside, sum.t_terms += std::abs(*beside);
            ++beside;
        }
        for (Size j = 0; network.skip && j < inputs_; ++j) {
            for (Size k = 0; k < count; ++k) {
                const double term = beside[j] * block.xt[j * stride + begin + k];
                sums[k].t += term;
                sums[k].t_terms += std::abs(term);
            }
        }
        for (Size i = 0; i < width_; ++i) {
            const double a = network.output(i);
            const Size at = i * stride + begin;
            for (Size k = 0; k < count; ++k) {
                SampleSums& sum = sums[k];
                const double u = block.features[at + k], slope = block.first_derivative[at + k];
                const double bend = a * block.second_derivative[at + k];
                const double p = steps_[at + k], p_terms = step_terms_[at + k];
                sum.t += b[i] * u + a * slope * p;
                sum.t_terms += std::abs(b[i] * u) + std::abs(a * slope) * p_terms;
                sum.q += (2.0 * b[i] * slope + bend * p) * p;
                sum.q_terms += (2.0 * std::abs(b[i] * slope) + 2.0 * std::abs(bend) * p_terms) * p_terms;
            }
        }
        double* terms = terms_.data() + v * stride + begin;
        double* errors = term_errors_.data() + v * stride + begin;
        for (Size k = 0; k < count; ++k) {
            const SampleSums& sum = sums[k];
            const double slope = block.g_slope[begin + k], g = block.g[begin + k];
            const double t_error = relative * sum.t_terms, q_error = relative * sum.q_terms;
            terms[k] = slope * (sum.t * sum.t) + g * sum.q;
            errors[k] = slope * (2.0 * std::abs(sum.t) * t_error + t_error * t_error) +
                        std::abs(g) * q_error + block.g_error[begin + k] * (std::abs(sum.q) + q_error) +
                        4.0 * kEps * (slope * sum.t * sum.t + std::abs(g * sum.q));
        }
    }
}

void CurvatureSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    for (Size v = begin; v < end; ++v) {
        const double* const rows[] = {terms_.data() + v * block.stride,
                                      term_errors_.data() + v * block.stride};
        for (Size l = 0; l < 2; ++l) {
            const Size at = sums_of_ + 4 * v + 2 * l;
            CompensatedSum sum = sums_.compensated(at);
            for (Size k = 0; k < block.count; ++k) sum.add(rows[l][k]);
            sum.write(sums_.at(at));
        }
    }
}

Curvature CurvatureSum::finish(Size q) const {
    return {sums_.compensated(sums_of_ + 4 * q).value(), sums_.compensated(sums_of_ + 4 * q + 2).value()};
}

std::vector<Curvature> curvatures(const Dataset& data, const Network& network, const Matrix& directions,
                                  const Execution& execution) {
    CurvatureSum sum(network.width, network.inputs, directions);
    run_pass(data, network, execution, sum);
    std::vector<Curvature> found;
    for (Size q = 0; q < directions.rows(); ++q) {
        found.push_back(sum.finish(q));
        if (!std::isfinite(found.back().value) || !std::isfinite(found.back().error))
            throw Error(Status::numeric,
                        "the curvature along a direction overflows: its terms are too large");
    }
    return found;
}

}  // namespace tepui
