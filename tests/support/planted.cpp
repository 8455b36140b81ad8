#include "support/planted.hpp"

#include <lapacke.h>

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "support/reference.hpp"

namespace tepui::test {
namespace {

using Vector = std::vector<double>;
constexpr int kAttempts = 12;
constexpr double kSmallest = 1e-7;  // smaller epsilons leave too few digits: draw again

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

double norm(const Vector& v) {
    double sum = 0.0;
    for (const double x : v) sum += x * x;
    return std::sqrt(sum);
}

Vector unit_normal(Random& random, Size d) {
    Vector v(at(d));
    for (double& x : v) x = random.normal();
    const double length = norm(v);
    for (double& x : v) x /= length;
    return v;
}

// Directions that the activation forces into the null space of every stationary point's H_i: Euler's identity
// gives H_i w_i = (k - 1) a_i sum s r u'_i x = 0 for sigma homogeneous of degree k; with a bias, exp has sum
// s r u''_i x = 0 and sin sum s r u''_i = 0.
std::optional<Vector> forced_null(const Network& network, Size i, bool bias) {
    const Size d = network.inputs;
    Vector v(at(d), 0.0);
    if (network.activation.traits().homogeneity > 0) {
        std::copy_n(network.weights(i), d, v.begin());
        const double length = norm(v);
        for (double& x : v) x /= length;
        return v;
    }
    const ActivationKind kind = network.activation.kind();
    if (bias && (kind == ActivationKind::exp || kind == ActivationKind::sin)) {
        v.back() = 1.0;
        return v;
    }
    return std::nullopt;
}

// An orthonormal basis, random but for its first vector.
std::vector<Vector> random_basis(Random& random, Size d, const std::optional<Vector>& first) {
    std::vector<Vector> basis;
    while (static_cast<Size>(basis.size()) < d) {
        Vector v = basis.empty() && first ? *first : unit_normal(random, d);
        for (int sweep = 0; sweep < 2; ++sweep) {
            for (const Vector& b : basis) {
                double overlap = 0.0;
                for (Size j = 0; j < d; ++j) overlap += v[at(j)] * b[at(j)];
                for (Size j = 0; j < d; ++j) v[at(j)] -= overlap * b[at(j)];
            }
        }
        const double length = norm(v);
        if (length < 1e-3) continue;
        for (double& x : v) x /= length;
        basis.push_back(v);
    }
    return basis;
}

// Eigenvalues in 0.5..1.5 with the wanted signs, the first one that of the forced null direction when there
// is one.
std::optional<Vector> wanted_spectrum(Random& random, Size d, Definiteness wanted, bool forced) {
    using enum Definiteness;
    const bool semidefinite = wanted == positive_semidefinite || wanted == negative_semidefinite;
    const Size nonzero = d - (forced || semidefinite ? 1 : 0);
    if (wanted == zero) return Vector(at(d), 0.0);
    if ((wanted == positive_definite || wanted == negative_definite) && forced) return std::nullopt;
    if (nonzero < (wanted == indefinite ? 2 : 1)) return std::nullopt;
    Vector spectrum(at(d), 0.0);
    for (Size l = d - nonzero; l < d; ++l) spectrum[at(l)] = 0.5 + random.uniform();
    const bool negative = wanted == negative_definite || wanted == negative_semidefinite;
    for (Size l = d - nonzero; l < d; ++l) {
        const bool flip =
            wanted == indefinite ? (l == d - 1 || (l > d - nonzero && random.uniform() < 0.5)) : negative;
        if (flip) spectrum[at(l)] = -spectrum[at(l)];
    }
    return spectrum;
}

// A dense least-norm problem with rows scaled to unit length.
struct Constraints {
    Size unknowns;
    std::vector<Vector> rows;
    Vector right;

