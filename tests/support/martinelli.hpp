// Martinelli et al. 2025, "channels to infinity", figure 6 (MATH.md section 12): one erf neuron fitted to
// two, inputs normal, the expectation by 2,001 trapezoid nodes on [-10, 10].
#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include "network/derivatives/objective.hpp"

namespace tepui::test::martinelli {

inline constexpr double kWeight = 1.3995541493907488;        // published
inline constexpr double kLoss = 0.047116027496699964;        // published, E[r^2]
inline constexpr double kExactLoss = 0.0471160274963580893;  // the same sum in 30 digits
inline constexpr double kOutput = 2.15278364868886228;       // its optimal output weight, 30 digits as well
inline constexpr double kCurvature = 0.0284488557206;        // and its inner Hessian, of E[r^2] / 2

struct Quadrature {
    std::vector<double> x, targets, weights;

    Quadrature() {
        constexpr int kNodes = 2001;
        const double step = 20.0 / (kNodes - 1);
        for (int k = 0; k < kNodes; ++k) {
            const double at = -10.0 + step * k, end = k == 0 || k == kNodes - 1 ? 0.5 : 1.0;
            x.push_back(at);
            weights.push_back(end * step * std::exp(-0.5 * at * at) / std::sqrt(2.0 * std::numbers::pi));
            targets.push_back(std::erf((5.0 * at + 2.5) / std::numbers::sqrt2) +
                              std::erf((5.0 * at - 2.5) / std::numbers::sqrt2));
        }
    }
    Dataset dataset(bool bias) const {
        return Dataset({static_cast<Size>(x.size()), 1, x.data(), 1, targets.data(), weights.data()}, false,
                       bias, LossScaling::sum);
    }
};

inline Network one_neuron(bool bias) {
    Network network(Activation(ActivationKind::erf), 1, bias ? 2 : 1);
    network.weights(0)[0] = kWeight;
    network.output(0) = kOutput;
    return network;
}

}  // namespace tepui::test::martinelli
