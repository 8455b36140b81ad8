#include "classification/steered.hpp"

#include <cmath>
#include <limits>

namespace tepui::test {
namespace {

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

}  // namespace

Size draw_size(Random& random, Size first, Size last) {
    return first + static_cast<Size>(random.bits() % static_cast<std::uint64_t>(last - first + 1));
}

Activation draw_smooth(Random& random) {
    using enum ActivationKind;
    static const ActivationKind kKinds[] = {tanh, tanh, sigmoid, softplus, gelu,
                                            erf,  silu, sin,     gaussian, arctan};
    return Activation(kKinds[random.bits() % 10]);
}

SmallProblem draw_problem(const Activation& activation, Size samples, Size features, bool bias, Size width,
                          Random& random) {
    SmallProblem problem;
    problem.samples = samples;
    problem.features = features;
    problem.bias = bias;
    for (Size e = 0; e < samples * features; ++e) problem.x.push_back(random.normal());
    problem.targets.assign(at(samples), 0.0);
    const Size d = features + (bias ? 1 : 0);
    problem.network = Network(activation, width, d);
    for (Size i = 0; i < width; ++i) {
        for (Size j = 0; j < d; ++j)
            problem.network.weights(i)[j] = 1.2 * random.normal() / std::sqrt(static_cast<double>(d));
        problem.network.output(i) = std::copysign(0.4 + random.uniform(), random.normal());
    }
    return problem;
}

Steering::Steering(const SmallProblem& problem)
    : precise_(problem.dataset(), problem.network), point_(precise_point(problem.network.parameters)) {
    jacobian_ = precise_jacobian(precise_, point_);
    for (Size k = 0; k < precise_.samples; ++k) {
        jets_.emplace_back();
        for (Size i = 0; i < precise_.width; ++i)
            jets_.back().push_back(precise_jet(precise_.activation, along(point_, i, k)));
    }
}

Precise Steering::along(const PreciseVector& u, Size i, Size k) const {
    Precise sum = 0;
    for (Size j = 0; j < precise_.inputs; ++j)
        sum += u[at(i * precise_.inputs + j)] * precise_.x[at(k * precise_.inputs + j)];
    return sum;
}

PreciseVector Steering::gauss_newton() const {
    const std::size_t p = at(precise_.parameter_count());
    PreciseVector g(p * p, 0);
    for (std::size_t k = 0; k < jacobian_.size(); ++k) {
        for (std::size_t i = 0; i < p; ++i) {
            for (std::size_t l = 0; l < p; ++l)
                g[i * p + l] += precise_.weights[k] * jacobian_[k][i] * jacobian_[k][l];
        }
    }
    return g;
}

void Steering::make_stationary() {
    for (std::size_t p = 0; p < point_.size(); ++p) {
        PreciseVector row;
        for (std::size_t k = 0; k < jacobian_.size(); ++k)
            row.push_back(precise_.weights[k] * jacobian_[k][p]);
        rows_.push_back(std::move(row));
        right_.emplace_back(0);
    }
}

void Steering::set_inner(Size i, const PreciseVector& target) {
    const Size d = precise_.inputs;
    for (Size j = 0; j < d; ++j) {
        for (Size h = 0; h <= j; ++h) {
            PreciseVector row;
            for (Size k = 0; k < precise_.samples; ++k) {
                row.push_back(precise_.weights[at(k)] * point_[at(precise_.width * d + i)] *
                              jets_[at(k)][at(i)].second * precise_.x[at(k * d + j)] *
                              precise_.x[at(k * d + h)]);
            }
            rows_.push_back(std::move(row));
            right_.push_back(target[at(j * d + h)]);
        }
    }
}

Precise Steering::inner_scale(Size i) const {
    const Size d = precise_.inputs;
    Precise squares = 0;
    for (Size k = 0; k < precise_.samples; ++k) {
        Precise length = 0;
        for (Size j = 0; j < d; ++j) length += precise_.x[at(k * d + j)] * precise_.x[at(k * d + j)];
        const Precise c = precise_.weights[at(k)] * point_[at(precise_.width * d + i)] *
                          jets_[at(k)][at(i)].second * length;
        squares += c * c;
    }
    return sqrt(squares);
}

void Steering::set_curvature(const PreciseVector& u, const Precise& lambda) {
    const Size d = precise_.inputs, m = precise_.width, p = precise_.parameter_count();
    const PreciseVector g = gauss_newton();
    std::vector<PreciseVector> rows(at(p), PreciseVector(at(precise_.samples), 0));
    for (Size k = 0; k < precise_.samples; ++k) {
        const Precise& s = precise_.weights[at(k)];
        for (Size i = 0; i < m; ++i) {
            const PreciseJet& jet = jets_[at(k)][at(i)];
            const Precise v = along(u, i, k), a = point_[at(m * d + i)], b = u[at(m * d + i)];
            const Precise c = s * (a * jet.second * v + jet.first * b);
            for (Size j = 0; j < d; ++j) rows[at(i * d + j)][at(k)] = c * precise_.x[at(k * d + j)];
            rows[at(m * d + i)][at(k)] = s * jet.first * v;
        }
    }
    for (Size i = 0; i < p; ++i) {
        Precise right = lambda * u[at(i)];
        for (Size l = 0; l < p; ++l) right -= g[at(i * p + l)] * u[at(l)];
        rows_.push_back(std::move(rows[at(i)]));
        right_.push_back(right);
    }
}

void Steering::silence_third(const PreciseVector& u) {
    const Size d = precise_.inputs, m = precise_.width;
    PreciseVector row;
    Precise right = 0;
    for (Size k = 0; k < precise_.samples; ++k) {
        Precise first = 0, second = 0, third = 0;
        for (Size i = 0; i < m; ++i) {
            const PreciseJet& jet = jets_[at(k)][at(i)];
            const Precise v = along(u, i, k), a = point_[at(m * d + i)], b = u[at(m * d + i)];
            first += a * jet.first * v + b * jet.value;
            second += a * jet.second * v * v + 2 * b * jet.first * v;
            third += a * jet.third * v * v * v + 3 * b * jet.second * v * v;
        }
        row.push_back(precise_.weights[at(k)] * third);
        right -= 3 * precise_.weights[at(k)] * first * second;
    }
    rows_.push_back(std::move(row));
    right_.push_back(right);
}

void Steering::equate(Size p, Size q) {
    PreciseVector row(at(precise_.samples), 0);
    row[at(p)] = 1;
    row[at(q)] = -1;
    rows_.push_back(std::move(row));
    right_.emplace_back(0);
}

std::optional<PreciseVector> Steering::residual(double size, Random& random) const {
    PreciseVector start;
    for (Size k = 0; k < precise_.samples; ++k) start.emplace_back(size * random.normal());
    return least_norm_change(rows_, right_, start);
}

void set_targets(SmallProblem& problem, const PreciseVector& residuals) {
    problem.targets.assign(at(problem.samples), 0.0);
    const PreciseProblem precise(problem.dataset(), problem.network);
    const PreciseVector f = precise.outputs(precise_point(problem.network.parameters));
    for (std::size_t k = 0; k < f.size(); ++k)
        problem.targets[k] = static_cast<double>(Precise(f[k] - residuals[k]));
}

Precise smallest(const PreciseVector& eigenvalues) {
    Precise least = eigenvalues.front();
    for (const Precise& value : eigenvalues) {
        if (abs(value) < abs(least)) least = value;
    }
    return least;
}

std::optional<Refined> tune(SmallProblem& problem, const Refined& start, const Precise& wanted, bool pairs,
                            const std::function<Precise(const Refined&)>& value, Random& random) {
    const std::size_t step = pairs ? 2 : 1, count = problem.targets.size() / step;
    PreciseProblem precise(problem.dataset(), problem.network);
    const Precise before = value(start), h("1e-25");
    std::vector<double> rate;  // of the value, in units of the wanted one, by one unit in the last place
    std::vector<double> unit;
    for (std::size_t k = 0; k < count; ++k) {
        const double y = problem.targets[k * step];
        unit.push_back(std::nextafter(std::abs(y), std::numeric_limits<double>::infinity()) - std::abs(y));
        for (std::size_t c = 0; c < step; ++c) precise.targets[k * step + c] += h;
        const std::optional<Refined> moved = refine(precise, start.point, 1e-3);
        for (std::size_t c = 0; c < step; ++c) precise.targets[k * step + c] -= h;
        if (!moved) return std::nullopt;
        rate.push_back(
            static_cast<double>(Precise((value(*moved) - before) / h * unit.back() / abs(wanted))));
    }
    const double away = static_cast<double>(Precise((before - wanted) / abs(wanted)));
    double best = std::abs(away);
    std::vector<int> shifts(count, 0), chosen(count, 0);
    for (int trial = 0; trial < 6000 && best > 0.3; ++trial) {
        double sum = away;
        for (std::size_t k = 0; k < count; ++k) {
            shifts[k] = static_cast<int>(random.bits() % 5) - 2;
            sum += shifts[k] * rate[k];
        }
        if (std::abs(sum) < best) {
            best = std::abs(sum);
            chosen = shifts;
        }
    }
    for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t c = 0; c < step; ++c) problem.targets[k * step + c] += chosen[k] * unit[k];
    }
    return refine(PreciseProblem(problem.dataset(), problem.network), start.point, 1e-3);
}

}  // namespace tepui::test