    void add(Vector row, double value) {
        const double length = norm(row);
        if (length > 0.0) {
            for (double& x : row) x /= length;
            value /= length;
        }
        rows.push_back(std::move(row));
        right.push_back(value);
    }
    Vector defect(const Vector& r) const {
        Vector d(right);
        for (std::size_t c = 0; c < rows.size(); ++c) {
            Real sum = right[c];
            for (std::size_t k = 0; k < r.size(); ++k) sum -= Real{rows[c][k]} * r[k];
            d[c] = static_cast<double>(sum);
        }
        return d;
    }
    // The least-norm change that mends the defect.
    Vector least_norm(const Vector& defects) const {
        const auto count = static_cast<lapack_int>(rows.size()), n = static_cast<lapack_int>(unknowns);
        Vector a;
        for (const Vector& row : rows) a.insert(a.end(), row.begin(), row.end());
        Vector b(defects), singular(rows.size());
        b.resize(at(std::max<Size>(count, n)), 0.0);
        lapack_int rank = 0;
        LAPACKE_dgelsd(LAPACK_ROW_MAJOR, count, n, 1, a.data(), n, b.data(), 1, singular.data(), 1e-11,
                       &rank);
        b.resize(at(n));
        return b;
    }
};

struct Draw {
    Planted planted;
    std::vector<std::vector<Jet>> jets;  // [samples][width]
    std::vector<Vector> inputs;          // [samples][inputs]
};

Draw draw_problem(const PlantedOptions& options, Random& random) {
    const auto m = static_cast<Size>(options.wanted.size());
    const Size d = options.features + (options.bias ? 1 : 0);
    Layout layout{m, d};
    layout.output_bias = options.output_bias;
    layout.skip = options.skip;
    Size n = layout.parameter_count() + m * triangle(d) + std::max<Size>(options.extra_samples, 1);
    for (const FreePoint& point : options.free)
        n += 1 + (point.order > 0 ? d : 0) + (point.order > 1 ? triangle(d) : 0);
    Network network(options.activation, layout);
    for (Size i = 0; i < m; ++i) {
        for (Size j = 0; j < d; ++j) {
            network.weights(i)[j] = 1.2 * random.normal() / std::sqrt(static_cast<double>(options.features));
        }
        network.output(i) = (random.uniform() < 0.5 ? -1.0 : 1.0) * (0.6 + random.uniform());
    }
    Random beside(options.seed, 4000);  // the others stay what they are without
    for (Size p = m * (d + 1); p < network.parameter_count(); ++p)
        network.parameters[at(p)] = 0.7 * beside.normal();
    Draw draw{{n,
               options.features,
               options.bias,
               options.scaling,
               {},
               {},
               {},
               network,
               options.wanted,
               {},
               0.0,
               {},
               false},
              {},
              {}};
    for (Size k = 0; k < n; ++k) {
        Vector x(at(d), 1.0);
        for (Size j = 0; j < options.features; ++j) x[at(j)] = random.normal();
        draw.planted.x.insert(draw.planted.x.end(), x.begin(), x.begin() + options.features);
        if (options.weights) draw.planted.weights.push_back(0.5 + random.uniform());
        std::vector<Jet> jets;
        for (Size i = 0; i < m; ++i) {
            Real z = 0;
            for (Size j = 0; j < d; ++j) z += Real{network.weights(i)[j]} * x[at(j)];
            jets.push_back(activation_jet(options.activation.kind(), options.activation.parameter(), z));
        }
        draw.jets.push_back(std::move(jets));
        draw.inputs.push_back(std::move(x));
    }
    return draw;
}

double sample_weight(const Draw& draw, Size k) {
    return draw.planted.weights.empty() ? 1.0 : draw.planted.weights[at(k)];
}

// Row of the Jacobian of f in parameter order, at sample k.
Vector jacobian_row(const Draw& draw, Size k) {
    const Network& network = draw.planted.network;
    Vector row;
    for (Size i = 0; i < network.width; ++i) {
        const double slope = network.output(i) * static_cast<double>(draw.jets[at(k)][at(i)].first);
        for (Size j = 0; j < network.inputs; ++j) row.push_back(slope * draw.inputs[at(k)][at(j)]);
    }
    for (Size i = 0; i < network.width; ++i)
        row.push_back(static_cast<double>(draw.jets[at(k)][at(i)].value));
    if (network.output_bias) row.push_back(1.0);
    if (network.skip) row.insert(row.end(), draw.inputs[at(k)].begin(), draw.inputs[at(k)].end());
    return row;
}

// a_i sum s r sigma''' (p.x) (q.x) (t.x) = 0 for all null vectors p, q, t.
void silence_third_order(const Draw& draw, Size i, const std::vector<Vector>& null,
                         Constraints& constraints) {
    const Network& network = draw.planted.network;
    const auto along = [&](const Vector& v, Size k) {
        double sum = 0.0;
        for (Size j = 0; j < network.inputs; ++j) sum += v[at(j)] * draw.inputs[at(k)][at(j)];
        return sum;
    };
    for (std::size_t p = 0; p < null.size(); ++p) {
        for (std::size_t q = 0; q <= p; ++q) {
            for (std::size_t t = 0; t <= q; ++t) {
                Vector row;
                for (Size k = 0; k < draw.planted.samples; ++k) {
                    row.push_back(sample_weight(draw, k) * network.output(i) *
                                  static_cast<double>(draw.jets[at(k)][at(i)].third) * along(null[p], k) *
                                  along(null[q], k) * along(null[t], k));
                }
                constraints.add(std::move(row), 0.0);
            }
        }
    }
}

// Psi and its derivatives at a free point.
void add_free_point(Draw& draw, const FreePoint& point, Random& random, Constraints& constraints) {
    Planted& planted = draw.planted;
    const Size d = planted.network.inputs, n = planted.samples;
    Vector v(at(d), 0.0);
    if (!point.at_zero) {
        for (double& x : v) x = 1.2 * random.normal() / std::sqrt(static_cast<double>(d));
    }
    std::vector<Jet> jets;
    for (Size k = 0; k < n; ++k) {
        Real z = 0;
        for (Size j = 0; j < d; ++j) z += Real{v[at(j)]} * draw.inputs[at(k)][at(j)];
        const Activation& activation = planted.network.activation;
        jets.push_back(activation_jet(activation.kind(), activation.parameter(), z));
    }
    const auto add = [&](auto&& term) {
        Vector row;
        for (Size k = 0; k < n; ++k) row.push_back(sample_weight(draw, k) * term(k));
        constraints.add(std::move(row), 0.0);
    };
    const Vector e = unit_normal(random, d);
    add([&](Size k) { return static_cast<double>(jets[at(k)].value); });
    for (Size j = 0; j < d && point.order > 0; ++j) {
        const auto x = [&, j](Size k) { return draw.inputs[at(k)][at(j)]; };
        add([&](Size k) { return static_cast<double>(jets[at(k)].first) * x(k); });
        if (point.order == 2) {
            add([&](Size k) {
                double along = 0.0;
                for (Size h = 0; h < d; ++h) along += e[at(h)] * draw.inputs[at(k)][at(h)];
                return static_cast<double>(jets[at(k)].second) * along * x(k);
            });
        }
        for (Size h = 0; h <= j && point.order == 3; ++h) {
            add([&](Size k) {
                return static_cast<double>(jets[at(k)].second) * x(k) * draw.inputs[at(k)][at(h)];
            });
        }
    }
    planted.free_weights.push_back(std::move(v));
}

// J^T S r = 0 and H_i(r) = target_i; the targets' scale is what a residual of unit size would give.
bool set_constraints(Draw& draw, bool no_third, Random& random, Constraints& constraints) {
    Planted& planted = draw.planted;
    const Network& network = planted.network;
    const Size n = planted.samples, d = network.inputs;
    std::vector<Vector> jacobian;
    for (Size k = 0; k < n; ++k) jacobian.push_back(jacobian_row(draw, k));
    for (Size l = 0; l < network.parameter_count(); ++l) {
        Vector row;
        for (Size k = 0; k < n; ++k) row.push_back(sample_weight(draw, k) * jacobian[at(k)][at(l)]);
        constraints.add(std::move(row), 0.0);
    }
    for (Size i = 0; i < network.width; ++i) {
        const std::optional<Vector> null = forced_null(network, i, planted.bias);
        const std::optional<Vector> spectrum =
            wanted_spectrum(random, d, planted.wanted[at(i)], null.has_value());
        if (!spectrum) return false;
        const std::vector<Vector> basis = random_basis(random, d, null);
        std::vector<Vector> rows;
        double squares = 0.0;
        for (Size j = 0; j < d; ++j) {
            for (Size h = 0; h <= j; ++h) {
                Vector row;
                for (Size k = 0; k < n; ++k) {
                    row.push_back(sample_weight(draw, k) * network.output(i) *
                                  static_cast<double>(draw.jets[at(k)][at(i)].second) *
                                  draw.inputs[at(k)][at(j)] * draw.inputs[at(k)][at(h)]);
                }
                squares += norm(row) * norm(row);
                rows.push_back(std::move(row));
            }
        }
        const double scale = 0.5 * std::sqrt(squares / static_cast<double>(rows.size()));
        if (scale == 0.0 && planted.wanted[at(i)] != Definiteness::zero) return false;
        Vector target(at(d * d), 0.0);
        for (Size l = 0; l < d; ++l) {
            for (Size j = 0; j < d; ++j) {
                for (Size h = 0; h < d; ++h) {
                    target[at(j * d + h)] +=
                        scale * (*spectrum)[at(l)] * basis[at(l)][at(j)] * basis[at(l)][at(h)];
                }
            }
        }
        for (Size j = 0, c = 0; j < d; ++j) {
            for (Size h = 0; h <= j; ++h, ++c) constraints.add(std::move(rows[at(c)]), target[at(j * d + h)]);
        }
        planted.inner.push_back(std::move(target));
        if (!no_third) continue;
        std::vector<Vector> silent;
        for (Size l = 0; l < d; ++l) {
            if ((*spectrum)[at(l)] == 0.0) silent.push_back(basis[at(l)]);
        }
        silence_third_order(draw, i, silent, constraints);
    }
    return true;
}

// A random residual moved the least distance into the constraints.
std::optional<Vector> steer_residual(const Constraints& constraints, double feasible, Random& random) {
    Vector r(at(constraints.unknowns));
    for (double& x : r) x = 0.5 * random.normal();
    const double before = norm(constraints.defect(r));
    for (int sweep = 0; sweep < 3; ++sweep) {
        const Vector step = constraints.least_norm(constraints.defect(r));
        for (std::size_t k = 0; k < r.size(); ++k) r[k] += step[k];
    }
    const double after = norm(constraints.defect(r));
    if (!(after <= feasible * std::max(before, norm(constraints.right)))) return std::nullopt;
    return r;
}

// Eigenvalues of G^-1/2 diag(H_i, 0) G^-1/2, G = J^T S J: the Hessian at epsilon is G + epsilon diag(H_i, 0).
// False when G is singular.
bool relative_curvatures(const Draw& draw, double& smallest, double& largest) {
    const Network& network = draw.planted.network;
    const Size p = network.parameter_count(), d = network.inputs;
    Vector g(at(p * p), 0.0), h(at(p * p), 0.0), values(at(p));
    for (Size k = 0; k < draw.planted.samples; ++k) {
        const Vector row = jacobian_row(draw, k);
        for (Size i = 0; i < p; ++i) {
            for (Size l = 0; l < p; ++l) g[at(i * p + l)] += sample_weight(draw, k) * row[at(i)] * row[at(l)];
        }
    }
    for (Size i = 0; i < network.width; ++i) {
        for (Size j = 0; j < d; ++j) {
            for (Size l = 0; l < d; ++l)
                h[at((i * d + j) * p + i * d + l)] = draw.planted.inner[at(i)][at(j * d + l)];
        }
    }
    const auto order = static_cast<lapack_int>(p);
    Vector copy(g);
    LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'N', 'L', order, copy.data(), order, values.data());
    if (values.front() <= 1e-9 * values.back()) return false;
    LAPACKE_dsygvd(LAPACK_ROW_MAJOR, 1, 'N', 'L', order, h.data(), order, g.data(), order, values.data());
    smallest = values.front();
    largest = values.back();
    return true;
}

bool choose_epsilon(Draw& draw, bool saddle) {
    Planted& planted = draw.planted;
    double smallest = 0.0, largest = 0.0;
    planted.full_rank = relative_curvatures(draw, smallest, largest);
    if (!planted.full_rank) {
        planted.epsilon = saddle ? 4.0 : 1e-3;
        return true;
    }
    if (saddle) {
        if (smallest >= 0.0) return false;
        planted.epsilon = 3.0 / -smallest;
    } else {
        const double curvature = std::max(-smallest, largest);  // at epsilon 1, relative to J^T S J
        planted.epsilon = curvature > 0.25 ? 0.25 / curvature : 1.0;
    }
    return planted.epsilon > kSmallest && planted.epsilon < 1e4;
}

void set_targets(Draw& draw, const Vector& r) {
    Planted& planted = draw.planted;
    for (std::size_t k = 0; k < r.size(); ++k) {
        Real f = 0;
        for (Size i = 0; i < planted.network.width; ++i)
            f += planted.network.output(i) * draw.jets[k][at(i)].value;
        const Network& network = planted.network;
        if (network.output_bias) f += network.parameters[at(network.coefficient(network.width, 0))];
        for (Size j = 0; network.skip && j < network.inputs; ++j) {
            const Size feature = network.features() - network.inputs + j;
            f += Real{network.parameters[at(network.coefficient(feature, 0))]} * draw.inputs[k][at(j)];
        }
        planted.targets.push_back(static_cast<double>(f - planted.epsilon * r[k]));
    }
    double factor = planted.epsilon;
    if (planted.scaling == LossScaling::mean) {
        double sum = 0.0;
        for (std::size_t k = 0; k < r.size(); ++k) sum += sample_weight(draw, static_cast<Size>(k));
        factor /= sum;
    }
    for (Vector& inner : planted.inner) {
        for (double& entry : inner) entry *= factor;
    }
}

}  // namespace

Dataset Planted::dataset() const {
    const DatasetSource source{samples,  features,       x.data(),
                               features, targets.data(), weights.empty() ? nullptr : weights.data()};
    return Dataset(source, false, bias, scaling);
}

std::optional<Planted> plant(const PlantedOptions& options) {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        Random random(options.seed, 1000 + static_cast<std::uint64_t>(attempt));
        Draw draw = draw_problem(options, random);
        Constraints constraints{draw.planted.samples, {}, {}};
        if (!set_constraints(draw, options.no_third, random, constraints)) return std::nullopt;
        for (const FreePoint& point : options.free) add_free_point(draw, point, random, constraints);
        const std::optional<Vector> r = steer_residual(constraints, options.feasible, random);
        if (!r || !choose_epsilon(draw, options.saddle)) continue;
        set_targets(draw, *r);
        return std::move(draw.planted);
    }
    return std::nullopt;
}

}  // namespace tepui::test
