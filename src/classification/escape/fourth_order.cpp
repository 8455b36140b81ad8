#include "classification/escape/fourth_order.hpp"

#include <cmath>
#include <numbers>

#include "classification/escape/quartic_form.hpp"
#include "core/rounding.hpp"
#include "kernels/activation/rows.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/pass/rows.hpp"

namespace tepui {
namespace {

constexpr Size kLargestKernel = 6;

// A sum over samples and a bound on its error.
struct Sum {
    double value = 0.0, error = 0.0;
    void add(double term, double bound) {
        value += term;
        error += bound;
    }
};

// For each product v_a v_b of null vectors (quartic_form.hpp), A_ab = a_i sigma''_i (v_a . x) (v_b . x):
//   linear   1/2 sum s l'' A_ab grad f + 1/2 c_ab in the weights of neuron i, over the parameters
//   c        a_i sum s r sigma''' (v_a . x) (v_b . x) x
//   third    its product with each null vector
//   fourth   a_i sum s r sigma'''' (v_a . x) (v_b . x) (v_c . x) (v_d . x)
//   power    1/4 sum s l'' A_ab A_cd
//   inner    H_i, and the absolute terms of its diagonal
struct Sums {
    Size inputs, parameters;
    std::size_t kernel, pairs;
    std::vector<Sum> linear, c, third, fourth, power;
    Matrix inner;
    std::vector<double> inner_magnitude;

    Sums(const Network& network, std::size_t vectors)
        : inputs(network.inputs),
          parameters(network.parameter_count()),
          kernel(vectors),
          pairs(vectors * (vectors + 1) / 2),
          linear(pairs * static_cast<std::size_t>(parameters)),
          c(pairs * static_cast<std::size_t>(inputs)),
          third(pairs * kernel),
          fourth(pairs * pairs),
          power(pairs * pairs),
          inner(inputs, inputs),
          inner_magnitude(static_cast<std::size_t>(inputs), 0.0) {}
};

// One sample: preactivation changes along the null vectors and their products, with error bounds.
struct Steps {
    std::vector<double> step, step_error, product, product_error;
};

Steps steps_of(const std::vector<std::vector<double>>& basis, const std::vector<double>& x, double turned) {
    const Size d = static_cast<Size>(x.size());
    Steps steps;
    for (const std::vector<double>& v : basis) {
        steps.step.push_back(dot(d, v.data(), x.data()));
        steps.step_error.push_back(turned +
                                   kEps * static_cast<double>(d) * absolute_dot(d, v.data(), x.data()));
    }
    for (std::size_t a = 0; a < basis.size(); ++a) {
        for (std::size_t b = a; b < basis.size(); ++b) {
            const double weight = a == b ? 1.0 : std::numbers::sqrt2;
            steps.product.push_back(weight * steps.step[a] * steps.step[b]);
            steps.product_error.push_back(weight * (std::abs(steps.step[a]) * steps.step_error[b] +
                                                    std::abs(steps.step[b]) * steps.step_error[a]));
        }
    }
    return steps;
}

// The activation of one neuron on one sample.
struct Derivatives {
    double second = 0.0, third = 0.0;
    FourthDerivative fourth;
};

class Summation {
  public:
    // relative: error of sums of derivatives, relative to their absolute terms; with_residual: where
    // residuals are factors.
    Summation(const Network& network, Size index, Sums& sums, double relative, double with_residual)
        : network_(network), index_(index), sums_(sums), relative_(relative), with_residual_(with_residual) {}

    // pulled: s l'; s: s l''.
    void add(double s, double pulled, const std::vector<double>& x, const std::vector<double>& value,
             const std::vector<double>& first, const Derivatives& at, const Steps& steps) {
        const double a = network_.output(index_), pull = pulled * a;
        for (std::size_t p = 0; p < sums_.pairs; ++p) {
            add_linear(p, 0.5 * s * a * at.second, x, value, first, steps);
            add_third(p, pull * at.third, x, steps);
            for (std::size_t q = 0; q <= p; ++q) {
                const double product = steps.product[p] * steps.product[q];
                const double turned = std::abs(steps.product[p]) * steps.product_error[q] +
                                      std::abs(steps.product[q]) * steps.product_error[p];
                const std::size_t entry = p * sums_.pairs + q;
                sums_.fourth[entry].add(
                    pull * at.fourth.value * product,
                    std::abs(pull) * (with_residual_ * at.fourth.magnitude * std::abs(product) +
                                      std::abs(at.fourth.value) * turned));
                const double square = 0.25 * s * a * a * at.second * at.second;
                sums_.power[entry].add(square * product, square * (relative_ * std::abs(product) + turned));
            }
        }
        for (Size j = 0; j < sums_.inputs; ++j) {
            sums_.inner_magnitude[j] += std::abs(pull * at.second) * x[j] * x[j];
            for (Size l = 0; l < sums_.inputs; ++l) sums_.inner(j, l) += pull * at.second * x[j] * x[l];
        }
    }

