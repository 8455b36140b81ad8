// Is S(v) >= 0 for every v? (MATH.md section 9.) Within tolerance, with a certificate either way: numbers b,
// e with slope = sum_g b_g u_g + e, |b_g| <= c_g, |e_j| <= its tolerance, or a direction v where S(v) <
// -tolerance(v).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "classification/directional/kink_form.hpp"
#include "vocabulary/directional.hpp"

namespace tepui {

struct SignOptions {
    Size budget = Size{1} << 18;  // rays at most; linear programs for sign patterns: budget / 1024
    bool linear_programs = true;  // false: as in a build without a solver
};

struct SignAnswer {
    Answer answer = Answer::undetermined;
    SignMethod method = SignMethod::linear;
    SignReason reason = SignReason::none;
    // max_j |e_j| / magnitude_j, and what it was compared with there.
    double defect = 0.0, defect_tolerance = 0.0;
    // yes with kinks: 1 - max_g |b_g| / c_g for the b found, how far the slope is from the boundary; 1
    // without kinks, negative where it was not computed.
    double margin = -1.0;
    std::vector<double> direction;  // no: S(direction) = value < -tolerance(direction)
    double value = 0.0;
};
SignAnswer nonnegative(const KinkForm& form, const SignOptions& options);

// ---- Steps ----

// Coordinates in which every slope has magnitude 1: w_j = magnitude_j v_j. Directions without magnitude are
// left out: S does not depend on them.
struct ScaledForm {
    explicit ScaledForm(const KinkForm& form);

    std::vector<Size> kept;
    std::vector<double> scale;             // of each kept one: its magnitude
    std::vector<double> slope, tolerance;  // kept
    Matrix inputs;                         // rows of unit length
    std::vector<double> coefficients, coefficient_tolerance;

    Size dimension() const noexcept { return static_cast<Size>(kept.size()); }
    Size kinks() const noexcept { return static_cast<Size>(coefficients.size()); }
    std::vector<double> original(std::span<const double> w, Size dimension) const;
};

// slope = sum_g b_g u_g + e: accepts the certificate, or not. defect and margin are filled when accepted.
bool accept(const ScaledForm& form, std::span<const double> b, SignAnswer& answer);
// Keeps v when it refutes S >= 0 and does so more clearly than what the answer has.
void try_direction(const KinkForm& form, const std::vector<double>& v, SignAnswer& answer);

bool decide_independent(const KinkForm& form, const ScaledForm& scaled,
                        SignAnswer& answer);  // false: not independent
void decide_zonotope(const KinkForm& form, const ScaledForm& scaled, SignAnswer& answer);
// False: beyond the budget.
bool decide_by_rays(const KinkForm& form, const ScaledForm& scaled, Size budget, SignAnswer& answer);

}  // namespace tepui
