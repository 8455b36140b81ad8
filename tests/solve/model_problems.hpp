// Data and plain loops for searches among models: loss and gradient written out, long descents, classes and
// numbers drawn from networks.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>

#include "solve/problems.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"

namespace tepui::test {

struct Samples {
    Problem problem;
    Size outputs;

    Dataset dataset(const Loss& loss, const Decay& decay = {}) const {
        Dataset data({.samples = problem.samples,
                      .features = problem.features,
                      .x = problem.x.data(),
                      .ldx = problem.features,
                      .targets = problem.targets.data(),
                      .outputs = outputs,
                      .loss = &loss},
                     false, true, LossScaling::sum);
        data.set_decay(decay);
        return data;
    }
};

// Inputs and the outputs of a network with neurons of moderate weights.
inline Samples taught_outputs(const Layout& layout, Size samples, std::uint64_t seed) {
    Samples result{normal_inputs(samples, layout.inputs - 1, seed), layout.output_count};
    Network teacher(Activation(ActivationKind::tanh), layout);
    Random random(seed, 1);
    for (double& p : teacher.parameters) p = 0.5 * random.normal();
    for (Size i = 0; i < layout.width; ++i) {
        teacher.weights(i)[i % (layout.inputs - 1)] += 1.5;
        for (Size o = 0; o < layout.output_count; ++o) teacher.output(i, o) += (o + i) % 2 == 0 ? 1.5 : -1.5;
    }
    result.problem.targets.assign(static_cast<std::size_t>(samples * layout.output_count), 0.0);
    outputs(result.dataset(squared_loss()), teacher, result.problem.targets.data(), nullptr, Execution{});
    return result;
}

// Labels drawn by the softmax of a network's outputs: classes that overlap.
inline Samples noisy_classes(Size samples, Size features, Size classes, std::uint64_t seed) {
    Samples result = taught_outputs({2, features + 1, classes, true, false}, samples, seed);
    Random random(seed, 5);
    for (Size k = 0; k < samples; ++k) {
        double* f = result.problem.targets.data() + k * classes;
        double sum = 0.0;
        for (Size o = 0; o < classes; ++o) sum += f[o] = std::exp(f[o]);
        double left = random.uniform() * sum;
        Size drawn = 0;
        while (drawn + 1 < classes && left > f[drawn]) left -= f[drawn++];
        std::fill_n(f, classes, 0.0);
        f[drawn] = 1.0;
    }
    return result;
}

// One output: whether the sample is of the last of two classes.
inline Samples yes_or_no(const Samples& two) {
    Samples result{two.problem, 1};
    result.problem.targets.resize(static_cast<std::size_t>(two.problem.samples));
    for (Size k = 0; k < two.problem.samples; ++k) result.problem.targets[k] = two.problem.targets[2 * k + 1];
    return result;
}

// ---- Loss and gradient in plain loops ----

inline double sigma(const Activation& activation, double z, double& slope) {
    double u = 0.0;
    activation.evaluate(1, &z, {.value = &u, .first = &slope});
    return u;
}

// Per sample: l and its slopes by the outputs.
using PlainLoss = double (*)(const std::vector<double>& f, const double* y, std::vector<double>& slope);

inline double softmax(const std::vector<double>& f, const double* y, std::vector<double>& slope) {
    const double top = *std::max_element(f.begin(), f.end());
    double sum = 0.0, dot = 0.0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        sum += std::exp(f[o] - top);
        dot += y[o] * (f[o] - top);
    }
    for (std::size_t o = 0; o < f.size(); ++o) slope[o] = std::exp(f[o] - top) / sum - y[o];
    return std::log(sum) - dot;
}

inline double logistic(const std::vector<double>& f, const double* y, std::vector<double>& slope) {
    double sum = 0.0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        sum += std::log1p(std::exp(f[o])) - y[o] * f[o];
        slope[o] = 1.0 / (1.0 + std::exp(-f[o])) - y[o];
    }
    return sum;
}

inline double squared(const std::vector<double>& f, const double* y, std::vector<double>& slope) {
    double sum = 0.0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        slope[o] = f[o] - y[o];
        sum += 0.5 * slope[o] * slope[o];
    }
    return sum;
}

inline double poisson(const std::vector<double>& f, const double* y, std::vector<double>& slope) {
    double sum = 0.0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        slope[o] = std::exp(f[o]) - y[o];
        sum += std::exp(f[o]) - y[o] * f[o] - y[o] + (y[o] > 0.0 ? y[o] * std::log(y[o]) : 0.0);
    }
    return sum;
}

