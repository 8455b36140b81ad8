// A step: at finite weights sample k off the hyperplane changes f by a delta_k, delta_k = sigma(z_k) -
// sigma(+-inf), of known sign and so small beside those of nearer samples that only the nearest count.
#include <algorithm>
#include <cmath>

#include "classification/infinity/across.hpp"
#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/sample_blocks.hpp"
#include "classification/infinity/side_cone.hpp"
#include "classification/infinity/tied_samples.hpp"
#include "core/euclidean.hpp"
#include "linalg/linear_program.hpp"

namespace tepui {
namespace {

// How much farther than the nearest sample the others are to be, at most.
constexpr double kFarthest = 8.0;

struct Groups {
    EqualSamples equal;
    std::vector<TiedSamples> tied;  // nearest first
    Matrix kept;                    // spans the inputs of the kept samples
    Matrix taken_up;                // s h of samples that another step moves freely
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
    groups.equal = {matrix(of_rows.keys), std::move(of_rows.pull), std::move(of_rows.members)};
    const Size rank = unit.kept.empty() ? 0 : unit.bases[0]->rows();
    groups.kept = Matrix(rank, d);
    for (Size l = 0; l < rank; ++l) std::copy_n(unit.bases[0]->row(l), d, groups.kept.row(l));
    groups.taken_up = matrix(elsewhere);
    groups.tied = tied_samples(context, index, groups.equal, groups.kept);
    return groups;
}

bool on_their_sides(const Matrix& rows, const std::vector<double>& v) {
    for (Size l = 0; l < rows.rows(); ++l)
        if (!(dot({rows.row(l), v.size()}, v) > 0.0)) return false;
    return true;
}

// A step with all samples on one side repeats the output bias: its output weight is free, and with the right
// sign the loss falls as the nearest sample comes near.
Across away_from_the_bias(const AcrossContext& context, Size index, const EqualSamples& equal, Size nearest) {
    const BoundaryNetwork& network = *context.network;
    const BoundaryUnit& unit = network.units[index];
    const Size sample = equal.members[nearest].front();
    const double sign = tail(unit.activation, unit.side[sample], 1.0) > 0.0 ? 1.0 : -1.0;
    Across result;
    result.sample = sample;
    double size = 0.0, square = 0.0;
    for (Size o = 0; o < network.output_count; ++o) {
        double g = 0.0, there = 0.0;
        for (const Size k : equal.members[nearest]) {
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

// On the way to the limit, v as it is.
double visible(const AcrossContext& context, Size index, const EqualSamples& samples) {
    const BoundaryUnit& unit = context.network->units[index];
    const std::vector<double> u = context.network->weights(index, 0);
    std::vector<double> slope, offset, value;
    for (Size l = 0; l < samples.rows.rows(); ++l) {
        slope.push_back(preactivation(samples, l, unit.direction));
        offset.push_back(preactivation(samples, l, u));
        value.push_back(samples.pull[l].value);
    }
    return visible_pull(unit.activation, slope, offset, value);
}

Across nearest_alone(const AcrossContext& context, Size index, const Groups& groups) {
    Across result;
    const TiedSamples& nearest = groups.tied.front();
    result.value = nearest.pull.value;
    result.error = nearest.pull.error;
    result.sample = groups.equal.members[nearest.nearest].front();
    if (visible(context, index, groups.equal) * result.value < 0.0) return undecided(kOutweighed);
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
    const Groups groups = group_samples(context, index);
    if (unit.kept.empty() && context.network->output_bias && is_one_sided(unit) && !groups.tied.empty())
        return away_from_the_bias(context, index, groups.equal, groups.tied.front().nearest);
    // The kept samples leave one direction.
    if (groups.kept.rows() == context.network->inputs - 1 && !groups.tied.empty())
        return nearest_alone(context, index, groups);
    Across result;
    result.sign = AcrossSign::grows;
    result.reason = "every sample that can be nearest to the hyperplane holds it";
    if (groups.tied.empty()) return result;
    result.value = groups.tied.front().pull.value;
    result.error = groups.tied.front().pull.error;
    std::vector<Size> doubtful;
    for (Size l = 0; l < Size(groups.tied.size()); ++l) {
        const Pull& of = groups.tied[l].pull;
        if (!(of.value > of.error)) doubtful.push_back(l);
    }
    if (doubtful.empty()) return result;
    if (!linalg::has_linear_programs()) {
        result.sign = AcrossSign::open;
        result.reason = "which samples can be nearest is a linear program, and this build has no solver";
        return result;
    }
    Matrix rows(Size(groups.tied.size()), context.network->inputs);
    for (Size l = 0; l < rows.rows(); ++l)
        std::copy_n(groups.equal.rows.row(groups.tied[l].nearest), rows.cols(), rows.row(l));
    const SideCone cone(std::move(rows), groups.kept.copy());
    for (const Size l : doubtful) {
        const std::optional<SideCone::Found> ahead = cone.ahead(l, kFarthest);
        if (ahead && ahead->behind()) continue;
        const std::optional<SideCone::Found> found = cone.nearest(l);
        if (found && found->never()) continue;
        const Pull& of = groups.tied[l].pull;
        result.sample = groups.equal.members[groups.tied[l].nearest].front();
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
        // Larger than the cone of the sides, as the program leaves those out that are taken up elsewhere.
        const bool first = ahead && ahead->lead > 1.0 && on_their_sides(groups.taken_up, ahead->v);
        if (!first && !on_their_sides(groups.taken_up, found->v)) {
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
    if (result.sign == AcrossSign::grows && visible(context, index, groups.equal) < 0.0)
        return undecided(kOutweighed);
    return result;
}

}  // namespace tepui
