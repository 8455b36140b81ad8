#include "classification/directional/escape_curvature.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"
#include "core/rounding.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

// Beside what the weights alone would cost, a curvature below this is not seen to be negative.
constexpr double kClear = 1e-8;

std::vector<double> times(const Matrix& m, std::span<const double> v) {
    std::vector<double> result;
    for (Size o = 0; o < m.rows(); ++o) result.push_back(dot({m.row(o), v.size()}, v));
    return result;
}

// What rounding may make of each component of R a.
std::vector<double> rounding_of(const Matrix& m, std::span<const double> v, double unit) {
    std::vector<double> result;
    for (Size o = 0; o < m.rows(); ++o) {
        double terms = 0.0;
        for (std::size_t q = 0; q < v.size(); ++q) terms += std::abs(m(o, static_cast<Size>(q)) * v[q]);
        result.push_back(unit * terms);
    }
    return result;
}

double trace_of(const Matrix& m) {
    double sum = 0.0;
    for (Size o = 0; o < m.rows(); ++o) sum += m(o, o);
    return sum;
}

}  // namespace

EscapeMoments escape_moments(const KinkedPoint& point, std::span<const double> bends, Size neuron,
                             std::span<const double> v) {
    const Dataset& data = point.data;
    const std::vector<Size>& kinks = point.sums.kinks[neuron].samples;
    const Slopes& slopes = point.sums.slopes;
    const bool scalar = data.loss().scalar_hessian();
    const Size outputs = point.outputs(), rows = data.loss().hessian_rows(outputs), d = data.inputs();
    constexpr Size kBlock = 256;
    std::vector<double> block(static_cast<std::size_t>(kBlock * d));
    std::vector<double> tt(static_cast<std::size_t>(rows), 0.0), tu(tt), uu(tt);
    auto kink = kinks.begin();
    for (Size k = 0; k < data.samples(); ++k) {
        if (k % kBlock == 0) data.rows(k, std::min(kBlock, data.samples() - k), block.data());
        const double* x = block.data() + (k % kBlock) * d;
        const bool inside = kink != kinks.end() && *kink == k;
        if (inside) ++kink;
        double z = 0.0, t = 0.0;
        for (Size j = 0; j < d; ++j) {
            z += point.network.weights(neuron)[j] * x[j];
            t += v[j] * x[j];
        }
        if (inside) z = 0.0;
        const double slope = (inside ? t : z) >= 0.0 ? slopes.above : slopes.below;
        const double u = slope * z, rise = slope * t;
        for (Size q = 0; q < rows; ++q) {
            const double bend = bends[k * rows + q];
            tt[q] += bend * rise * rise;
            tu[q] += bend * rise * u;
            uu[q] += bend * u * u;
        }
    }
    const auto full = [&](const std::vector<double>& sums) {
        Matrix m(outputs, outputs);
        for (Size o = 0; o < outputs; ++o) {
            for (Size q = 0; q <= o; ++q) {
                const double entry = scalar ? (o == q ? sums[0] : 0.0) : sums[packed_index(o, q)];
                m(o, q) = m(q, o) = entry;
            }
        }
        return m;
    };
    return {full(tt), full(tu), full(uu)};
}

EscapeCurvature least_curvature(const EscapeMoments& moments, Size samples, std::span<const double> a,
                                std::span<const double> derivatives, std::span<const double> tolerance) {
    const Size outputs = moments.tt.rows();
    const std::size_t count = a.size();
    constexpr double kUlps = 4.0;
    const double unit = kUlps * sum_rounding(outputs, samples);
    const double still = 0.5 * dot(a, times(moments.tt, a));
    std::vector<double> force = times(moments.tu, a), known = rounding_of(moments.tu, a, unit);
    for (std::size_t o = 0; o < count; ++o) {
        force[o] += derivatives[o];
        known[o] += 2.0 * tolerance[o];
    }
    EscapeCurvature result{still, std::vector<double>(count, 0.0)};
    // b in units in which Q has a diagonal of 1, so that outputs of small bends are told from none.
    std::vector<double> scale(count, 1.0);
    Matrix scaled(outputs, outputs);
    for (std::size_t o = 0; o < count; ++o) {
        const double entry = moments.uu(static_cast<Size>(o), static_cast<Size>(o));
        if (entry > 0.0) scale[o] = 1.0 / std::sqrt(entry);
        force[o] *= scale[o];
        known[o] *= scale[o];
    }
    for (Size o = 0; o < outputs; ++o)
        for (Size q = 0; q < outputs; ++q) scaled(o, q) = scale[o] * moments.uu(o, q) * scale[q];
    // Where Q is 0 on b the change is linear in it: what is left of the force there.
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(scaled, true);
    const double zero = unit * static_cast<double>(outputs);
    std::vector<double> free(count, 0.0);
    for (Size l = 0; l < outputs; ++l) {
        const std::span<const double> n(eigen.vectors.row(l), count);
        const double along = dot(n, force);
        if (eigen.values[l] > zero) {
            result.value -= 0.5 * along * (along / eigen.values[l]);
            for (std::size_t o = 0; o < count; ++o) result.b[o] -= along / eigen.values[l] * n[o] * scale[o];
            continue;
        }
        double rounding = 0.0;
        for (std::size_t o = 0; o < count; ++o) rounding += std::abs(n[o]) * known[o];
        if (std::abs(along) <= rounding) continue;
        for (std::size_t o = 0; o < count; ++o) free[o] += along * n[o];
    }
    const double size = norm_of(free);
    if (size > 0.0) {  // as large as it takes
        const double cost = trace_of(moments.tt);
        const double beyond =
            2.0 * std::max(result.value, 0.0) / size + (cost > 0.0 ? std::sqrt(size / cost) : 1.0);
        for (std::size_t o = 0; o < count; ++o) result.b[o] -= beyond * free[o] / size * scale[o];
        result.value -= size * beyond;
        return result;
    }
    // A difference that rounding of its terms may make says nothing.
    if (result.value < 0.0 && -result.value <= kClear * still) result.value = 0.0;
    return result;
}

}  // namespace tepui
