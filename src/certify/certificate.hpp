// Verdicts that are theorems: a proof in ball arithmetic that near the computed point there is a true
// stationary point, that its Hessian has the claimed signs and every inner Hessian too, so that the theorems
// of MATH.md sections 4 and 14 hold of this network and these data as they are given, every double taken
// exactly.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "certify/claim.hpp"
#include "vocabulary/certificate.hpp"

namespace tepui {

struct Interval {
    double lower = 0.0, upper = 0.0;
};

struct SpectrumProof {
    Size order = 0;
    Size negative = 0,
         positive = 0;     // at least so many eigenvalues of either sign; all when they sum to order
    double weakest = 0.0;  // lower bound of the smallest |eigenvalue| of D A D (MATH.md section 10), or 0
    Interval smallest, largest;  // enclose the extreme eigenvalues of A
    bool all() const noexcept { return negative + positive == order; }
};

struct NeuronProof {
    SpectrumProof inner;           // of H_i
    bool across_symmetry = false;  // without the zero that scales or shifts of the neuron make
    double slopes = 0.0;           // lower bound of the largest |entry| of Psi_i; 0: none is told from zero
    bool slopes_vanish = false;    // Psi_i = 0, by structure
    // What holds of the splits of this neuron at the stationary point: proven regions of local minima and of
    // saddles.
    GammaRegion minima = GammaRegion::none;
    GammaRegion saddles = GammaRegion::none;
    bool complete = false;  // they are those that the analysis claims
    std::string statement;  // the theorem, or what is not proven
};

struct Certificate {
    // The point, its Hessian and every neuron are proven to be what the analysis claims.
    bool complete = false;
    CertificateStep failed = CertificateStep::none;  // the first step that failed
    Size failed_neuron = -1;
    std::string reason;  // of the failure

    bool stationary = false;  // exactly one stationary point in the box
    // Proven: local_minimum (strict but for motions that leave the loss as it is), saddle, or undetermined.
    Verdict verdict = Verdict::undetermined;
    Size morse_index = -1;  // exactly; -1: unknown
    std::string statement;  // the theorem about the point

    // The box, as decimal balls "[middle +/- radius]" and as doubles rounded outwards.
    std::vector<std::string> parameters;
    std::vector<Interval> bounds;
    // Parameters that are held as given, for as many motions along which the loss never changes; hessian is
    // that of the others. In words, empty where there are none.
    std::vector<Size> held;
    std::string motions;
    double distance = 0.0;     // bound of |theta_true - theta_given|, Euclidean
    double residual = 0.0;     // bound of the Newton step at the centre of the box, in its coordinates
    double radius = 0.0;       // of the neighbourhood, in the same coordinates
    double contraction = 0.0;  // of the Newton map there; below 1
    Interval loss;             // encloses the loss of the stationary point
    Size precision = 0;        // bits
    SpectrumProof hessian;
    std::vector<NeuronProof> neurons;
};

// The proven verdict on splitting several neurons at once, each by coefficients of the signs given
// (MATH.md section 4): local_minimum, saddle or undetermined.
struct SplitSigns {
    Size neuron = 0;
    GammaSigns signs;
};
Verdict proven_verdict(const Certificate& certificate, std::span<const SplitSigns> splits);

// Largest problem: P parameters, and n K P^2 products.
inline constexpr Size kCertificateMostParameters = 512;
inline constexpr double kCertificateMostProducts = 1e9;

// What the proofs run on, e.g. "MPFR 4.2.0, GMP 6.2.1"; empty: this build cannot certify.
std::string certificate_backend();

// Proves what is claimed, of the same data; never more than holds. A proof that fails is a certificate that
// says so. Throws Error(unsupported) without the component, for an activation or a loss without ball
// functions and a problem beyond the limits.
Certificate certify(const Dataset& data, const Claim& claim, const Execution& execution);

}  // namespace tepui