  private:
    void add_linear(std::size_t p, double factor, const std::vector<double>& x,
                    const std::vector<double>& value, const std::vector<double>& first, const Steps& steps) {
        const Size d = sums_.inputs, m = network_.width;
        Sum* row = sums_.linear.data() + p * static_cast<std::size_t>(sums_.parameters);
        const double half = factor * steps.product[p];
        const double half_error =
            std::abs(factor) * (relative_ * std::abs(steps.product[p]) + steps.product_error[p]);
        for (Size i = 0; i < m; ++i) {
            const double slope = network_.output(i) * first[i];
            for (Size j = 0; j < d; ++j)
                row[i * d + j].add(half * slope * x[j], half_error * std::abs(slope * x[j]));
            row[m * d + i].add(half * value[i], half_error * std::abs(value[i]));
        }
        Size next = neuron_parameters(network_);
        if (network_.output_bias) row[next++].add(half, half_error);
        for (Size j = 0; network_.skip && j < d; ++j)
            row[next++].add(half * x[j], half_error * std::abs(x[j]));
    }
    void add_third(std::size_t p, double factor, const std::vector<double>& x, const Steps& steps) {
        const Size d = sums_.inputs;
        const double term = factor * steps.product[p];
        const double error =
            std::abs(factor) * (with_residual_ * std::abs(steps.product[p]) + steps.product_error[p]);
        Sum* row = sums_.c.data() + p * static_cast<std::size_t>(d);
        for (Size j = 0; j < d; ++j) row[j].add(term * x[j], error * std::abs(x[j]));
        for (std::size_t e = 0; e < sums_.kernel; ++e) {
            sums_.third[p * sums_.kernel + e].add(
                term * steps.step[e], error * std::abs(steps.step[e]) + std::abs(term) * steps.step_error[e]);
        }
    }

