// The piecewise linear forms of MATH.md section 9: S(v) = slope . v + sum_g c_g |v . u_g| with pairwise
// non-parallel u_g, and how far each number may be from what it stands for. A form whose numbers are zero
// within their tolerances is zero; tolerances act as kinks of their own,
//     tolerance(v) = sum_j slope_tolerance_j |v_j| + sum_g coefficient_tolerance_g |v . u_g|,
// so S(v) + tolerance(v) >= 0 for all v is "S >= 0 within tolerance", and one v with S(v) + tolerance(v) < 0
// refutes it.
#pragma once

#include <span>
#include <vector>

#include "classification/spectrum/tolerances.hpp"
#include "core/matrix.hpp"
#include "network/data/dataset.hpp"
#include "network/derivatives/kink_sums.hpp"

namespace tepui {

struct KinkForm {
    std::vector<double> slope, slope_magnitude, slope_tolerance;  // d
    Matrix inputs;                                                // u_g in rows: each one of the inputs
    std::vector<double> coefficients, coefficient_tolerance;      // of each row

    Size dimension() const noexcept { return static_cast<Size>(slope.size()); }
    Size kinks() const noexcept { return static_cast<Size>(coefficients.size()); }
    std::span<const double> kink(Size g) const noexcept { return {inputs.row(g), slope.size()}; }

    double value(std::span<const double> v) const;
    double tolerance(std::span<const double> v) const;
    // Slope and every coefficient zero within tolerance: S = 0 identically. |v . u_g| of pairwise
    // non-parallel u_g are linearly independent modulo linear functions.
    bool identically_zero() const;
    KinkForm scaled(double factor) const;
};

// D_io of a neuron and an output. Parallel inputs of K_i are merged, |v . (c x)| = |c| |v . x|; merged kinks
// whose coefficient is zero within tolerance are left out, and so are inputs of zero. `stationarity` of the
// sums of absolute terms, and for the coefficients of the root mean square of g / s, counts as zero; never
// less than `rounding_factor` times the rounding bounds.
KinkForm directional_form(const Dataset& data, const KinkValue& sums, Size neuron, Size output,
                          const Tolerances& tolerances);

// What counts as zero of g of the sample at this place of K_i: alike.
double zero_pull(const Dataset& data, const KinkValue& sums, Size neuron, Size place, Size output,
                 const Tolerances& tolerances);

}  // namespace tepui
