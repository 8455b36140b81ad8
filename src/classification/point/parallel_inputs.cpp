#include "classification/point/parallel_inputs.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/euclidean.hpp"
#include "core/matrix.hpp"
#include "core/random.hpp"
#include "core/rounding.hpp"

namespace tepui {
namespace {

// Inputs whose angle is below this share a class; below twice this they spoil each other's claim to be
// single. Taking too many for parallel is the safe side.
constexpr double kParallel = 1e-10;

struct Keyed {
    double key;
    Size sample;
};

struct DirectionClass {
    std::vector<double> x;  // of its first sample
    double norm = 0.0;
    double key = 0.0;
    double coefficient = 0.0;  // sum of s r over copies of x
    double magnitude = 0.0;
    bool single = true;  // no other input in the class
};

// sin of the angle between two lines, from the difference of their unit vectors with the better sign.
double line_angle(const std::vector<double>& x, double x_norm, const std::vector<double>& y, double y_norm) {
    double minus = 0.0, plus = 0.0;
    for (std::size_t j = 0; j < x.size(); ++j) {
        const double a = x[j] / x_norm, b = y[j] / y_norm;
        minus += (a - b) * (a - b);
        plus += (a + b) * (a + b);
    }
    return std::sqrt(std::min(minus, plus));
}

// |g . x| / |x| for a fixed random unit-size g: parallel lines have equal keys, so only neighbours in key
// order need comparing.
std::vector<Keyed> sorted_keys(const Dataset& data) {
    const Size d = data.inputs();
    Random random(0x51, 0);
    std::vector<double> g(d), x(static_cast<std::size_t>(d));
    for (double& component : g) component = random.normal();
    const double g_norm = scaled_norm_of(g);
    std::vector<Keyed> keys;
    keys.reserve(data.samples());
    constexpr Size kPiece = 256;
    Matrix rows(kPiece, d);
    for (Size k = 0; k < data.samples(); ++k) {
        if (k % kPiece == 0) data.rows(k, std::min(kPiece, data.samples() - k), rows.data());
        std::copy_n(rows.row(k % kPiece), d, x.begin());
        const double norm = scaled_norm_of(x);
        if (norm == 0.0 || data.weight(k) == 0.0) continue;
        double key = 0.0;
        for (Size j = 0; j < d; ++j) key += g[j] * (x[j] / norm);
        keys.push_back({std::abs(key) / g_norm, k});
    }
    std::sort(keys.begin(), keys.end(), [](const Keyed& a, const Keyed& b) {
        return a.key != b.key ? a.key < b.key : a.sample < b.sample;
    });
    return keys;
}

}  // namespace

bool has_isolated_direction(const Dataset& data, std::span<const double> residuals, double relative_error) {
    double squares = 0.0, weight = 0.0;
    for (Size k = 0; k < data.samples(); ++k) {
        squares += data.weight(k) * residuals[k] * residuals[k];
        weight += data.weight(k);
    }
    const double residual_error = relative_error * std::sqrt(squares / weight);
    const auto proves = [](const DirectionClass& found) {
        return found.single && std::abs(found.coefficient) > 16.0 * found.magnitude;
    };

    std::vector<DirectionClass> open;  // classes whose key is still within reach
    std::vector<double> x(data.inputs());
    for (const auto& [key, k] : sorted_keys(data)) {
        while (!open.empty() && open.front().key < key - 4.0 * kParallel) {
            if (proves(open.front())) return true;
            open.erase(open.begin());
        }
        data.sample(k, x.data());
        const double norm = scaled_norm_of(x), s = data.weight(k);
        const double error = s * (residual_error + kEps * std::abs(residuals[k]));
        bool joined = false, alone = true;
        for (DirectionClass& candidate : open) {
            const double angle = line_angle(candidate.x, candidate.norm, x, norm);
            if (angle > 2.0 * kParallel) continue;
            if (candidate.x == x) {
                candidate.coefficient += s * residuals[k];
                candidate.magnitude += error;
            } else {
                candidate.single = alone = false;
            }
            joined = joined || angle <= kParallel;
        }
        if (!joined) open.push_back({x, norm, key, s * residuals[k], error, alone});
    }
    return std::any_of(open.begin(), open.end(), proves);
}

}  // namespace tepui
