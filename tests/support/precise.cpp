#include "support/precise.hpp"

#include <algorithm>

namespace tepui::test {
namespace {

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

Precise preactivation(const PreciseProblem& problem, const PreciseVector& point, Size i, Size k) {
    Precise z = 0;
    for (Size j = 0; j < problem.inputs; ++j)
        z += point[at(i * problem.inputs + j)] * problem.x[at(k * problem.inputs + j)];
    return z;
}

Precise length(const PreciseVector& v) {
    Precise sum = 0;
    for (const Precise& c : v) sum += c * c;
    return sqrt(sum);
}

}  // namespace

PreciseJet precise_jet(const Activation& activation, const Precise& z) {
    const truth::Subject subject{activation.kind(), {}, activation.parameter(), 3, {}};
    const truth::Jet jet = truth::jet(subject, z);
    return {jet[0].exact, jet[1].exact, jet[2].exact, jet[3].exact};
}

PreciseVector precise_point(const std::vector<double>& parameters) {
    return PreciseVector(parameters.begin(), parameters.end());
}

PreciseProblem::PreciseProblem(const Dataset& data, const Network& network)
    : activation(network.activation), samples(data.samples()), inputs(network.inputs), width(network.width) {
    Precise scale = 1;
    if (data.scaling() == LossScaling::mean) {
        Precise sum = 0;
        for (Size k = 0; k < samples; ++k) sum += data.given_weight(k);
        scale = 1 / sum;
    }
    std::vector<double> row(at(inputs));
    for (Size k = 0; k < samples; ++k) {
        data.sample(k, row.data());
        x.insert(x.end(), row.begin(), row.end());
        targets.emplace_back(data.target(k));
        weights.push_back(data.given_weight(k) * scale);
    }
}

PreciseVector PreciseProblem::outputs(const PreciseVector& point) const {
    PreciseVector f;
    for (Size k = 0; k < samples; ++k) {
        Precise sum = 0;
        for (Size i = 0; i < width; ++i) {
            sum += point[at(width * inputs + i)] *
                   precise_jet(activation, preactivation(*this, point, i, k)).value;
        }
        f.push_back(sum);
    }
    return f;
}

Precise PreciseProblem::loss(const PreciseVector& point) const {
    const PreciseVector f = outputs(point);
    Precise sum = 0;
    for (std::size_t k = 0; k < f.size(); ++k)
        sum += weights[k] * (f[k] - targets[k]) * (f[k] - targets[k]) / 2;
    return sum;
}

PreciseSums precise_sums(const PreciseProblem& problem, const PreciseVector& point) {
    const Size m = problem.width, d = problem.inputs, p = problem.parameter_count();
    PreciseSums sums;
    sums.loss = 0;
    sums.gradient.assign(at(p), 0);
    sums.gradient_terms.assign(at(p), 0);
    sums.hessian.assign(at(p * p), 0);
    sums.inner.assign(at(m), PreciseVector(at(d * d), 0));
    for (Size k = 0; k < problem.samples; ++k) {
        std::vector<PreciseJet> u;
        Precise f = 0;
        for (Size i = 0; i < m; ++i) {
            u.push_back(precise_jet(problem.activation, preactivation(problem, point, i, k)));
            f += point[at(m * d + i)] * u.back().value;
        }
        const Precise* x = problem.x.data() + k * d;
        const Precise s = problem.weights[at(k)], r = f - problem.targets[at(k)];
        sums.residuals.push_back(r);
        sums.loss += s * r * r / 2;
        PreciseVector first(at(p));  // derivatives of f
        for (Size i = 0; i < m; ++i) {
            const Precise& a = point[at(m * d + i)];
            for (Size j = 0; j < d; ++j) first[at(i * d + j)] = a * u[at(i)].first * x[j];
            first[at(m * d + i)] = u[at(i)].value;
        }
        for (Size i = 0; i < p; ++i) {
            const Precise term = s * r * first[at(i)];
            sums.gradient[at(i)] += term;
            sums.gradient_terms[at(i)] += abs(term);
            const Precise left = s * first[at(i)];
            for (Size l = 0; l <= i; ++l) sums.hessian[at(i * p + l)] += left * first[at(l)];
        }
        for (Size i = 0; i < m; ++i) {
            const Precise& a = point[at(m * d + i)];
            const Precise bend = s * r * a * u[at(i)].second, cross = s * r * u[at(i)].first;
            for (Size j = 0; j < d; ++j) {
                const Precise c = bend * x[j];
                for (Size h = 0; h < d; ++h) {
                    sums.inner[at(i)][at(j * d + h)] += c * x[h];
                    if (h <= j) sums.hessian[at((i * d + j) * p + i * d + h)] += c * x[h];
                }
                sums.hessian[at((m * d + i) * p + i * d + j)] += cross * x[j];
            }
        }
    }
    for (Size i = 0; i < p; ++i) {
        for (Size l = 0; l < i; ++l) sums.hessian[at(l * p + i)] = sums.hessian[at(i * p + l)];
    }
    return sums;
}

double PreciseSums::gradient_relative() const {
    double largest = 0.0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        if (gradient_terms[i] > 0)
            largest = std::max(largest, static_cast<double>(Precise(abs(gradient[i]) / gradient_terms[i])));
    }
    return largest;
}

