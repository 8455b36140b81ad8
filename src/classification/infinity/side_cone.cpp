#include "classification/infinity/side_cone.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/linear_program.hpp"

namespace tepui {
namespace {

constexpr int kRounds = 60;

}  // namespace

// maximise lead subject to  (row_l - subtract) . v - lead >= 0 for l other than `own`,  own_row . v >= 0,
// scale . v = 1,  kept v = 0,  lead <= most
struct SideCone::Program {
    Size own = -1;
    bool subtract = false;
    const double* scale = nullptr;
    double most = 2.0;
};

SideCone::SideCone(Matrix rows, Matrix kept) : rows_(std::move(rows)), kept_(std::move(kept)) {
    mean_.assign(std::size_t(rows_.cols()), 0.0);
    for (Size l = 0; l < rows_.rows(); ++l)
        for (Size j = 0; j < rows_.cols(); ++j) mean_[j] += rows_(l, j) / double(rows_.rows());
}

std::optional<SideCone::Found> SideCone::interior() const {
    return solve({-1, false, mean_.data(), 2.0});
}

std::optional<SideCone::Found> SideCone::nearest(Size l) const {
    return solve({l, true, mean_.data(), 2.0});
}

std::optional<SideCone::Found> SideCone::ahead(Size l, double most) const {
    return solve({l, false, rows_.row(l), most});
}

// The dual program, whose equations are few: sum_l y_l (row_l - subtract) + y_own own_row - lambda scale +
// kept^T nu = 0 and sum_l y_l + kappa = 1 at the least lambda + most kappa. Its own duals are -v and the
// lead. Of the rows only those are taken that turn out to be needed: fewer rows make a larger lead, so that a
// negative one stands.
std::optional<SideCone::Found> SideCone::solve(const Program& program) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const Size d = rows_.cols();
    const double* own = program.own >= 0 ? rows_.row(program.own) : nullptr;
    std::vector<bool> in(std::size_t(rows_.rows()), false);
    std::vector<Size> working;
    const auto take = [&](Size l) {
        if (in[l] || l == program.own) return;
        in[l] = true;
        working.push_back(l);
    };
    for (const Size l : working_) take(l);
    for (Size l = 0; l < rows_.rows() && Size(working.size()) < 4 * d; ++l) take(l);
    for (int round = 0; round < kRounds; ++round) {
        const Size taken = Size(working.size()), variables = taken + 1 + (own ? 1 : 0) + kept_.rows() + 1;
        linalg::LinearProgram dual{Matrix(variables, d + 1), std::vector<double>(d + 1, 0.0),
                                   std::vector<double>(variables, 0.0), std::vector<double>(variables, 0.0),
                                   std::vector<double>(variables, infinity)};
        dual.right[d] = 1.0;
        Size at = 0;
        for (const Size l : working) {
            for (Size j = 0; j < d; ++j)
                dual.columns(at, j) = rows_(l, j) - (program.subtract ? own[j] : 0.0);
            dual.columns(at++, d) = 1.0;
        }
        if (own) {
            std::copy_n(own, d, dual.columns.row(at));
            ++at;
        }
        for (Size r = 0; r < kept_.rows(); ++r) {
            dual.lower[at] = -infinity;
            std::copy_n(kept_.row(r), d, dual.columns.row(at++));
        }
        dual.cost[at] = 1.0;
        dual.lower[at] = -infinity;
        for (Size j = 0; j < d; ++j) dual.columns(at, j) = -program.scale[j];
        ++at;
        dual.cost[at] = program.most;
        dual.columns(at, d) = 1.0;

        const std::optional<linalg::LinearSolution> solution = linalg::minimise(dual);
        if (!solution) return std::nullopt;
        Found found{solution->duals[d], std::vector<double>(d)};
        for (Size j = 0; j < d; ++j) found.v[j] = -solution->duals[j];
        if (found.lead < -kTie) return found;
        std::vector<std::pair<double, Size>> violated;
        double own_value = 0.0;
        for (Size j = 0; own && program.subtract && j < d; ++j) own_value += own[j] * found.v[j];
        for (Size l = 0; l < rows_.rows(); ++l) {
            if (in[l] || l == program.own) continue;
            double value = -found.lead - own_value;
            for (Size j = 0; j < d; ++j) value += rows_(l, j) * found.v[j];
            if (value < -0.1 * kTie) violated.push_back({value, l});
        }
        if (violated.empty()) return found;
        std::sort(violated.begin(), violated.end());
        violated.resize(std::min(violated.size(), std::size_t(2 * d)));
        for (const auto& [value, l] : violated) {
            take(l);
            working_.push_back(l);
        }
    }
    return std::nullopt;
}

}  // namespace tepui
