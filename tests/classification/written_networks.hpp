// Networks written out by hand, with one layer whose neurons are split: what is said about that layer alone
// is compared with the Hessian of the whole.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "classification/layer/layer.hpp"
#include "core/random.hpp"
#include "support/hyper_dual.hpp"

namespace tepui::test {

// A network with a loss of half the squared residuals. In its parameters the layer's W is [m][d] from
// `weights` on, its A [m][K] from `outputs` on.
struct WrittenNetwork {
    using Numbers = std::vector<HyperDual>;

    Size m = 0, d = 0, K = 0;
    Size weights = 0, outputs = 0;
    Size samples = 0;  // of the layer
    ActivationKind activation = ActivationKind::tanh;
    // All outputs of the network, the layer having so many neurons.
    std::function<Numbers(const Numbers& theta, Size width)> f;
    // Inputs of the layer, [samples][d], and the loss's gradient by what it sends out, [samples][K], for
    // these residuals.
    std::function<std::vector<Real>(const std::vector<Real>& theta)> h;
    std::function<std::vector<Real>(const std::vector<Real>& theta, const std::vector<Real>& r)> g;

    std::vector<Real> theta, targets;  // after plant()

    // What is planted at the first neuron beside Psi_i = 0: H_i e = 0 for the first unit vector e; no output
    // bends along it, D^2 psi (e, e) = 0; nor is there a third order.
    enum class Null { none, inner, straight, no_third };
    // Targets that make theta stationary, with residuals of this size; Psi_i = 0 for the first `flat`
    // neurons. False: there are too few outputs.
    bool plant(Random& random, Real size, Size flat, Null null = Null::none);
    std::vector<Real> residuals(const std::vector<Real>& at, Size width) const;
    Real loss(const std::vector<Real>& at, Size width) const;
    // Of a network in which neuron i has been split.
    std::vector<Real> split(Size i, const std::vector<double>& gamma) const;
    // The same with daughters of other weights and outputs.
    std::vector<Real> split(Size i, const Matrix& daughters, const Matrix& outputs_of) const;
    Network layer() const;

  private:
    std::vector<Real> planted_sums(const std::vector<Real>& inputs, const std::vector<Real>& pull, Size flat,
                                   Null null) const;
};

// x -> tanh(W1 x) -> the layer -> K outputs.
WrittenNetwork three_layers(Random& random, Size inputs, Size first, Size m, Size outputs, Size samples,
                            ActivationKind activation);
// Tokens h = tanh(E x) + x; each gets h + A gelu(W h), those of a sequence are averaged and read by V.
WrittenNetwork transformer_block(Random& random, Size d, Size m, Size classes, Size sequences, Size tokens);

struct BruteInertia {
    Size negative = 0, zero = 0, positive = 0;
    bool clear = false;
    IndexBounds bounds() const { return {{negative, negative}, {zero, zero}}; }
};
BruteInertia brute_inertia(const WrittenNetwork& network, const std::vector<Real>& at, Size width);
// In long double throughout: tells eigenvalues from zero that double cannot, but takes its time.
BruteInertia precise_inertia(const WrittenNetwork& network, const std::vector<Real>& at, Size width);

}  // namespace tepui::test
