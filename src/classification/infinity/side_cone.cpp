#include "classification/infinity/side_cone.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "classification/infinity/seen_directions.hpp"
#include "core/euclidean.hpp"
#include "core/rounding.hpp"
#include "linalg/blas.hpp"
#include "linalg/linear_program.hpp"

namespace tepui {
namespace {

constexpr int kRounds = 60;
// In coordinates in which rows have a mean square of 1: less is rounding of the data, as in seen_directions.
constexpr double kUnseen = 1e-9;

double product(const double* a, const std::vector<double>& v) {
    return dot({a, v.size()}, v);
}

}  // namespace

// maximise lead subject to  (row_l - subtract) . p - lead >= 0 for l other than `own`,  own_row . p >= 0,
// scale . p = 1,  lead <= most, in the coordinates p of the directions that are seen
struct SideCone::Program {
    Size own = -1;
    bool subtract = false;
    bool of_mean = true;  // scale: the mean of all rows, or the own one
    double most = 2.0;
};

// At an optimum sum_l y_l (row_l - subtract) + y_own own_row = lambda scale, sum_l y_l + kappa = 1.
struct SideCone::Multipliers {
    std::vector<Size> rows;
    std::vector<double> y;
    double own = 0.0, lambda = 0.0, kappa = 0.0;
};

SideCone::SideCone(Matrix rows, Matrix kept)
    : rows_(std::move(rows)), kept_(std::move(kept)), directions_(seen_directions(rows_, kept_)) {
    const Size n = rows_.rows(), d = rows_.cols(), seen = directions_.rows();
    seen_ = Matrix(n, seen);
    if (n > 0 && seen > 0)
        linalg::gemm(false, true, n, seen, d, 1.0, rows_.data(), d, directions_.data(), d, 0.0, seen_.data(),
                     seen, 1);
    mean_.assign(std::size_t(seen), 0.0);
    for (Size l = 0; l < n; ++l)
        for (Size q = 0; q < seen; ++q) mean_[q] += seen_(l, q) / double(n);
    double square = 0.0;
    for (Size q = 0; q < seen; ++q) {
        double most = 0.0;
        for (Size j = 0; j < d; ++j) {
            double column = 0.0;
            for (Size l = 0; l < n; ++l) column = std::max(column, std::abs(rows_(l, j)));
            most += column * std::abs(directions_(q, j));
        }
        square += most * most;
    }
    rounding_ = double(n + d + 4) * kEps * std::sqrt(square);
}

std::optional<SideCone::Found> SideCone::interior() const {
    return solve({});
}

std::optional<SideCone::Found> SideCone::nearest(Size l) const {
    return solve({.own = l, .subtract = true});
}

std::optional<SideCone::Found> SideCone::ahead(Size l, double most) const {
    return solve({.own = l, .of_mean = false, .most = most});
}

// Of a p with every row 0 or more, rows p = n at most in all and |p| <= sqrt(n): so much more than lambda and
// kappa allow may such a p lead by, as the multipliers cancel but for rounding. Beside a row of 1 nothing
// bounds p: there the multipliers are to cancel within what is rounding of the data.
double SideCone::bound(const Program& program, const Multipliers& of) const {
    double total = of.kappa;
    for (const double y : of.y) total += y;
    if (!(total > 0.0)) return HUGE_VAL;
    std::vector<double> left(mean_.size());
    for (Size q = 0; q < Size(left.size()); ++q) {
        for (std::size_t at = 0; at < of.rows.size(); ++at)
            left[q] +=
                of.y[at] / total * (seen_(of.rows[at], q) - (program.subtract ? seen_(program.own, q) : 0.0));
        if (program.own >= 0) left[q] += of.own / total * seen_(program.own, q);
        left[q] -= of.lambda / total * (program.of_mean ? mean_[q] : seen_(program.own, q));
    }
    if (!program.of_mean)
        return norm_of(left) <= kUnseen ? (of.lambda + program.most * of.kappa) / total : HUGE_VAL;
    const double size = 2.0 + (of.own + std::abs(of.lambda)) / total;
    return (of.lambda + program.most * of.kappa) / total +
           std::sqrt(double(rows_.rows())) * (norm_of(left) + size * rounding_);
}

// What v does to the rows and the kept ones, as they were given.
std::optional<SideCone::Found> SideCone::checked(const Program& program, const std::vector<double>& p) const {
    const Size n = rows_.rows(), d = rows_.cols();
    Found found;
    found.v.assign(std::size_t(d), 0.0);
    for (Size q = 0; q < Size(p.size()); ++q)
        for (Size j = 0; j < d; ++j) found.v[j] += p[q] * directions_(q, j);
    double mean = 0.0;
    for (Size l = 0; l < n; ++l) mean += product(rows_.row(l), found.v) / double(n);
    const double scale = program.of_mean ? mean : product(rows_.row(program.own), found.v);
    if (!(scale > 0.0)) return std::nullopt;
    for (double& x : found.v) x /= scale;
    const auto error = [&](Size l) {
        double sum = 0.0;
        for (Size j = 0; j < d; ++j) sum += std::abs(rows_(l, j) * found.v[j]);
        return double(d + 2) * kEps * sum;
    };
    for (Size r = 0; r < kept_.rows(); ++r)
        if (!(std::abs(product(kept_.row(r), found.v)) <= kTie)) return std::nullopt;
    double own = 0.0;
    if (program.own >= 0) {
        own = product(rows_.row(program.own), found.v);
        if (!(own >= -kTie)) return std::nullopt;
        own = program.subtract ? own + error(program.own) : 0.0;
    }
    found.lead = program.most;
    for (Size l = 0; l < n; ++l)
        if (l != program.own)
            found.lead = std::min(found.lead, product(rows_.row(l), found.v) - error(l) - own);
    return found;
}

// The dual program, whose equations are few: those of the multipliers, at the least lambda + most kappa. Its
// own duals are -p and the lead. Of the rows only those are taken that turn out to be needed: fewer rows make
// a larger lead, so that a negative one stands.
std::optional<SideCone::Found> SideCone::solve(const Program& program) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const Size d = seen_.cols(), n = seen_.rows();
    if (d == 0) return std::nullopt;
    const double* own = program.own >= 0 ? seen_.row(program.own) : nullptr;
    std::vector<bool> in(std::size_t(n), false);
    Multipliers of;
    const auto take = [&](Size l) {
        if (in[l] || l == program.own) return;
        in[l] = true;
        of.rows.push_back(l);
    };
    for (const Size l : working_) take(l);
    for (Size l = 0; l < n && Size(of.rows.size()) < 4 * d; ++l) take(l);
    for (int round = 0; round < kRounds; ++round) {
        const Size taken = Size(of.rows.size()), variables = taken + 3;
        linalg::LinearProgram dual{Matrix(variables, d + 1), std::vector<double>(d + 1, 0.0),
                                   std::vector<double>(variables, 0.0), std::vector<double>(variables, 0.0),
                                   std::vector<double>(variables, infinity)};
        dual.right[d] = 1.0;
        for (Size at = 0; at < taken; ++at) {
            for (Size j = 0; j < d; ++j)
                dual.columns(at, j) = seen_(of.rows[at], j) - (program.subtract ? own[j] : 0.0);
            dual.columns(at, d) = 1.0;
        }
        if (own) std::copy_n(own, d, dual.columns.row(taken));
        dual.cost[taken + 1] = 1.0;
        dual.lower[taken + 1] = -infinity;
        for (Size j = 0; j < d; ++j) dual.columns(taken + 1, j) = program.of_mean ? -mean_[j] : -own[j];
        dual.cost[taken + 2] = program.most;
        dual.columns(taken + 2, d) = 1.0;

        const std::optional<linalg::LinearSolution> solution = linalg::minimise(dual);
        if (!solution) return std::nullopt;
        of.y.resize(std::size_t(taken));
        for (Size at = 0; at < taken; ++at) of.y[at] = std::max(0.0, solution->x[at]);
        of.own = own ? std::max(0.0, solution->x[taken]) : 0.0;
        of.lambda = solution->x[taken + 1];
        of.kappa = std::max(0.0, solution->x[taken + 2]);
        const double highest = bound(program, of);
        if (highest < (program.of_mean ? 0.0 : 1.0) - kTie) return Found{-HUGE_VAL, highest, {}};

        std::vector<double> p(std::size_t(d), 0.0);
        for (Size j = 0; j < d; ++j) p[j] = -solution->duals[j];
        std::vector<std::pair<double, Size>> violated;
        const double least = solution->duals[d] + (program.subtract ? product(own, p) : 0.0) - 0.1 * kTie;
        for (Size l = 0; l < n; ++l) {
            if (in[l] || l == program.own) continue;
            const double value = product(seen_.row(l), p) - least;
            if (value < 0.0) violated.push_back({value, l});
        }
        if (violated.empty()) {
            std::optional<Found> found = checked(program, p);
            if (found && program.of_mean && !(highest - found->lead <= kTie)) return std::nullopt;
            if (found) found->bound = highest;
            return found;
        }
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
