// A ramp: without samples on the hyperplane the nearest one decides, by sigma(z) - max(0, z) there. With
// samples on it the loss changes at first order, by the least of sum_K c sigma(t) - b t over the t = u . h.
#include <algorithm>
#include <cmath>

#include "classification/infinity/across.hpp"
#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/sample_blocks.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

// Samples that lie this near to the nearest, relatively, are taken to be as near.
constexpr double kAsNear = 1e-6;

constexpr char kOnHyperplane[] = "a sample is on the hyperplane within rounding";

struct Distances {
    std::vector<double> z;  // of samples that count
    std::vector<Size> sample;
};

Distances distances(const AcrossContext& context, const BoundaryNetwork& network, Size index) {
    Distances result;
    UnitRows rows;
    const std::vector<Size>& kept = network.units[index].kept;
    const std::vector<bool> taken_up = taken_up_elsewhere(*context.data, network, index);
    for_sample_blocks(*context.data, [&](const SampleBlock& block) {
        evaluate_unit(network, index, block.first, block.count, block.x.data(), rows);
        for (Size k = 0; k < block.count; ++k) {
            if (block.weights[k] == 0.0 || taken_up[std::size_t(block.first + k)]) continue;
            if (std::binary_search(kept.begin(), kept.end(), block.first + k)) continue;
            result.z.push_back(rows.z[k]);
            result.sample.push_back(block.first + k);
        }
    });
    return result;
}

Across nearest_sample(const AcrossContext& context, Size index) {
    const Distances here = distances(context, *context.network, index);
    const Distances there = distances(context, *context.slack_network, index);
    Across result;
    if (here.z.empty()) return undecided("no sample is off the hyperplane");
    double nearest = HUGE_VAL;
    for (const double z : here.z) nearest = std::min(nearest, std::abs(z));
    if (!(nearest > 0.0)) return undecided(kOnHyperplane);
    const int sign = ends_of(context.network->units[index].activation).above_relu;
    bool grows = true, falls = true;
    std::vector<double> slope, value;
    for (std::size_t k = 0; k < here.z.size(); ++k) {
        slope.push_back(std::abs(here.z[k]) / nearest);
        value.push_back(sign * pull(context, index, 0, here.sample[k]).value);
    }
    const std::vector<double> none(slope.size(), 0.0);
    const double visible = visible_pull(context.network->units[index].activation, slope, none, value);
    for (std::size_t k = 0; k < here.z.size(); ++k) {
        const double doubt = 2.0 * std::abs(there.z[k] - here.z[k]) + kAsNear * nearest;
        if (std::abs(here.z[k]) > nearest + doubt) continue;
        if (!(std::abs(here.z[k]) > doubt)) return undecided(kOnHyperplane);
        const Pull of = pull(context, index, 0, here.sample[k]);
        grows = grows && sign * of.value > of.error;
        falls = falls && sign * of.value < -of.error;
        if (result.sample >= 0) continue;
        result.sample = here.sample[k];
        result.value = sign * of.value;
        result.error = of.error;
    }
    if ((grows && visible < 0.0) || (falls && visible > 0.0)) return undecided(kOutweighed);
    result.sign = grows ? AcrossSign::grows : falls ? AcrossSign::falls : AcrossSign::open;
    result.reason =
        grows   ? "the sample nearest to the hyperplane holds it"
        : falls ? "the sample nearest to the hyperplane pulls it nearer"
                : "the samples nearest to the hyperplane disagree, or their residual is zero within its "
                  "error";
    return result;
}

// One for each set of kept samples with equal inputs: c = sum g . alpha, and the multiplier b.
struct Kinks {
    std::vector<std::vector<double>> inputs;
    std::vector<Size> sample;  // the first of each
    std::vector<double> c, c_error, b, b_error;
};

Matrix gram_of(const std::vector<std::vector<double>>& inputs) {
    const Size count = Size(inputs.size());
    Matrix gram(count, count);
    for (Size i = 0; i < count; ++i)
        for (Size j = 0; j < count; ++j)
            for (std::size_t l = 0; l < inputs[0].size(); ++l) gram(i, j) += inputs[i][l] * inputs[j][l];
    return gram;
}

