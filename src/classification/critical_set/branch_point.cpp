// Random points of a branch of the critical set.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "classification/critical_set/critical_set.hpp"
#include "classification/escape/psi_zero.hpp"

namespace tepui {
namespace {

std::vector<Size> shuffled(Size count, Random& random) {
    std::vector<Size> order(count);
    std::iota(order.begin(), order.end(), Size{0});
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1],
                  order[std::min(i - 1, static_cast<std::size_t>(random.uniform() * double(i)))]);
    return order;
}

enum class Signs { all_positive, one_positive, one_negative, one_zero };

// Coefficients that sum to 1 with such signs; the first makes up for the sum of the others.
std::vector<double> random_gamma(std::size_t count, Signs signs, Random& random) {
    std::vector<double> gamma(count);
    if (count == 1) return {1.0};
    for (double& value : gamma) value = 0.2 + random.uniform();
    if (signs == Signs::one_zero && count == 2) return {1.0, 0.0};
    if (signs == Signs::one_zero) gamma.back() = 0.0;
    if (signs == Signs::all_positive || signs == Signs::one_zero) {
        const double sum = std::accumulate(gamma.begin(), gamma.end(), 0.0);
        for (double& value : gamma) value /= sum;
    } else {
        for (std::size_t j = 1; j < count; ++j)
            if (signs == Signs::one_positive || j + 1 == count) gamma[j] = -gamma[j];
    }
    gamma[0] = 1.0 - std::accumulate(gamma.begin() + 1, gamma.end(), 0.0);
    // Two positive ones and a negative one: the second is small enough for the first to stay positive.
    if (gamma[0] <= 0.0) {
        for (std::size_t j = 1; j + 1 < count; ++j) gamma[j] /= 4.0 * double(count);
        gamma[0] = 1.0 - std::accumulate(gamma.begin() + 1, gamma.end(), 0.0);
    }
    return gamma;
}

// Daughters with output weights beside their shares, which cancel.
void share_otherwise(const Matrix& basis, const std::vector<Size>& group, const Network& narrow, Size parent,
                     Random& random, Embedding& embedding) {
    const Size outputs = narrow.output_count;
    double size = 0.0;
    for (Size o = 0; o < outputs; ++o) size = std::hypot(size, narrow.output(parent, o));
    double* const first = embedding.free_outputs.data() + group.front() * outputs;
    for (std::size_t j = 1; j < group.size(); ++j) {
        double* const other = embedding.free_outputs.data() + group[j] * outputs;
        for (Size q = 0; q < basis.rows(); ++q) {
            const double share = 0.3 * size * random.normal();
            for (Size o = 0; o < outputs; ++o) {
                other[o] += share * basis(q, o);
                first[o] -= share * basis(q, o);
            }
        }
    }
}

int random_sign(bool mirrored, Random& random) {
    return mirrored && random.uniform() < 0.5 ? -1 : 1;
}

}  // namespace

std::optional<BranchPoint> random_branch_point(const CriticalSet& set, Size null_neurons, Size number,
                                               const PsiZeros& zeros, Random& random) {
    const Network& narrow = set.minimal.grouping.narrow;
    const Size wide_width = set.shape.wide_width;
    const Size r = narrow.width, daughters = wide_width - null_neurons;
    BranchPoint point;
    point.embedding.narrow_width = r;
    point.embedding.inputs = narrow.inputs;
    point.embedding.output_count = narrow.output_count;
    if (narrow.output_count > 1)
        point.embedding.free_outputs.assign(checked_product(wide_width, narrow.output_count), 0.0);
    point.embedding.places.resize(wide_width);
    point.embedding.free_weights.assign(checked_product(wide_width, narrow.inputs), 0.0);
    const std::vector<Size> order = shuffled(wide_width, random);
    std::vector<std::vector<Size>> members(r);
    // Every other point splits one parent alone, each in turn: minima may need the others whole.
    const bool alone = number % 2 == 0;
    const Size turn = number / 2;
    for (Size k = 0; k < daughters; ++k) {
        Size parent = k < r ? k : turn % r;
        if (k >= r && !alone)
            parent = std::min(r - 1, static_cast<Size>(random.uniform() * static_cast<double>(r)));
        members[parent].push_back(order[k]);
    }
    for (Size parent = 0; parent < r; ++parent) {
        const std::vector<Size>& group = members[parent];
        const std::vector<double> gamma =
            random_gamma(group.size(), static_cast<Signs>((alone ? turn / r : turn + parent) % 4), random);
        for (std::size_t j = 0; j < group.size(); ++j)
            point.embedding.places[group[j]] = {NeuronRole::daughter, parent,
                                                random_sign(set.shape.mirrored, random), gamma[j], 0.0};
        // Every other pair of points shares the parent's output weights otherwise than in proportion.
        if (narrow.output_count > 1 && number % 4 >= 2)
            share_otherwise(set.shared_outputs[static_cast<std::size_t>(parent)], group, narrow, parent,
                            random, point.embedding);
    }
    for (Size k = daughters; k < wide_width; ++k) {
        const std::optional<PsiZeros::Zero> zero = zeros.find(random);
        if (!zero) return std::nullopt;
        std::copy(zero->w.begin(), zero->w.end(), point.embedding.weights(order[k]));
        point.psi_residual = std::max(point.psi_residual, zero->residual);
    }
    return point;
}

}  // namespace tepui