inline constexpr double kDelta = 0.7;
inline double pseudo_huber(const std::vector<double>& f, const double* y, std::vector<double>& slope) {
    double sum = 0.0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        const double r = f[o] - y[o], h = std::sqrt(1.0 + r * r / (kDelta * kDelta));
        slope[o] = r / h;
        sum += kDelta * kDelta * (h - 1.0);
    }
    return sum;
}

class PlainObjective {
  public:
    PlainObjective(const Dataset& data, PlainLoss loss) : data_(data), loss_(loss) {}

    double operator()(const Network& network, std::vector<double>& gradient) const {
        const Size m = network.width, d = network.inputs, outputs = network.output_count;
        gradient.assign(network.parameters.size(), 0.0);
        std::vector<double> x(d), u(network.features()), slopes(m), f(outputs), g(outputs), y(outputs);
        double total = 0.0;
        for (Size k = 0; k < data_.samples(); ++k) {
            data_.sample(k, x.data());
            for (Size i = 0; i < m; ++i)
                u[i] = sigma(network.activation_of(i),
                             std::inner_product(x.begin(), x.end(), network.weights(i), 0.0), slopes[i]);
            if (network.output_bias) u[m] = 1.0;
            if (network.skip) std::copy(x.begin(), x.end(), u.end() - d);
            for (Size o = 0; o < outputs; ++o) {
                f[o] = 0.0;
                y[o] = data_.target(k, o);
                for (Size q = 0; q < network.features(); ++q)
                    f[o] += network.parameters[network.coefficient(q, o)] * u[q];
            }
            total += data_.weight(k) * loss_(f, y.data(), g);
            for (Size o = 0; o < outputs; ++o) {
                const double slope = data_.weight(k) * g[o];
                for (Size q = 0; q < network.features(); ++q)
                    gradient[network.coefficient(q, o)] += slope * u[q];
                for (Size i = 0; i < m; ++i) {
                    for (Size j = 0; j < d; ++j)
                        gradient[network.weight(i, j)] += slope * network.output(i, o) * slopes[i] * x[j];
                }
            }
        }
        data_.decay().each(network, [&](Size p, double lambda) {
            total += 0.5 * lambda * network.parameters[p] * network.parameters[p];
            gradient[p] += lambda * network.parameters[p];
        });
        return total;
    }

    // Steepest descent with step lengths of Barzilai and Borwein, halved until the loss falls.
    double descend(Network& point, int steps) const {
        std::vector<double> gradient, next_gradient;
        double loss = (*this)(point, gradient), length = 1e-3;
        for (int step = 0; step < steps; ++step) {
            Network next = point;
            for (std::size_t p = 0; p < gradient.size(); ++p) next.parameters[p] -= length * gradient[p];
            const double there = (*this)(next, next_gradient);
            if (!(there < loss)) {
                length *= 0.25;
                if (length < 1e-14) break;
                continue;
            }
            double moved = 0.0, bent = 0.0;
            for (std::size_t p = 0; p < gradient.size(); ++p) {
                const double s = next.parameters[p] - point.parameters[p];
                moved += s * s;
                bent += s * (next_gradient[p] - gradient[p]);
            }
            length = bent > 0.0 ? moved / bent : 2.0 * length;
            point = std::move(next);
            gradient = next_gradient;
            loss = there;
        }
        return loss;
    }

  private:
    const Dataset& data_;
    PlainLoss loss_;
};

inline double largest(const std::vector<double>& values) {
    double most = 0.0;
    for (const double value : values) most = std::max(most, std::abs(value));
    return most;
}

inline Network prototype(ActivationKind kind, const Layout& layout) {
    return Network(Activation(kind), layout);
}

// Every converged start is stationary, and a minimum: descents from beside it find nothing lower nearby and,
// where the point is regular, come back to its loss.
inline void check_minima(const Dataset& data, PlainLoss loss, const SolveResult& result,
                         Size least_converged) {
    const PlainObjective plain(data, loss);
    Size converged = 0;
    for (const StartReport& start : result.starts) {
        CAPTURE(start.reason, start.loss);
        if (start.outcome != StartOutcome::converged) continue;
        ++converged;
        std::vector<double> gradient;
        const double value = plain(start.point, gradient);
        CHECK(start.loss == Approx(value).epsilon(1e-12));
        CHECK(start.gradient_relative <= 1e-11);
        CHECK(largest(gradient) <= 1e-9 * (1.0 + std::abs(value)));
    }
    CHECK(converged >= least_converged);
    for (const DistinctPoint& point : result.points) {
        Network beside = perturbed(point.network, 1e-4, 3);
        const double fallen = plain.descend(beside, 3000);
        CAPTURE(point.loss, fallen, point.hits);
        CHECK(fallen >= point.loss * (1.0 - 1e-9) - 1e-9);
        CHECK(fallen <= point.loss * (1.0 + 1e-5) + 1e-9);
    }
}

}  // namespace tepui::test
