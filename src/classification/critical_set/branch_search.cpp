// Along a branch of the critical set, from the best of the points drawn on it to better ones nearby.
#include "classification/critical_set/branch_search.hpp"

#include <cmath>

#include "classification/critical_set/critical_set.hpp"
#include "classification/escape/psi_zero.hpp"

namespace tepui {
namespace {

constexpr double kSmallest = 0.02, kLargest = 20.0;  // of a splitting coefficient that is not zero

// Coefficients move within their signs: the region, and with it the verdict, stays.
bool move_gammas(const std::vector<Size>& daughters, double step, Random& random, Embedding& embedding) {
    std::vector<double> change;
    double mean = 0.0;
    for (const Size i : daughters) {
        const bool zero = embedding.places[i].gamma == 0.0;
        change.push_back(zero ? 0.0 : step * random.normal());
        mean += change.back();
    }
    double count = 0.0;
    for (const double c : change) count += c != 0.0 ? 1.0 : 0.0;
    if (count < 2.0) return true;
    double sum = 0.0;
    Size largest = daughters.front();
    for (std::size_t q = 0; q < daughters.size(); ++q) {
        double& gamma = embedding.places[daughters[q]].gamma;
        if (change[q] == 0.0) continue;
        const double moved = gamma + change[q] - mean / count;
        if (moved * gamma <= 0.0 || std::abs(moved) < kSmallest || std::abs(moved) > kLargest) return false;
        gamma = moved;
        sum += moved;
        if (std::abs(moved) > std::abs(embedding.places[largest].gamma)) largest = daughters[q];
    }
    embedding.places[largest].gamma += 1.0 - sum;  // rounding
    return true;
}

}  // namespace

std::optional<BranchPoint> branch_point_nearby(const BranchPoint& from, double step, const PsiZeros& zeros,
                                               Random& random) {
    BranchPoint point = from;
    point.psi_residual = 0.0;
    for (const std::vector<Size>& daughters : members(from.embedding, NeuronRole::daughter))
        if (!move_gammas(daughters, step, random, point.embedding)) return std::nullopt;
    for (Size i = 0; i < from.embedding.wide_width(); ++i) {
        if (from.embedding.places[i].role != NeuronRole::null) continue;
        double* w = point.embedding.weights(i);
        const std::optional<PsiZeros::Zero> zero =
            zeros.near({w, static_cast<std::size_t>(from.embedding.inputs)}, step, random);
        if (!zero) return std::nullopt;
        std::copy(zero->w.begin(), zero->w.end(), w);
        point.psi_residual = std::max(point.psi_residual, zero->residual);
    }
    return point;
}

double branch_value(const BranchSample& sample, BranchGoal goal) {
    if (goal == BranchGoal::deepest) return sample.fall;
    return std::isfinite(sample.flattest) ? -std::abs(sample.flattest)
                                          : -std::numeric_limits<double>::infinity();
}

}  // namespace tepui
