// A neuron that tells samples apart as its output weight grows, while all others lie in one of its tails: by
// convexity the loss of these differs by sum_k (g_k . a) delta_k at least, however large a is, and of it the
// foremost sample decides.
#include <algorithm>

#include "classification/infinity/across.hpp"
#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/sample_blocks.hpp"
#include "classification/infinity/side_cone.hpp"
#include "linalg/linear_program.hpp"

namespace tepui {
namespace {

// By their inputs; g . a times the sign of delta.
PullGroups samples_in_tail(const AcrossContext& context, Size index, int side) {
    const Size d = context.network->inputs;
    const double sign = tail(context.network->units[index].activation, side, side) > 0.0 ? 1.0 : -1.0;
    PullGroups result;
    for_sample_blocks(*context.data, [&](const SampleBlock& block) {
        for (Size k = 0; k < block.count; ++k) {
            if (block.weights[k] == 0.0) continue;
            Pull own = pull(context, index, 0, block.first + k);
            own.value *= sign;
            result.add({block.x.begin() + k * d, block.x.begin() + (k + 1) * d}, own, block.first + k);
        }
    });
    return result;
}

// The v that brings this sample in front of all others of the tail, and behind those that are told apart.
std::optional<SideCone::Found> foremost(const PullGroups& tail, std::size_t own, int side,
                                        const Matrix& ahead) {
    const Size d = ahead.cols(), others = Size(tail.keys.size()) - 1;
    Matrix rows(others + ahead.rows(), d);
    Size at = 0;
    for (std::size_t l = 0; l < tail.keys.size(); ++l) {
        if (l == own) continue;
        for (Size j = 0; j < d; ++j) rows(at, j) = side * (tail.keys[l][j] - tail.keys[own][j]);
        ++at;
    }
    for (Size t = 0; t < ahead.rows(); ++t, ++at)
        for (Size j = 0; j < d; ++j) rows(at, j) = side * (tail.keys[own][j] - ahead(t, j));
    return SideCone(std::move(rows), Matrix(0, d)).interior();
}

}  // namespace

Across across_growing(const AcrossContext& context, Size index, int side, const Matrix& ahead) {
    const PullGroups tail = samples_in_tail(context, index, side);
    Across result;
    result.sign = AcrossSign::grows;
    result.reason = "every sample that can be foremost in its tail holds it";
    for (std::size_t l = 0; l < tail.keys.size(); ++l) {
        const Pull& of = tail.pull[l];
        if (of.value > of.error) {
            if (result.sign == AcrossSign::grows && (result.sample < 0 || of.value < result.value)) {
                result.sample = tail.members[l].front();
                result.value = of.value;
                result.error = of.error;
            }
            continue;
        }
        if (ahead.rows() == 0) return undecided("no sample has to stay in front of its tail");
        if (!linalg::has_linear_programs())
            return undecided(
                "which samples can be foremost is a linear program, and this build has no solver");
        const std::optional<SideCone::Found> found = foremost(tail, l, side, ahead);
        if (found && found->never()) continue;
        result.sample = tail.members[l].front();
        result.value = of.value;
        result.error = of.error;
        if (!found || !found->strictly() || !(of.value < -of.error)) {
            result.sign = AcrossSign::open;
            result.reason = !found ? "a linear program was not solved"
                            : found->strictly()
                                ? "a sample that can be foremost in its tail neither holds nor pulls it"
                                : "a sample that pulls can be as far out of its tail as others";
            continue;
        }
        result.sign = AcrossSign::falls;
        result.reason = "a sample that can be foremost in its tail pulls it";
        // The next sample one behind.
        result.fall.direction = found->v;
        for (double& x : result.fall.direction) x /= found->lead;
        return result;
    }
    return result;
}

}  // namespace tepui
