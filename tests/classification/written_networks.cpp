#include "classification/written_networks.hpp"

#include <algorithm>
#include <cmath>

#include "classification/split_cases.hpp"
#include "linalg/singular.hpp"
#include "linalg/symmetric.hpp"

namespace tepui::test {
namespace {

using Numbers = WrittenNetwork::Numbers;

std::vector<Real> values(const Numbers& numbers) {
    std::vector<Real> result;
    for (const HyperDual& number : numbers) result.push_back(number.value);
    return result;
}

std::vector<Real> normals(Random& random, Size count, double size) {
    std::vector<Real> result(static_cast<std::size_t>(count));
    for (Real& value : result) value = size * random.normal();
    return result;
}

Numbers seeded(const std::vector<Real>& at, std::size_t i, std::size_t j) {
    Numbers theta(at.begin(), at.end());
    theta[i].a = 1;
    theta[j].b = 1;
    return theta;
}

// What a layer sends out for one sample.
Numbers layer_outputs(const HyperDual* w, const HyperDual* a, const Numbers& h, Size width, Size outputs,
                      ActivationKind activation) {
    Numbers out(static_cast<std::size_t>(outputs));
    for (Size i = 0; i < width; ++i) {
        HyperDual z;
        for (std::size_t j = 0; j < h.size(); ++j) z += w[i * static_cast<Size>(h.size()) + j] * h[j];
        const HyperDual u = activate(activation, z);
        for (Size o = 0; o < outputs; ++o) out[o] += a[i * outputs + o] * u;
    }
    return out;
}

std::vector<double> rounded(const std::vector<Real>& numbers) {
    return {numbers.begin(), numbers.end()};
}

}  // namespace

std::vector<Real> WrittenNetwork::residuals(const std::vector<Real>& at, Size width) const {
    std::vector<Real> r = values(f(Numbers(at.begin(), at.end()), width));
    for (std::size_t k = 0; k < r.size(); ++k) r[k] -= targets[k];
    return r;
}

Real WrittenNetwork::loss(const std::vector<Real>& at, Size width) const {
    Real sum = 0;
    for (const Real r : residuals(at, width)) sum += r * r / 2;
    return sum;
}

// What is to vanish at the weights of the first neurons for these pulls g: sums over the samples.
std::vector<Real> WrittenNetwork::planted_sums(const std::vector<Real>& inputs, const std::vector<Real>& pull,
                                               Size flat, Null null) const {
    std::vector<Real> slopes(static_cast<std::size_t>(flat * d * K), 0),
        inner(static_cast<std::size_t>(d), 0), bends(static_cast<std::size_t>(K), 0);
    Real third = 0;
    for (Size s = 0; s < samples; ++s) {
        const Real* h = inputs.data() + s * d;
        for (Size i = 0; i < flat; ++i) {
            Real z = 0, along = 0;
            for (Size j = 0; j < d; ++j) z += theta[weights + i * d + j] * h[j];
            const Jet jet = activation_jet(activation, 0.0, z);
            for (Size o = 0; o < K; ++o) {
                const Real g = pull[s * K + o];
                along += g * theta[outputs + i * K + o];
                for (Size j = 0; j < d; ++j) slopes[(i * d + j) * K + o] += jet.first * h[j] * g;
                if (i == 0) bends[o] += jet.second * h[0] * h[0] * g;
            }
            if (i > 0) continue;
            for (Size j = 0; j < d; ++j) inner[j] += along * jet.second * h[0] * h[j];
            third += along * jet.third * h[0] * h[0] * h[0];
        }
    }
    std::vector<Real> sums = std::move(slopes);
    if (null >= Null::inner) sums.insert(sums.end(), inner.begin(), inner.end());
    if (null >= Null::straight) sums.insert(sums.end(), bends.begin(), bends.end());
    if (null == Null::no_third) sums.push_back(third);
    return sums;
}

bool WrittenNetwork::plant(Random& random, Real size, Size flat, Null null) {
    const std::vector<Real> out = values(f(Numbers(theta.begin(), theta.end()), m));
    const Size count = static_cast<Size>(out.size()), p = static_cast<Size>(theta.size());
    const std::vector<Real> inputs = h(theta), nothing(static_cast<std::size_t>(samples * K), 0);
    const Size more = static_cast<Size>(planted_sums(inputs, nothing, flat, null).size());
    // Rows that r is to be orthogonal to: the Jacobian's, then those of what vanishes, linear in r.
    Matrix rows(p + more, count);
    for (Size q = 0; q < p; ++q) {
        const Numbers moved = f(seeded(theta, q, q), m);
        for (Size k = 0; k < count; ++k) rows(q, k) = static_cast<double>(moved[k].a);
    }
    if (rows.rows() + 2 > count) return false;
    for (Size k = 0; flat > 0 && k < count; ++k) {
        std::vector<Real> unit(out.size(), 0);
        unit[k] = 1;
        const std::vector<Real> sums = planted_sums(inputs, g(theta, unit), flat, null);
        for (Size e = 0; e < more; ++e) rows(p + e, k) = static_cast<double>(sums[e]);
    }
    const linalg::RightSingular span = linalg::right_singular(rows);
    std::vector<Real> r = normals(random, count, 1.0);
    for (int twice = 0; twice < 3; ++twice) {
        for (Size q = 0; q < span.values.size(); ++q) {
            if (!(span.values[q] > 1e-11 * span.values[0])) continue;
            Real along = 0, square = 0;
            for (Size k = 0; k < count; ++k) {
                along += r[k] * span.vectors(q, k);
                square += static_cast<Real>(span.vectors(q, k)) * span.vectors(q, k);
            }
            for (Size k = 0; k < count; ++k) r[k] -= along / square * span.vectors(q, k);
        }
    }
    Real norm = 0;
    for (const Real value : r) norm += value * value;
    if (!(norm > 1e-6L)) return false;
    targets = out;
    for (Size k = 0; k < count; ++k) targets[k] -= size * std::sqrt(static_cast<Real>(count) / norm) * r[k];
    return true;
}

std::vector<Real> WrittenNetwork::split(Size i, const Matrix& daughters, const Matrix& outputs_of) const {
    std::vector<Real> wide(theta);
    const auto replace = [&](Size first, Size length, const Matrix& rows) {
        const auto begin = wide.begin() + first + i * length;
        wide.erase(begin, begin + length);
        wide.insert(wide.begin() + first + i * length, rows.data(), rows.data() + rows.rows() * length);
    };
    // What comes later first, so that places stay.
    if (outputs > weights) {
        replace(outputs, K, outputs_of);
        replace(weights, d, daughters);
    } else {
        replace(weights, d, daughters);
        replace(outputs, K, outputs_of);
    }
    return wide;
}

std::vector<Real> WrittenNetwork::split(Size i, const std::vector<double>& gamma) const {
    Matrix daughters(static_cast<Size>(gamma.size()), d), shares(static_cast<Size>(gamma.size()), K);
    std::vector<Real> wide = split(i, daughters, shares);
    const Size more = static_cast<Size>(gamma.size()) - 1;
    const Size w = weights + (outputs < weights ? more * K : 0),
               a = outputs + (weights < outputs ? more * d : 0);
    for (Size j = 0; j <= more; ++j) {
        for (Size l = 0; l < d; ++l) wide[w + (i + j) * d + l] = theta[weights + i * d + l];
        for (Size o = 0; o < K; ++o) wide[a + (i + j) * K + o] = gamma[j] * theta[outputs + i * K + o];
    }
    return wide;
}

Network WrittenNetwork::layer() const {
    Network result(Activation(activation), Layout{m, d, K});
    for (Size i = 0; i < m; ++i) {
        for (Size j = 0; j < d; ++j) result.weights(i)[j] = static_cast<double>(theta[weights + i * d + j]);
        for (Size o = 0; o < K; ++o) result.output(i, o) = static_cast<double>(theta[outputs + i * K + o]);
    }
    return result;
}

WrittenNetwork three_layers(Random& random, Size inputs, Size first, Size m, Size outputs, Size samples,
                            ActivationKind activation) {
    WrittenNetwork network;
    network.m = m, network.d = first, network.K = outputs, network.samples = samples;
    network.weights = first * inputs, network.outputs = network.weights + m * first;
    network.activation = activation;
    const std::vector<Real> x = normals(random, samples * inputs, 1.0);
    network.theta = normals(random, first * inputs + m * (first + outputs), 0.8);
    const auto hidden = [x, inputs, first](const Numbers& theta, Size k) {
        Numbers h;
        for (Size q = 0; q < first; ++q) {
            HyperDual z;
            for (Size j = 0; j < inputs; ++j) z += theta[q * inputs + j] * x[k * inputs + j];
            h.push_back(activate(ActivationKind::tanh, z));
        }
        return h;
    };
    network.f = [=, from = network.weights](const Numbers& theta, Size width) {
        Numbers f;
        for (Size k = 0; k < samples; ++k) {
            const Numbers out = layer_outputs(theta.data() + from, theta.data() + from + width * first,
                                              hidden(theta, k), width, outputs, activation);
            f.insert(f.end(), out.begin(), out.end());
        }
        return f;
    };
    network.h = [=](const std::vector<Real>& theta) {
        std::vector<Real> h;
        for (Size k = 0; k < samples; ++k)
            for (const Real value : values(hidden(Numbers(theta.begin(), theta.end()), k)))
                h.push_back(value);
        return h;
    };
    network.g = [](const std::vector<Real>&, const std::vector<Real>& r) { return r; };
    return network;
}

// In the parameters: W, A, E, V.
WrittenNetwork transformer_block(Random& random, Size d, Size m, Size classes, Size sequences, Size tokens) {
    WrittenNetwork network;
    network.m = m, network.d = d, network.K = d, network.samples = sequences * tokens;
    network.weights = 0, network.outputs = m * d;
    network.activation = ActivationKind::gelu;
    const std::vector<Real> x = normals(random, network.samples * d, 1.0);
    network.theta = normals(random, 2 * m * d + d * d + classes * d, 0.8);
    const auto embedded = [x, d](const Numbers& theta, Size first, Size k) {
        Numbers h;
        for (Size q = 0; q < d; ++q) {
            HyperDual z;
            for (Size j = 0; j < d; ++j) z += theta[first + q * d + j] * x[k * d + j];
            h.push_back(activate(ActivationKind::tanh, z) + x[k * d + q]);
        }
        return h;
    };
    network.f = [=](const Numbers& theta, Size width) {
        const Size e = 2 * width * d, v = e + d * d;
        Numbers f;
        for (Size s = 0; s < sequences; ++s) {
            Numbers mean(static_cast<std::size_t>(d));
            for (Size t = 0; t < tokens; ++t) {
                const Numbers h = embedded(theta, e, s * tokens + t);
                const Numbers out =
                    layer_outputs(theta.data(), theta.data() + width * d, h, width, d, ActivationKind::gelu);
                for (Size q = 0; q < d; ++q)
                    mean[q] += (h[q] + out[q]) * HyperDual(1 / static_cast<Real>(tokens));
            }
            for (Size c = 0; c < classes; ++c) {
                HyperDual sum;
                for (Size q = 0; q < d; ++q) sum += theta[v + c * d + q] * mean[q];
                f.push_back(sum);
            }
        }
        return f;
    };
    network.h = [=](const std::vector<Real>& theta) {
        std::vector<Real> h;
        for (Size k = 0; k < sequences * tokens; ++k)
            for (const Real value : values(embedded(Numbers(theta.begin(), theta.end()), 2 * m * d, k)))
                h.push_back(value);
        return h;
    };
    network.g = [=](const std::vector<Real>& theta, const std::vector<Real>& r) {
        std::vector<Real> g;
        for (Size s = 0; s < sequences; ++s) {
            for (Size t = 0; t < tokens; ++t) {
                for (Size q = 0; q < d; ++q) {
                    Real sum = 0;
                    for (Size c = 0; c < classes; ++c)
                        sum += theta[2 * m * d + d * d + c * d + q] * r[s * classes + c];
                    g.push_back(sum / static_cast<Real>(tokens));
                }
            }
        }
        return g;
    };
    return network;
}

namespace {

std::vector<Real> brute_hessian(const WrittenNetwork& network, const std::vector<Real>& at, Size width) {
    const Size p = static_cast<Size>(at.size());
    const std::vector<Real> r = network.residuals(at, width);
    std::vector<Real> hessian(static_cast<std::size_t>(p * p));
    for (Size i = 0; i < p; ++i) {
        for (Size j = 0; j <= i; ++j) {
            const Numbers moved = network.f(seeded(at, i, j), width);
            Real sum = 0;
            for (std::size_t k = 0; k < moved.size(); ++k)
                sum += moved[k].a * moved[k].b + r[k] * moved[k].ab;
            hessian[i * p + j] = hessian[j * p + i] = sum;
        }
    }
    return hessian;
}

// Eigenvalues below `zero` of the largest are zero; clear: none lies between the two others.
template <class Values>
BruteInertia counted(const Values& values, double zero, double least, double most) {
    Real largest = 0;
    for (const Real value : values) largest = std::max(largest, std::abs(value));
    BruteInertia result;
    result.clear = true;
    for (const Real value : values) {
        const double size = static_cast<double>(std::abs(value) / largest);
        ++(size < zero ? result.zero : value < 0 ? result.negative : result.positive);
        if (size > least && size < most) result.clear = false;
    }
    return result;
}

}  // namespace

BruteInertia brute_inertia(const WrittenNetwork& network, const std::vector<Real>& at, Size width) {
    const Size p = static_cast<Size>(at.size());
    const std::vector<Real> entries = brute_hessian(network, at, width);
    Matrix hessian(p, p);
    for (Size i = 0; i < p; ++i)
        for (Size j = 0; j < p; ++j) hessian(i, j) = static_cast<double>(entries[i * p + j]);
    return counted(linalg::symmetric_eigen(hessian, false).values.span(), 2e-14, 5e-15, 1e-12);
}

BruteInertia precise_inertia(const WrittenNetwork& network, const std::vector<Real>& at, Size width) {
    return counted(precise_eigenvalues(brute_hessian(network, at, width), at.size()), 1e-16, 2e-17, 5e-16);
}

}  // namespace tepui::test