    const Network& network_;
    Size index_;
    Sums& sums_;
    double relative_, with_residual_;
};

// residual_error: relative, root mean square.
Sums sums_of(const Dataset& data, const Network& network, Size index, const PointResiduals& residuals,
             const NullSpace& space, double tilt, double residual_error) {
    const Size d = network.inputs, m = network.width;
    Sums sums(network, space.basis.size());
    const double relative = sum_rounding(d, data.samples());
    Summation summation(network, index, sums, relative, relative + residual_error);
    const bool has_fourth = kernels::has_fourth_derivative(network.activation.kind());
    std::vector<double> x(d), z(static_cast<std::size_t>(m)), value(z), first(z);
    for (Size k = 0; k < data.samples(); ++k) {
        const double s = data.weight(k);
        if (s == 0.0) continue;
        data.sample(k, x.data());
        for (Size i = 0; i < m; ++i) z[i] = dot(d, network.weights(i), x.data());
        network.activation.evaluate(m, z.data(), {value.data(), first.data()});
        Derivatives at;
        network.activation.evaluate(1, &z[index], {nullptr, nullptr, &at.second, &at.third});
        if (has_fourth)
            at.fourth =
                kernels::fourth_derivative(network.activation.kind(), z[index], first[index], at.second);
        double seen = 0.0;
        for (std::size_t j = 0; j < space.scale.size(); ++j) seen = std::hypot(seen, space.scale[j] * x[j]);
        summation.add(s * residuals.bend(k), s * residuals.values[k], x, value, first, at,
                      steps_of(space.basis, x, tilt * seen));
    }
    for (std::size_t p = 0; p < sums.pairs; ++p) {
        for (Size j = 0; j < d; ++j) {
            const Sum& c = sums.c[p * static_cast<std::size_t>(d) + static_cast<std::size_t>(j)];
            sums.linear[p * static_cast<std::size_t>(sums.parameters) +
                        static_cast<std::size_t>(index * d + j)]
                .add(0.5 * c.value, 0.5 * c.error);
        }
    }
    return sums;
}

// What the same sums at the corrected point differ by is error too.
void add_differences(std::vector<Sum>& sums, const std::vector<Sum>& others) {
    for (std::size_t e = 0; e < sums.size(); ++e) sums[e].error += std::abs(sums[e].value - others[e].value);
}

std::vector<double> values(const std::vector<Sum>& sums, std::size_t row, std::size_t size) {
    std::vector<double> result(size);
    for (std::size_t j = 0; j < size; ++j) result[j] = sums[row * size + j].value;
    return result;
}

// c_p^T A^+ c_q for the rows of `sums`, and the rows A^+ c_p. Eigenvalues of D A D up to tau are zero.
struct Responses {
    std::vector<std::vector<double>> rows;
    std::vector<Sum> products;
};

Responses respond(const Equilibrated& a, double tau, const std::vector<Sum>& sums, std::size_t rows) {
    const std::size_t size = a.scaling.scale.size();
    Responses responses;
    std::vector<double> reach;
    for (std::size_t p = 0; p < rows; ++p) {
        responses.rows.push_back(pseudo_solve(a, tau, values(sums, p, size)));
        double norm = 0.0;
        for (std::size_t j = 0; j < size; ++j)
            norm = std::hypot(norm, responses.rows[p][j] / a.scaling.scale[j]);
        reach.push_back(norm);
    }
    responses.products.resize(rows * rows);
    for (std::size_t p = 0; p < rows; ++p) {
        for (std::size_t q = 0; q <= p; ++q) {
            Sum& product = responses.products[p * rows + q];
            for (std::size_t j = 0; j < size; ++j) {
                const Sum &left = sums[p * size + j], &right = sums[q * size + j];
                product.add(left.value * responses.rows[q][j],
                            left.error * std::abs(responses.rows[q][j]) +
                                right.error * std::abs(responses.rows[p][j]));
            }
            product.error += tau * reach[p] * reach[q];
        }
    }
    return responses;
}

}  // namespace

FourthOrderResponse fourth_order_response(const Dataset& data, const Network& network, Size index,
                                          std::span<const double> v, const PointResiduals& residuals,
                                          double inner_tau, const Equilibrated* narrow, double factor) {
    const NullSpace space{{{v.begin(), v.end()}}, std::vector<double>(v.size(), 1.0)};
    const Sums sums = sums_of(data, network, index, residuals, space, 0.0, 0.0);
    const Responses inner = respond(equilibrate(sums.inner, sums.inner_magnitude), inner_tau, sums.c, 1);
    FourthOrderResponse response;
    response.apart = inner.rows[0];
    for (double& x : response.apart) x *= -0.5;
    response.apart_gain = 0.25 * inner.products[0].value;
    response.daughters = sums.fourth[0].value / 24.0 - inner.products[0].value / 8.0;
    response.together = 0.5 * sums.power[0].value + inner.products[0].value / 8.0;
    response.narrow.assign(network.parameters.size(), 0.0);
    if (narrow == nullptr) return response;
    const double tau = thresholds(*narrow, data.samples(), nullptr, factor).tau;
    const Responses giving = respond(*narrow, tau, sums.linear, 1);
    response.narrow = giving.rows[0];
    for (double& x : response.narrow) x = -x;
    response.together -= 0.5 * giving.products[0].value;
    return response;
}

bool has_fourth_order(const Network& network, Size null_vectors, const Uncertainty& uncertainty) {
    return kernels::has_fourth_derivative(network.activation.kind()) &&
           network.parameter_count() <= kMostGivingWay && null_vectors <= kLargestKernel &&
           !uncertainty.corrected_failed;
}

std::optional<FourthOrder> fourth_order(const FourthOrderProblem& problem, const NullSpace& space) {
    const auto& [data, network, residuals, uncertainty, corrected, equilibrated, index, inner_tau, tilt,
                 factor] = problem;
    if (!has_fourth_order(network, static_cast<Size>(space.basis.size()), uncertainty)) return std::nullopt;
    Sums sums = sums_of(data, network, index, residuals, space, tilt, uncertainty.residual);
    if (corrected != nullptr) {
        const Sums others =
            sums_of(data, *uncertainty.corrected, index, *corrected, space, tilt, uncertainty.residual);
        add_differences(sums.linear, others.linear);
        add_differences(sums.c, others.c);
        add_differences(sums.third, others.third);
        add_differences(sums.fourth, others.fourth);
        add_differences(sums.power, others.power);
    }
    for (const Sum& third : sums.third) {
        if (std::abs(third.value) > factor * third.error) return std::nullopt;
    }
    const std::size_t pairs = sums.pairs;
    const Responses inner = respond(equilibrate(sums.inner, sums.inner_magnitude), inner_tau, sums.c, pairs);
    const Matrix* moved =
        uncertainty.hessian.rows() == network.parameter_count() ? &uncertainty.hessian : nullptr;
    const Responses narrow = respond(
        equilibrated, thresholds(equilibrated, data.samples(), moved, factor).tau, sums.linear, pairs);
    FourthOrder form;
    form.basis = space.basis;
    form.daughters.assign(pairs * pairs, 0.0);
    form.together.assign(pairs * pairs, 0.0);
    const auto set = [pairs](std::vector<double>& matrix, double& norm, std::size_t p, std::size_t q,
                             double value, double error) {
        matrix[p * pairs + q] = matrix[q * pairs + p] = value;
        for (int twice = p == q ? 1 : 0; twice < 2; ++twice) norm = std::hypot(norm, error);
    };
    for (std::size_t p = 0; p < pairs; ++p) {
        for (std::size_t q = 0; q <= p; ++q) {
            const std::size_t e = p * pairs + q;
            set(form.daughters, form.daughters_error, p, q,
                sums.fourth[e].value / 24.0 - inner.products[e].value / 8.0,
                factor * (sums.fourth[e].error / 24.0 + inner.products[e].error / 8.0));
            set(form.together, form.together_error, p, q,
                0.5 * (sums.power[e].value - narrow.products[e].value) + inner.products[e].value / 8.0,
                factor *
                    (0.5 * (sums.power[e].error + narrow.products[e].error) + inner.products[e].error / 8.0));
        }
    }
    return form;
}

}  // namespace tepui
