#include "certify/theorem.hpp"

#include "certify/ball_text.hpp"

namespace tepui::balls {
namespace {

bool covers(GammaRegion proven, GammaRegion claimed) {
    using enum GammaRegion;
    if (claimed == none || proven == claimed || proven == everywhere) return true;
    return claimed == with_a_zero && (proven == off_gamma_plus || proven == off_gamma_minus);
}

std::string counted(Size count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string eigenvalue_range(const SpectrumProof& spectrum) {
    return "eigenvalues from " + interval_text(spectrum.smallest) + " to " + interval_text(spectrum.largest);
}

std::string splits_sentence(const NeuronProof& proof) {
    using enum GammaRegion;
    if (proof.minima == gamma_plus)
        return "a split with coefficients gamma that sum to 1 is a local minimum if all gamma_j > 0, and a "
               "saddle otherwise (Theorem 1)";
    if (proof.minima == gamma_minus)
        return "a split with coefficients gamma that sum to 1 is a local minimum if exactly one gamma_j > 0 "
               "and the others are < 0, and a saddle otherwise (Theorem 1)";
    if (proof.slopes > 0.0)
        return "an entry of its slopes Psi is at least " + at_least(proof.slopes) +
               " in size: every split is a saddle";
    if (proof.saddles == everywhere) return "every split is a saddle";
    if (proof.saddles == off_gamma_plus) return "every split is a saddle unless all gamma_j > 0 (Lemma 4)";
    if (proof.saddles == off_gamma_minus)
        return "every split is a saddle unless exactly one gamma_j > 0 and the others are < 0 (Lemma 4)";
    return "nothing is proven of its splits";
}

std::string inner_sentence(const SpectrumProof& inner) {
    if (inner.order == 0) return "zero";
    if (inner.all() && inner.negative == 0) return "positive definite, " + eigenvalue_range(inner);
    if (inner.all() && inner.positive == 0) return "negative definite, " + eigenvalue_range(inner);
    std::string text = inner.negative > 0 && inner.positive > 0 ? "indefinite, " : "";
    text += counted(inner.negative, "eigenvalue") + " < 0 and " + std::to_string(inner.positive) + " > 0";
    const Size open = inner.order - inner.negative - inner.positive;
    if (open > 0) text += ", " + std::to_string(open) + " not told from zero";
    return text;
}

}  // namespace

// Lemma 4 and the indefinite H_i need no slopes: where Psi is not zero every split is a saddle anyway. Minima
// are proven where Psi is zero.
void conclude_neuron(Verdict point, const SplitClaim& claimed, Size index, NeuronProof& proof) {
    const SpectrumProof& inner = proof.inner;
    const bool minimum = point == Verdict::local_minimum && proof.slopes_vanish;
    if (point == Verdict::saddle || proof.slopes > 0.0 || (inner.positive > 0 && inner.negative > 0)) {
        proof.saddles = GammaRegion::everywhere;
    } else if (inner.positive > 0) {
        proof.saddles = GammaRegion::off_gamma_plus;
        if (minimum && inner.all()) proof.minima = GammaRegion::gamma_plus;
    } else if (inner.negative > 0) {
        proof.saddles = GammaRegion::off_gamma_minus;
        if (minimum && inner.all()) proof.minima = GammaRegion::gamma_minus;
    }
    proof.complete = covers(proof.minima, claimed.minima) && covers(proof.saddles, claimed.saddles);
    proof.statement = "Neuron " + std::to_string(index) + ": inner Hessian " +
                      (proof.across_symmetry ? "across its zero along the neuron's symmetry " : "") +
                      inner_sentence(inner) + "; " +
                      (point == Verdict::saddle ? "every split is a saddle, the point being one (Theorem 4)"
                                                : splits_sentence(proof)) +
                      ".";
}

std::string point_statement(const Certificate& certificate) {
    std::string text = "Within " + at_most(certificate.distance) +
                       " (Euclidean) of the given parameters this network has, on these data, exactly one "
                       "stationary point in the box given";
    if (!certificate.held.empty())
        text += ", which holds " + counted(static_cast<Size>(certificate.held.size()), "parameter") +
                " as given because the loss never changes when " + certificate.motions;
    text += "; its loss is in " + interval_text(certificate.loss);
    const SpectrumProof& hessian = certificate.hessian;
    const std::string matrix =
        certificate.held.empty() ? "its Hessian" : "the Hessian in the other parameters";
    if (certificate.verdict == Verdict::local_minimum)
        return text +
               (certificate.held.empty() ? ". It is a strict local minimum: "
                                         : ". It is a local minimum, strict but for these motions: ") +
               matrix + " is positive definite, " + eigenvalue_range(hessian) + ".";
    if (certificate.verdict == Verdict::saddle)
        return text + ". It is a saddle: " + matrix + " has " + (hessian.all() ? "exactly " : "at least ") +
               counted(hessian.negative, "negative eigenvalue") + ", the smallest in " +
               interval_text(hessian.smallest) + ".";
    return text + ".";
}

}  // namespace tepui::balls
