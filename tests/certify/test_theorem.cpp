// From proven signs to sentences: regions of coefficients, matrices that are only enclosed.
#include "certify/theorem.hpp"

#include "certify/congruence.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::balls;

TEST_CASE("regions that are proven by the signs that are proven") {
    using enum GammaRegion;
    struct Case {
        Size negative, positive;
        GammaRegion minima, saddles;  // at a local minimum, of three eigenvalues
    };
    for (const auto& [negative, positive, minima, saddles] :
         std::vector<Case>{{0, 3, gamma_plus, off_gamma_plus},
                           {3, 0, gamma_minus, off_gamma_minus},
                           {1, 2, none, everywhere},
                           {1, 1, none, everywhere},
                           {0, 2, none, off_gamma_plus},
                           {2, 0, none, off_gamma_minus},
                           {0, 0, none, none}}) {
        for (const Verdict point : {Verdict::local_minimum, Verdict::saddle, Verdict::undetermined}) {
            NeuronProof proof;
            proof.inner.order = 3;
            proof.inner.negative = negative;
            proof.inner.positive = positive;
            proof.slopes_vanish = true;
            SplitClaim claimed;
            claimed.minima = gamma_plus;
            claimed.saddles = off_gamma_plus;
            conclude_neuron(point, claimed, 4, proof);
            CAPTURE(negative, positive, static_cast<int>(point));
            CHECK(proof.minima == (point == Verdict::local_minimum ? minima : none));
            CHECK(proof.saddles == (point == Verdict::saddle ? everywhere : saddles));
            CHECK(proof.complete == (proof.minima == gamma_plus &&
                                     (proof.saddles == off_gamma_plus || proof.saddles == everywhere)));
            CHECK(proof.statement.find("Neuron 4") == 0);
        }
    }
}

TEST_CASE("what a box of matrices has beside its diagonal counts") {
    const std::vector<double> magnitude{1.0, 1.0};
    for (const double width : {0.0, 0.25, 0.5, 1.5}) {
        BallMatrix a(2, 2);
        for (Size i = 0; i < 2; ++i) a(i, i) = Ball(1.0);
        a(0, 1).widen(width);
        a(1, 0).widen(width);
        const SpectrumProof proof = prove_spectrum(a, magnitude, 0x1p-34, {});
        CAPTURE(width);
        // Matrices of the box have the eigenvalues 1 - width and 1 + width.
        CHECK(proof.positive == (width < 1.0 ? 2 : 0));
        CHECK(proof.negative == 0);
        CHECK(proof.smallest.lower <= 1.0 - width);
        CHECK(proof.largest.upper >= 1.0 + width);
        CHECK(proof.smallest.lower >= 1.0 - width - 1e-6);
    }
}
