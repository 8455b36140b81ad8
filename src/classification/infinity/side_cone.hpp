// The cone of the directions v that put every sample on a given side of the hyperplane v . h = 0, and which
// samples may be nearest to it (MATH.md section 13).
#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include "core/matrix.hpp"

namespace tepui {

class SideCone {
  public:
    // {v : rows v >= 0, kept v = 0}. rows: s_l h_l, no two equal; kept: any. What is said of directions does
    // not count those that are orthogonal to all rows, to rounding of the data.
    SideCone(Matrix rows, Matrix kept);

    // Neither number is the solver's: each is checked beyond the rounding of what it is made of.
    struct Found {
        double lead = 0.0;        // of v
        double bound = HUGE_VAL;  // no v leads by more, by the multipliers of the program
        std::vector<double> v;    // mean of rows v: 1
        // Known to be below, or above, 0.
        bool never() const noexcept { return bound < -kTie; }
        bool strictly() const noexcept { return lead > kTie; }
        // Of ahead: known to be behind others for every v that has all rows above 0.
        bool behind() const noexcept { return bound < 1.0 - kTie; }
    };
    // The v with the largest least row: lead is that, negative when no v has every sample on its side. Empty
    // when the program was not solved.
    std::optional<Found> interior() const;
    // The v with the largest min over the other rows l' of (row l' - row l) v, with row l . v >= 0: negative
    // when l is nearest for no v of the closed cone, positive when it is strictly nearest for that v. Empty
    // when the program was not solved.
    std::optional<Found> nearest(Size l) const;
    // Row l . v = 1, and all others as large as can be: the largest least of them, at most `most`. Below 1,
    // some other row is nearer by that factor for every v that has all of them above 0.
    std::optional<Found> ahead(Size l, double most) const;

    Size rows() const noexcept { return rows_.rows(); }
    // |lead| at or below this is not known to differ from 0.
    static constexpr double kTie = 1e-7;

  private:
    struct Program;
    struct Multipliers;
    std::optional<Found> solve(const Program& program) const;
    double bound(const Program& program, const Multipliers& of) const;
    std::optional<Found> checked(const Program& program, const std::vector<double>& p) const;

    Matrix rows_, kept_;
    Matrix directions_;                  // v = sum_q p_q directions_q
    Matrix seen_;                        // rows in these coordinates
    std::vector<double> mean_;           // of seen_
    double rounding_;                    // of a row of seen_ beside a p with |p| = 1
    mutable std::vector<Size> working_;  // rows that were needed before
};

}  // namespace tepui
