// Proven eigenvalues: V A V^T in ball arithmetic with V nearly the eigenvectors is nearly diagonal, and by
// Sylvester's and Ostrowski's theorems has the inertia of A and, up to the defect of V, its eigenvalues.
#pragma once

#include "certify/approximation.hpp"
#include "certify/ball.hpp"
#include "certify/certificate.hpp"

namespace tepui::balls {

struct Congruence {
    BallMatrix product;   // V D A D V^T for every symmetric matrix A of the ball matrix
    double defect = 0.0;  // bound of |V V^T - I|; V is proven regular when it is below 1
};
Congruence congruence(const BallMatrix& a, const Approximation& approximation, const Execution& execution);

// Eigenvalues of D A D within `floor` of zero do not count as proven, so that no verdict hangs on digits that
// the doubles given do not carry. approximation: of D A D; the congruence with it.
SpectrumProof prove_spectrum(const BallMatrix& a, const Approximation& approximation,
                             const Congruence& scaled, double floor, const Execution& execution);
// magnitude: absolute terms of the diagonal, for the scaling.
SpectrumProof prove_spectrum(const BallMatrix& a, std::span<const double> magnitude, double floor,
                             const Execution& execution);

}  // namespace tepui::balls