// b with sum_{active} (g . alpha) h = -sum b h, and the same at the other point for its error.
bool multipliers(const AcrossContext& context, Size index, Kinks& kinks) {
    const BoundaryUnit& unit = context.network->units[index];
    const Size d = context.network->inputs;
    std::vector<double> slope(d, 0.0), slope_error(d, 0.0);
    UnitRows rows;
    for_sample_blocks(*context.data, [&](const SampleBlock& block) {
        evaluate_unit(*context.network, index, block.first, block.count, block.x.data(), rows);
        for (Size k = 0; k < block.count; ++k) {
            const double* h = block.x.data() + k * d;
            const Size sample = block.first + k;
            const bool kept = std::binary_search(unit.kept.begin(), unit.kept.end(), sample);
            if (!kept && rows.first[k] == 0.0) continue;
            const Pull of = pull(context, index, 0, sample);
            if (!kept) {
                for (Size j = 0; j < d; ++j) {
                    slope[j] += of.value * h[j];
                    slope_error[j] += of.error * std::abs(h[j]);
                }
                continue;
            }
            const std::vector<double> x(h, h + d);
            const auto at = std::find(kinks.inputs.begin(), kinks.inputs.end(), x) - kinks.inputs.begin();
            if (at == std::ptrdiff_t(kinks.inputs.size())) {
                kinks.inputs.push_back(x);
                kinks.sample.push_back(sample);
                kinks.c.push_back(0.0);
                kinks.c_error.push_back(0.0);
            }
            kinks.c[at] += of.value;
            kinks.c_error[at] += of.error;
        }
    });
    const Size count = Size(kinks.inputs.size());
    const Matrix gram = gram_of(kinks.inputs);
    if (count > d || !linalg::is_positive_definite(gram, 1e-10 * gram(0, 0))) return false;
    std::vector<double> right(count, 0.0), solution(count), spread(count, 0.0);
    double error = 0.0;
    for (Size j = 0; j < d; ++j) error += slope_error[j] * slope_error[j];
    for (Size i = 0; i < count; ++i)
        for (Size j = 0; j < d; ++j) right[i] -= slope[j] * kinks.inputs[i][j];
    linalg::solve_positive_definite(gram, 0.0, right, solution);
    kinks.b = solution;
    // |row i of the pseudo-inverse|^2 is entry (i, i) of the inverse Gram matrix.
    for (Size i = 0; i < count; ++i) {
        std::vector<double> unit_vector(count, 0.0);
        unit_vector[i] = 1.0;
        linalg::solve_positive_definite(gram, 0.0, unit_vector, spread);
        kinks.b_error.push_back(std::sqrt(std::max(0.0, spread[i]) * error));
    }
    return true;
}

// The least of c sigma(t) - b t over t in [-reach, reach], by golden sections on a grid.
std::pair<double, double> least(const Activation& activation, double c, double b, double reach) {
    const auto of = [&](double t) {
        double value;
        activation.evaluate(1, &t, {.value = &value});
        return c * value - b * t;
    };
    constexpr int kGrid = 400;
    double best = 0.0, at = of(0.0);
    for (int l = 0; l <= kGrid; ++l) {
        const double t = reach * (2.0 * l / kGrid - 1.0), value = of(t);
        if (value < at) best = t, at = value;
    }
    for (double step = 2.0 * reach / kGrid; step > 1e-9; step *= 0.5) {
        for (const double t : {best - step, best + step})
            if (const double value = of(t); value < at) best = t, at = value;
    }
    return {best, at};
}

// The shortest u with u . h_i = t_i.
std::vector<double> with_products(const std::vector<std::vector<double>>& inputs,
                                  const std::vector<double>& t) {
    const Size count = Size(inputs.size()), d = Size(inputs[0].size());
    std::vector<double> factors(count), u(d, 0.0);
    linalg::solve_positive_definite(gram_of(inputs), 0.0, t, factors);
    for (Size i = 0; i < count; ++i)
        for (Size j = 0; j < d; ++j) u[j] += factors[i] * inputs[i][j];
    return u;
}

Across held_by_kinks(const AcrossContext& context, Size index) {
    const BoundaryUnit& unit = context.network->units[index];
    Kinks kinks;
    if (!multipliers(context, index, kinks))
        return undecided("the inputs of the samples on the hyperplane depend on each other");
    constexpr double kReach = 12.0;
    Across result;
    result.sign = AcrossSign::grows;
    result.reason = "the samples on the hyperplane hold it";
    std::vector<double> t(kinks.c.size()), released(kinks.c.size(), 0.0);
    double farthest = 0.0;  // outside, beside the size of the multipliers
    bool outside = false, open = false;
    for (std::size_t i = 0; i < kinks.c.size(); ++i) {
        const double b = kinks.b[i], c = kinks.c[i], e = kinks.b_error[i], e_c = kinks.c_error[i];
        const bool inside = b > e && c - b > e + e_c;
        const bool leaves = b < -e || b - c > e + e_c;
        outside = outside || leaves;
        if (const double by = std::max(-b, b - c); leaves && by > farthest) {
            farthest = by;
            result.sample = kinks.sample[i];
            std::fill(released.begin(), released.end(), 0.0);
            released[i] = b < 0.0 ? -1.0 : 1.0;
        }
        open = open || (!inside && !(b < -e || b - c > e + e_c));
        const auto [at, value] = least(unit.activation, c, b, kReach);
        t[i] = at;
        result.value += value;
        result.error += e * std::abs(at) + e_c * (std::abs(at) + 1.0);
    }
    result.fall.offset = with_products(kinks.inputs, t);
    if (outside || result.value < -result.error) {
        result.sign = AcrossSign::falls;
        if (outside) result.fall.direction = with_products(kinks.inputs, released);
        result.reason = outside ? "a sample on the hyperplane does not hold it there"
                                : "the samples on the hyperplane let the loss fall at finite weights";
    } else if (open || !ends_of(unit.activation).kinks_cost || !(result.value > result.error)) {
        result.sign = AcrossSign::open;
        result.reason = "whether the samples on the hyperplane hold it is within rounding";
    }
    return result;
}

}  // namespace

Across across_rectified(const AcrossContext& context, Size index) {
    if (!ends_of(context.network->units[index].activation).rectifies)
        return undecided("no theorem for this activation");
    return context.network->units[index].kept.empty() ? nearest_sample(context, index)
                                                      : held_by_kinks(context, index);
}

}  // namespace tepui
