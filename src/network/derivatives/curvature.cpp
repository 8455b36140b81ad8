#include "network/derivatives/curvature.hpp"

#include <algorithm>
#include <cmath>

#include "core/compensated.hpp"
#include "core/rounding.hpp"
#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"

namespace tepui {
namespace {

Matrix absolute(const Matrix& directions) {
    Matrix result = directions.copy();
    for (Size e = 0; e < result.rows() * result.cols(); ++e) result.data()[e] = std::abs(result.data()[e]);
    return result;
}

}  // namespace

CurvatureSum::CurvatureSum(const Layout& layout, const Loss& loss, const Matrix& directions)
    : layout_(layout),
      loss_(loss),
      directions_(directions),
      absolute_(absolute(directions)),
      sums_of_(sums_.reserve_compensated(2 * directions.rows())) {}

void CurvatureSum::begin(Size stride) {
    absolute_xt_ = Buffer<double>(checked_product(layout_.inputs, stride));
    steps_ = Buffer<double>(checked_product(layout_.width, stride));
    step_terms_ = Buffer<double>(steps_.size());
    for (Buffer<double>* rows : {&change_, &change_terms_, &bend_, &bend_terms_})
        *rows = Buffer<double>(checked_product(layout_.output_count, stride));
    terms_ = Buffer<double>(checked_product(directions_.rows(), stride));
    term_errors_ = Buffer<double>(terms_.size());
}

void CurvatureSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stride = block.stride, count = end - begin, inputs = layout_.inputs, width = layout_.width;
    kernels::absolute_rows(inputs, block.xt + begin, stride, count, absolute_xt_.data() + begin, stride);
    for (Size v = 0; v < directions_.rows(); ++v) {
        kernels::preactivations(directions_.row(v), inputs, width, {block.xt + begin, stride, count, inputs},
                                steps_.data() + begin, stride);
        kernels::preactivations(absolute_.row(v), inputs, width,
                                {absolute_xt_.data() + begin, stride, count, inputs},
                                step_terms_.data() + begin, stride);
        sum_features(block, directions_.row(v), begin, end);
        sum_neurons(block, directions_.row(v), begin, end);
        for (Size k = begin; k < end; ++k) {
            const Curvature one = of_sample(block, k);
            terms_[v * stride + k] = one.value;
            term_errors_[v * stride + k] = one.error;
        }
    }
}

// What the output layer's own step does to f.
void CurvatureSum::sum_features(const EvaluatedBlock& block, const double* direction, Size begin, Size end) {
    const Size stride = block.stride;
    for (Size o = 0; o < layout_.output_count; ++o) {
        double *t = change_.data() + o * stride, *t_terms = change_terms_.data() + o * stride;
        for (Size k = begin; k < end; ++k) t[k] = t_terms[k] = 0.0;
        for (Size q = 0; q < layout_.features(); ++q) {
            const double b = direction[layout_.coefficient(q, o)];
            const double* u = block.features + q * stride;
            for (Size k = begin; k < end; ++k) {
                t[k] += b * u[k];
                t_terms[k] += std::abs(b * u[k]);
            }
        }
    }
}

// What the step of the hidden weights adds, and how it bends f.
void CurvatureSum::sum_neurons(const EvaluatedBlock& block, const double* direction, Size begin, Size end) {
    const Size stride = block.stride;
    for (Size o = 0; o < layout_.output_count; ++o) {
        double *t = change_.data() + o * stride, *t_terms = change_terms_.data() + o * stride;
        double *q = bend_.data() + o * stride, *q_terms = bend_terms_.data() + o * stride;
        for (Size k = begin; k < end; ++k) q[k] = q_terms[k] = 0.0;
        for (Size i = 0; i < layout_.width; ++i) {
            const double a = block.network->output(i, o), b = direction[layout_.coefficient(i, o)];
            const double *first = block.first_derivative + i * stride,
                         *second = block.second_derivative + i * stride, *steps = steps_.data() + i * stride,
                         *step_terms = step_terms_.data() + i * stride;
            for (Size k = begin; k < end; ++k) {
                const double slope = first[k], bend = a * second[k], p = steps[k], p_terms = step_terms[k];
                t[k] += a * slope * p;
                t_terms[k] += std::abs(a * slope) * p_terms;
                q[k] += (2.0 * b * slope + bend * p) * p;
                q_terms[k] += (2.0 * std::abs(b * slope) + 2.0 * std::abs(bend) * p_terms) * p_terms;
            }
        }
    }
}

Curvature CurvatureSum::of_sample(const EvaluatedBlock& block, Size k) const {
    const Size stride = block.stride, outputs = layout_.output_count;
    const bool scalar = loss_.scalar_hessian();
    // Of t and q, beside their absolute terms: the products with x, the activations, the sum over neurons.
    const double relative = static_cast<double>(layout_.inputs + layout_.width + 16) * kEps;
    Curvature sum;
    double wide = 4.0 * kEps;  // of G beside its entries: rounding, and that of the outputs where G varies
    for (Size o = 0; o < outputs && !loss_.quadratic(); ++o)
        wide = std::max(wide, 4.0 * kEps + block.f_error[o * stride + k]);
    for (Size o = 0; o < outputs; ++o) {
        const Size at = o * stride + k;
        const double t = change_[at], t_error = relative * change_terms_[at];
        const double q = bend_[at], q_error = relative * bend_terms_[at], g = block.g[at];
        for (Size p = scalar ? o : 0; p <= o; ++p) {
            const double pair = p == o ? 1.0 : 2.0;
            const double other = change_[p * stride + k];
            const double other_error = relative * change_terms_[p * stride + k];
            const double slope = pair * block.g_slope[scalar ? k : packed_index(o, p) * stride + k];
            sum.value += slope * (t * other);
            sum.error += std::abs(slope) * (std::abs(t) * other_error + t_error * std::abs(other) +
                                            t_error * other_error + wide * std::abs(t * other));
        }
        sum.value += g * q;
        sum.error += std::abs(g) * q_error + block.g_error[at] * (std::abs(q) + q_error) +
                     4.0 * kEps * std::abs(g * q);
    }
    return sum;
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

Curvature CurvatureSum::finish(const Decay& decay, Size q) const {
    Curvature found{sums_.compensated(sums_of_ + 4 * q).value(),
                    sums_.compensated(sums_of_ + 4 * q + 2).value()};
    CompensatedSum value;
    value.add(found.value);
    decay.each(layout_, [&](Size p, double lambda) {
        const double term = lambda * directions_(q, p) * directions_(q, p);
        value.add(term);
        found.error += 4.0 * kEps * term;
    });
    found.value = value.value();
    return found;
}

std::vector<Curvature> curvatures(const Dataset& data, const Network& network, const Matrix& directions,
                                  const Execution& execution) {
    CurvatureSum sum(network, data.loss(), directions);
    run_pass(data, network, execution, sum);
    std::vector<Curvature> found;
    for (Size q = 0; q < directions.rows(); ++q) {
        found.push_back(sum.finish(data.decay(), q));
        if (!std::isfinite(found.back().value) || !std::isfinite(found.back().error))
            throw Error(Status::numeric,
                        "the curvature along a direction overflows: its terms are too large");
    }
    return found;
}

}  // namespace tepui
