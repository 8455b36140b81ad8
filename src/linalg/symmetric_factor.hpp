// Bunch-Kaufman factorisation P (A - shift I) P^T = L D L^T: inertia by Sylvester's law and solves by
// substitution (MATH.md section 10). Blocked; several times faster over BLIS than LAPACK's dsytrf, whose
// updates are many small calls.
#pragma once

#include <span>

#include "core/matrix.hpp"
#include "linalg/symmetric.hpp"

namespace tepui::linalg {

class SymmetricFactor {
  public:
    // The lower triangle of a is read. Throws Status::numeric for entries that are not finite.
    SymmetricFactor(const Matrix& a, double shift);

    const ShiftedInertia& inertia() const noexcept { return inertia_; }

    // x = (A - shift I)^-1 x. Pivots that are zero to rounding are replaced by rounding: good for inverse
    // iteration.
    void solve(std::span<double> x) const;

  private:
    struct Panel;
    void factor_panel(Size begin, Panel& panel);
    Size eliminate(Size j, Size begin, Panel& panel);
    void updated_column(Size column, Size j, Size begin, const Panel& panel, double* out) const;
    void interchange(Size j, Size from, Size to, Size begin, Panel& panel);
    void store_single(Size j, const double* w);
    void store_double(Size j, const double* w, const double* next);
    Size block_end(Size begin) const;
    void solve_lower(double* x) const;
    void solve_diagonal(double* x) const;
    void solve_upper(double* x) const;
    double& at(Size i, Size j) noexcept { return factor_[j * n_ + i]; }
    double at(Size i, Size j) const noexcept { return factor_[j * n_ + i]; }

    Size n_ = 0;
    double norm_ = 0.0;  // largest entry of the shifted matrix
    Buffer<double>
        factor_;  // column-major lower triangle of the matrix with its order reversed: see the constructor
    Buffer<Size> interchange_;  // row that was exchanged with row j
    Buffer<Size> order_;  // of the pivot that begins at column j: 1 or 2; 0 for the second column of a pivot
    ShiftedInertia inertia_;
};

}  // namespace tepui::linalg
