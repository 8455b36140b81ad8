#include "splitting/equal_neurons.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.hpp"

namespace tepui {
namespace {

constexpr Size kPairs = Size{1} << 20;  // compared between two questions to the listener
constexpr double kSlack = 1e-13;        // rounding of lengths and projections, relative: they only rule out

// Disjoint sets whose elements carry a sign relative to their set's root.
class SignedSets {
  public:
    explicit SignedSets(Size count) : parent_(count), sign_(count, 1) {
        std::iota(parent_.begin(), parent_.end(), Size{0});
    }
    Size root(Size i) {
        Size r = i;
        int sign = 1;
        while (parent_[r] != r) {
            sign *= sign_[r];
            r = parent_[r];
        }
        parent_[i] = r;
        sign_[i] = sign;
        return r;
    }
    int sign(Size i) {
        root(i);
        return sign_[i];
    }
    // w_i = sign w_j. The lower root stays one.
    void join(Size i, Size j, int sign) {
        const Size p = root(i), q = root(j);
        if (p == q) return;
        sign_[std::max(p, q)] = sign * sign_[i] * sign_[j];
        parent_[std::max(p, q)] = std::min(p, q);
    }

  private:
    std::vector<Size> parent_;
    std::vector<int> sign_;
};

// Equal weights have equal lengths and equal projections on any direction: two numbers rule out nearly every
// pair.
class Comparison {
  public:
    Comparison(const SeenWeights& weights, bool mirrored, double tolerance)
        : weights_(weights),
          mirrored_(mirrored),
          tolerance_(tolerance),
          projections_(weights.lengths.size()) {
        Random random(1, 0);
        std::vector<double> direction(weights.inputs);
        double square = 0.0;
        for (double& x : direction) {
            x = random.normal();
            square += x * x;
        }
        for (std::size_t i = 0; i < projections_.size(); ++i) {
            const double* w = weights.of(static_cast<Size>(i));
            projections_[i] =
                std::inner_product(direction.begin(), direction.end(), w, 0.0) / std::sqrt(square);
        }
    }

    bool zero(Size i) const {
        return weights_.lengths[i] <= tolerance_ * weights_.unit + weights_.rounding[i];
    }
    double reach(Size i, Size j) const {
        return tolerance_ * std::max(weights_.lengths[i], weights_.lengths[j]) + weights_.rounding[i] +
               weights_.rounding[j];
    }
    // The sign with which w_i = sign w_j, 0 when they differ.
    int equal(Size i, Size j) const {
        const double reach = this->reach(i, j);
        if (near(i, j, 1, reach)) return 1;
        return mirrored_ && near(i, j, -1, reach) ? -1 : 0;
    }

  private:
    bool near(Size i, Size j, int sign, double reach) const {
        const double slack = kSlack * (weights_.lengths[i] + weights_.lengths[j]);
        if (!(std::abs(projections_[i] - sign * projections_[j]) <= reach + slack)) return false;
        const double *p = weights_.of(i), *q = weights_.of(j);
        double square = 0.0;
        for (Size l = 0; l < weights_.inputs; ++l) {
            const double difference = p[l] - sign * q[l];
            square += difference * difference;
        }
        return std::sqrt(square) <= reach;
    }

    const SeenWeights& weights_;
    bool mirrored_;
    double tolerance_;
    std::vector<double> projections_;
};

// Neurons by length: those equal to one follow it closely.
void join_equal(const std::vector<Size>& by_length, const SeenWeights& weights, const Comparison& comparison,
                SignedSets& sets, const Execution& execution) {
    const double most_rounding =
        weights.rounding.empty() ? 0.0 : *std::max_element(weights.rounding.begin(), weights.rounding.end());
    Size pairs = 0;
    for (std::size_t first = 0; first < by_length.size(); ++first) {
        const Size i = by_length[first];
        for (std::size_t second = first + 1; second < by_length.size(); ++second) {
            const Size j = by_length[second];
            if (++pairs % kPairs == 0) {
                const double left = 1.0 - static_cast<double>(first) / static_cast<double>(by_length.size());
                execution.report_or_throw("comparing neurons", 1.0 - left * left);
            }
            const double gap = weights.lengths[j] - weights.lengths[i];
            if (gap > comparison.reach(i, j) + 2.0 * most_rounding + kSlack * weights.lengths[j]) break;
            if (sets.root(i) == sets.root(j)) continue;
            if (const int sign = comparison.equal(i, j); sign != 0) sets.join(i, j, sign);
        }
    }
}

}  // namespace

std::vector<EqualNeurons> equal_neurons(const SeenWeights& weights, bool mirrored, double tolerance,
                                        const Execution& execution) {
    const auto width = static_cast<Size>(weights.lengths.size());
    const Comparison comparison(weights, mirrored, tolerance);
    SignedSets sets(width);
    std::vector<Size> by_length;
    Size zero = -1;  // the first neuron with zero weights
    for (Size i = 0; i < width; ++i) {
        if (!comparison.zero(i)) {
            by_length.push_back(i);
        } else if (zero < 0) {
            zero = i;
        } else {
            sets.join(zero, i, 1);
        }
    }
    std::sort(by_length.begin(), by_length.end(), [&](Size i, Size j) {
        const double p = weights.lengths[i], q = weights.lengths[j];
        return p < q || (p == q && i < j);
    });
    join_equal(by_length, weights, comparison, sets, execution);

    std::vector<EqualNeurons> groups;
    std::vector<Size> group_of(width, -1);  // of a root, which is its set's first neuron
    for (Size i = 0; i < width; ++i) {
        const Size root = sets.root(i);
        if (root == i) {
            group_of[i] = static_cast<Size>(groups.size());
            groups.push_back({{}, {}, comparison.zero(i)});
        }
        EqualNeurons& group = groups[group_of[root]];
        group.members.push_back(i);
        group.signs.push_back(sets.sign(i));
    }
    return groups;
}

}  // namespace tepui
