// A step: at finite weights sample k off the hyperplane changes f by a delta_k, delta_k = sigma(z_k) -
// sigma(+-inf), of known sign and so small beside those of nearer samples that only the nearest count.
#include <algorithm>
#include <cmath>

#include "classification/infinity/across.hpp"
#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/sample_blocks.hpp"
#include "classification/infinity/side_cone.hpp"
#include "linalg/linear_program.hpp"

namespace tepui {
namespace {

// How much farther than the nearest sample the others are to be, at most.
constexpr double kFarthest = 8.0;
// Samples as near as that, relatively, are equally near.
constexpr double kTied = 1e-9;

// Samples with equal s h, whose preactivations are equal for every v.
struct Groups {
    Matrix rows;             // s h
    Matrix kept;             // spans the inputs of the kept samples
    std::vector<Pull> pull;  // g . a times the sign of delta, summed
    std::vector<std::vector<Size>> members;
    Matrix taken_up;  // s h of samples that another step moves freely
};

Groups group_samples(const AcrossContext& context, Size index) {
    const BoundaryUnit& unit = context.network->units[index];
    const Size d = context.network->inputs;
    const std::vector<bool> taken_up = taken_up_elsewhere(*context.data, *context.network, index);
    std::vector<std::vector<double>> elsewhere;
    PullGroups of_rows;
    Groups groups;
    for_sample_blocks(*context.data, [&](const SampleBlock& block) {
        for (Size k = 0; k < block.count; ++k) {
            const Size sample = block.first + k;
            const int side = unit.side[sample];
            std::vector<double> h(block.x.begin() + k * d, block.x.begin() + (k + 1) * d);
            if (side == 0) {
                continue;
            }
            if (block.weights[k] == 0.0) continue;
            for (double& x : h) x = side * x + 0.0;
            if (taken_up[std::size_t(sample)]) {
                elsewhere.push_back(std::move(h));
                continue;
            }
            const double sign = tail(unit.activation, side, 1.0) > 0.0 ? 1.0 : -1.0;
            Pull own = pull(context, index, 0, sample);
            own.value *= sign;
            of_rows.add(std::move(h), own, sample);
        }
    });
    const auto matrix = [d](const std::vector<std::vector<double>>& from) {
        Matrix result(Size(from.size()), d);
        for (std::size_t l = 0; l < from.size(); ++l)
            std::copy(from[l].begin(), from[l].end(), result.row(Size(l)));
        return result;
    };
    groups.rows = matrix(of_rows.keys);
    groups.pull = std::move(of_rows.pull);
    groups.members = std::move(of_rows.members);
    const Size rank = unit.kept.empty() ? 0 : unit.bases[0]->rows();
    groups.kept = Matrix(rank, d);
    for (Size l = 0; l < rank; ++l) std::copy_n(unit.bases[0]->row(l), d, groups.kept.row(l));
    groups.taken_up = matrix(elsewhere);
    return groups;
}

// Nearest first, as seen along v.
std::vector<Size> by_distance(const Groups& groups, const std::vector<double>& v) {
    std::vector<std::pair<double, Size>> order;
    for (Size l = 0; l < groups.rows.rows(); ++l) {
        double z = 0.0;
        for (Size j = 0; j < groups.rows.cols(); ++j) z += groups.rows(l, j) * v[j];
        order.push_back({z, l});
    }
    std::sort(order.begin(), order.end());
    std::vector<Size> result;
    for (const auto& [z, l] : order) result.push_back(l);
    return result;
}

bool on_their_sides(const Matrix& rows, const std::vector<double>& v) {
    for (Size l = 0; l < rows.rows(); ++l) {
        double z = 0.0;
        for (Size j = 0; j < rows.cols(); ++j) z += rows(l, j) * v[j];
        if (!(z > 0.0)) return false;
    }
    return true;
}

// A step with all samples on one side repeats the output bias: its output weight is free, and with the right
// sign the loss falls as the nearest sample comes near.
Across away_from_the_bias(const AcrossContext& context, Size index, const Groups& groups, Size nearest) {
    const BoundaryNetwork& network = *context.network;
    const BoundaryUnit& unit = network.units[index];
    const Size sample = groups.members[nearest].front();
    const double sign = tail(unit.activation, unit.side[sample], 1.0) > 0.0 ? 1.0 : -1.0;
    Across result;
    result.sample = sample;
    double size = 0.0, square = 0.0;
    for (Size o = 0; o < network.output_count; ++o) {
        double g = 0.0, there = 0.0;
        for (const Size k : groups.members[nearest]) {
            g += context.outputs->g[k * network.output_count + o];
            there += context.slack_outputs->g[k * network.output_count + o];
            result.error += context.factor * context.outputs->g_error[k * network.output_count + o];
        }
        result.error += 2.0 * std::abs(there - g);
        size = std::max(size, std::abs(network.coefficient(index, 0, o)));
        square += g * g;
        result.fall.output.push_back(-sign * g);
    }
    result.value = -std::sqrt(square);
    if (!(-result.value > result.error))
        return undecided("it repeats the output bias, and the nearest sample is fitted exactly");
    for (double& a : result.fall.output) a *= (size > 0.0 ? size : 1.0) / -result.value;
    result.sign = AcrossSign::falls;
    result.reason = "it repeats the output bias: with another output weight the loss falls";
    return result;
}

double along(const Groups& groups, Size l, const std::vector<double>& v) {
    double z = 0.0;
    for (Size j = 0; j < groups.rows.cols(); ++j) z += groups.rows(l, j) * v[j];
    return z;
}

// On the way to the limit, v as it is.
double visible(const AcrossContext& context, Size index, const Groups& groups) {
    const BoundaryUnit& unit = context.network->units[index];
    const std::vector<double> u = context.network->weights(index, 0);
    std::vector<double> slope, offset, value;
    for (Size l = 0; l < groups.rows.rows(); ++l) {
        slope.push_back(along(groups, l, unit.direction));
        offset.push_back(along(groups, l, u));
        value.push_back(groups.pull[l].value);
    }
    return visible_pull(unit.activation, slope, offset, value);
}

// The kept samples leave one direction: the samples nearest along it come near together. What they are apart
// is u . h, which is held: of tails that fall faster than exponentially the nearest decides, others weigh all
// of them.
Across along_the_only_direction(const AcrossContext& context, Size index, const Groups& groups) {
    const BoundaryUnit& unit = context.network->units[index];
    const std::vector<double> u = context.network->weights(index, 0),
                              there = context.slack_network->weights(index, 0);
    double nearest = HUGE_VAL, first = HUGE_VAL, doubt = 0.0;
    for (Size l = 0; l < groups.rows.rows(); ++l)
        nearest = std::min(nearest, along(groups, l, unit.direction));
    std::vector<Size> tied;
    for (Size l = 0; l < groups.rows.rows(); ++l) {
        if (along(groups, l, unit.direction) > (1.0 + kTied) * nearest) continue;
        tied.push_back(l);
        first = std::min(first, along(groups, l, u));
        doubt = std::max(doubt, 2.0 * std::abs(along(groups, l, there) - along(groups, l, u)) + kTied);
    }
    const double rate = tail_rate(unit.activation);
    Across result;
    for (const Size l : tied) {
        const double behind = along(groups, l, u) - first, weight = std::exp(-rate * behind);
        const Pull& of = groups.pull[l];
        if (behind == 0.0) result.sample = groups.members[l].front();
        if (rate == 0.0 && behind > 2.0 * doubt) continue;
        result.value += weight * of.value;
        result.error += weight * (of.error + 4.0 * rate * doubt * std::abs(of.value));
        // Within doubt of each other, either may be the nearest.
        if (rate == 0.0 && behind > 0.0) result.error += 2.0 * std::abs(of.value) + std::abs(result.value);
    }
    if (visible(context, index, groups) * result.value < 0.0) return undecided(kOutweighed);
    result.sign = sign_of(result.value, result.error);
    result.reason = result.sign == AcrossSign::grows   ? "the samples nearest to the hyperplane hold it"
                    : result.sign == AcrossSign::falls ? "the samples nearest to the hyperplane pull it"
                                                       : "the pull of the samples nearest to the hyperplane "
                                                         "is zero within its error";
    return result;
}

}  // namespace

Across across_saturated(const AcrossContext& context, Size index) {
    const BoundaryUnit& unit = context.network->units[index];
    Groups groups = group_samples(context, index);
    Across result;
    const std::vector<Size> order = by_distance(groups, unit.direction);
    if (unit.kept.empty() && context.network->output_bias && is_one_sided(unit) && !order.empty())
        return away_from_the_bias(context, index, groups, order[0]);
    if (groups.kept.rows() == context.network->inputs - 1 && groups.rows.rows() > 0)
        return along_the_only_direction(context, index, groups);
    const Matrix taken_up = std::move(groups.taken_up);
    std::vector<Size> doubtful;
    for (const Size l : order) {
        const Pull& of = groups.pull[l];
        if (!(of.value > of.error)) doubtful.push_back(l);
    }
    result.sign = AcrossSign::grows;
    result.reason = "every sample that can be nearest to the hyperplane holds it";
    if (!order.empty()) {
        result.value = groups.pull[order[0]].value;
        result.error = groups.pull[order[0]].error;
    }
    if (doubtful.empty()) return result;
    const bool outweighed = visible(context, index, groups) < 0.0;
    if (!linalg::has_linear_programs()) {
        result.sign = AcrossSign::open;
        result.reason = "which samples can be nearest is a linear program, and this build has no solver";
        return result;
    }
    const SideCone cone(std::move(groups.rows), std::move(groups.kept));
    for (const Size l : doubtful) {
        const std::optional<SideCone::Found> found = cone.nearest(l);
        if (found && found->never()) continue;
        const Pull& of = groups.pull[l];
        result.sample = groups.members[l].front();
        result.value = of.value;
        result.error = of.error;
        const bool falls = found && found->strictly() && of.value < -of.error;
        if (!falls) {
            result.sign = AcrossSign::open;
            result.reason = !found ? "a linear program was not solved"
                            : found->strictly()
                                ? "a sample that can be nearest to the hyperplane neither holds nor pulls it"
                                : "a sample that pulls can be as near to the hyperplane as others";
            continue;
        }
        const std::optional<SideCone::Found> ahead = cone.ahead(l, kFarthest);
        // Larger than the cone of the sides, as the program leaves those out that are taken up elsewhere.
        const bool first = ahead && ahead->lead > 1.0 && on_their_sides(taken_up, ahead->v);
        if (!first && !on_their_sides(taken_up, found->v)) {
            result.sign = AcrossSign::open;
            result.reason =
                "a sample that pulls can be nearest only where one that another step keeps changes sides";
            continue;
        }
        result.sign = AcrossSign::falls;
        result.reason = "a sample that can be nearest to the hyperplane pulls it nearer";
        result.fall.direction = first ? ahead->v : found->v;
        return result;
    }
    if (result.sign == AcrossSign::grows && outweighed) return undecided(kOutweighed);
    return result;
}

}  // namespace tepui
