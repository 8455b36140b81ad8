#include "network/curvature.hpp"

#include <cmath>
#include <limits>

#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"

namespace tepui {
namespace {

constexpr double kUlp = std::numeric_limits<double>::epsilon();

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
      values_(static_cast<std::size_t>(directions.rows())),
      errors_(values_) {}

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
    const double relative = static_cast<double>(inputs_ + width_ + 16) * kUlp;
    kernels::absolute_rows(inputs_, block.xt + begin, stride, count, absolute_xt_.data() + begin, stride);
    for (Size v = 0; v < directions_.rows(); ++v) {
        kernels::preactivations(directions_.row(v), inputs_, width_, inputs_, block.xt + begin, stride, count,
                                steps_.data() + begin, stride);
        kernels::preactivations(absolute_.row(v), inputs_, width_, inputs_, absolute_xt_.data() + begin,
                                stride, count, step_terms_.data() + begin, stride);
        const double* b = directions_.row(v) + width_ * inputs_;
        std::vector<SampleSums> sums(static_cast<std::size_t>(count));
        for (Size i = 0; i < width_; ++i) {
            const double a = network.output(i);
            const Size at = i * stride + begin;
            for (Size k = 0; k < count; ++k) {
                SampleSums& sum = sums[static_cast<std::size_t>(k)];
                const double u = block.value[at + k], slope = block.first_derivative[at + k];
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
            const SampleSums& sum = sums[static_cast<std::size_t>(k)];
            const double s = block.weights[begin + k], r = block.residuals[begin + k];
            const double t_error = relative * sum.t_terms, q_error = relative * sum.q_terms;
            terms[k] = s * (sum.t * sum.t + r * sum.q);
            errors[k] = s * (2.0 * std::abs(sum.t) * t_error + t_error * t_error + std::abs(r) * q_error +
                             kResidualError * block.magnitude[begin + k] * (std::abs(sum.q) + q_error) +
                             4.0 * kUlp * (sum.t * sum.t + std::abs(r * sum.q)));
        }
    }
}

void CurvatureSum::add(const EvaluatedBlock& block, Size part) {
    CompensatedSum& value = values_[static_cast<std::size_t>(part)];
    CompensatedSum& error = errors_[static_cast<std::size_t>(part)];
    for (Size k = 0; k < block.count; ++k) {
        value.add(terms_[part * block.stride + k]);
        error.add(term_errors_[part * block.stride + k]);
    }
}

void CurvatureSum::merge(const Accumulator& other) {
    const auto& sum = dynamic_cast<const CurvatureSum&>(other);
    for (std::size_t v = 0; v < values_.size(); ++v) {
        values_[v].add(sum.values_[v]);
        errors_[v].add(sum.errors_[v]);
    }
}

Curvature CurvatureSum::finish(Size q) const {
    const auto at = static_cast<std::size_t>(q);
    return {values_[at].value(), errors_[at].value()};
}

std::vector<Curvature> curvatures(const Dataset& data, const Network& network, const Matrix& directions,
                                  const Execution& execution) {
    CurvatureSum sum(network.width, network.inputs, directions);
    Accumulator* const accumulators[] = {&sum};
    run_pass(data, network, accumulators, execution);
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