std::vector<PreciseVector> precise_jacobian(const PreciseProblem& problem, const PreciseVector& point) {
    const Size m = problem.width, d = problem.inputs;
    std::vector<PreciseVector> rows;
    for (Size k = 0; k < problem.samples; ++k) {
        PreciseVector row(at(problem.parameter_count()));
        for (Size i = 0; i < m; ++i) {
            const PreciseJet u = precise_jet(problem.activation, preactivation(problem, point, i, k));
            for (Size j = 0; j < d; ++j)
                row[at(i * d + j)] = point[at(m * d + i)] * u.first * problem.x[at(k * d + j)];
            row[at(m * d + i)] = u.value;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

PreciseVector precise_eigenvalues(PreciseVector a, Size order, std::vector<PreciseVector>* vectors) {
    const std::size_t size = at(order);
    std::vector<PreciseVector> v(size, PreciseVector(vectors ? size : 0, 0));
    for (std::size_t p = 0; vectors && p < size; ++p) v[p][p] = 1;
    const Precise small("1e-110");
    for (int sweep = 0; sweep < 60; ++sweep) {
        Precise off = 0, all = 0;
        for (std::size_t p = 0; p < size; ++p) {
            for (std::size_t q = 0; q < size; ++q) (p == q ? all : off) += a[p * size + q] * a[p * size + q];
        }
        if (off <= small * all) break;
        for (std::size_t p = 0; p < size; ++p) {
            for (std::size_t q = p + 1; q < size; ++q) {
                const Precise apq = a[p * size + q];
                if (apq == 0) continue;
                const Precise theta = (a[q * size + q] - a[p * size + p]) / (2 * apq);
                const Precise t = (theta < 0 ? -1 : 1) / Precise(abs(theta) + sqrt(theta * theta + 1));
                const Precise c = 1 / sqrt(t * t + 1), s = t * c;
                const auto turn = [&](Precise& x, Precise& y) {
                    const Precise left = c * x - s * y;
                    y = s * x + c * y;
                    x = left;
                };
                for (std::size_t k = 0; k < size; ++k) turn(a[k * size + p], a[k * size + q]);
                for (std::size_t k = 0; k < size; ++k) turn(a[p * size + k], a[q * size + k]);
                for (std::size_t k = 0; vectors && k < size; ++k) turn(v[p][k], v[q][k]);
            }
        }
    }
    std::vector<std::size_t> by_value(size);
    for (std::size_t l = 0; l < size; ++l) by_value[l] = l;
    std::sort(by_value.begin(), by_value.end(),
              [&](std::size_t l, std::size_t h) { return a[l * size + l] < a[h * size + h]; });
    PreciseVector values;
    if (vectors) vectors->clear();
    for (const std::size_t l : by_value) {
        values.push_back(a[l * size + l]);
        if (vectors) vectors->push_back(v[l]);
    }
    return values;
}

PreciseInertia precise_inertia(const PreciseVector& eigenvalues) {
    Precise largest = 0;
    for (const Precise& value : eigenvalues) largest = truth::larger(largest, abs(value));
    const Precise floor = largest * Precise("1e-30");
    PreciseInertia inertia;
    for (const Precise& value : eigenvalues)
        ++(abs(value) <= floor ? inertia.zero : value < 0 ? inertia.negative : inertia.positive);
    return inertia;
}

std::optional<PreciseVector> precise_solve(PreciseVector matrix, PreciseVector right) {
    const std::size_t size = right.size();
    Precise largest = 0;
    for (const Precise& entry : matrix) largest = truth::larger(largest, abs(entry));
    for (std::size_t c = 0; c < size; ++c) {
        std::size_t pivot = c;
        for (std::size_t r = c + 1; r < size; ++r) {
            if (abs(matrix[r * size + c]) > abs(matrix[pivot * size + c])) pivot = r;
        }
        if (abs(matrix[pivot * size + c]) <= largest * Precise("1e-45")) return std::nullopt;
        for (std::size_t l = c; l < size && pivot != c; ++l)
            std::swap(matrix[c * size + l], matrix[pivot * size + l]);
        std::swap(right[c], right[pivot]);
        for (std::size_t r = c + 1; r < size; ++r) {
            const Precise factor = matrix[r * size + c] / matrix[c * size + c];
            if (factor == 0) continue;
            for (std::size_t l = c; l < size; ++l) matrix[r * size + l] -= factor * matrix[c * size + l];
            right[r] -= factor * right[c];
        }
    }
    for (std::size_t c = size; c-- > 0;) {
        for (std::size_t l = c + 1; l < size; ++l) right[c] -= matrix[c * size + l] * right[l];
        right[c] /= matrix[c * size + c];
    }
    return right;
}

std::optional<PreciseVector> least_norm_change(const std::vector<PreciseVector>& rows,
                                               const PreciseVector& right, const PreciseVector& start) {
    const Precise small("1e-35");
    const auto dot = [](const PreciseVector& a, const PreciseVector& b) {
        Precise sum = 0;
        for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
        return sum;
    };
    PreciseVector moved(start);
    std::vector<PreciseVector> basis;
    for (std::size_t p = 0; p < rows.size(); ++p) {
        const Precise whole = length(rows[p]);
        PreciseVector q(rows[p]);
        for (const PreciseVector& b : basis) {
            const Precise share = dot(q, b);
            for (std::size_t k = 0; k < q.size(); ++k) q[k] -= share * b[k];
        }
        const Precise rest = length(q), defect = right[p] - dot(rows[p], moved);
        if (rest <= small * whole) {
            if (abs(defect) > Precise("1e-30") * (whole * length(moved) + abs(right[p]))) return std::nullopt;
            continue;
        }
        // Only this row's own direction: the rows before stay met.
        for (Precise& c : q) c /= rest;
        const Precise step = defect / rest;
        for (std::size_t k = 0; k < q.size(); ++k) moved[k] += step * q[k];
        basis.push_back(std::move(q));
    }
    return moved;
}

std::optional<Refined> refine(const PreciseProblem& problem, const PreciseVector& start, double radius) {
    Refined refined;
    refined.point = start;
    const Precise size = length(start);
    const Precise small("1e-38");
    for (int step = 0; step < 40; ++step) {
        refined.sums = precise_sums(problem, refined.point);
        const std::optional<PreciseVector> newton =
            precise_solve(refined.sums.hessian, refined.sums.gradient);
        if (!newton) return std::nullopt;
        for (std::size_t i = 0; i < start.size(); ++i) refined.point[i] -= (*newton)[i];
        PreciseVector apart(start);
        for (std::size_t i = 0; i < start.size(); ++i) apart[i] -= refined.point[i];
        refined.distance = static_cast<double>(Precise(length(apart) / size));
        if (!(refined.distance <= radius)) return std::nullopt;
        if (length(*newton) > small * size) continue;
        refined.sums = precise_sums(problem, refined.point);
        refined.eigenvalues = precise_eigenvalues(refined.sums.hessian, problem.parameter_count());
        refined.inertia = precise_inertia(refined.eigenvalues);
        return refined;
    }
    return std::nullopt;
}

}  // namespace tepui::test
