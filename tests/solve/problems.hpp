// Small problems with a known answer.
#pragma once

#include <functional>
#include <vector>

#include "core/random.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui::test {

struct Problem {
    Size samples, features;
    std::vector<double> x, targets;

    Dataset dataset(bool bias) const {
        DatasetSource source;
        source.samples = samples;
        source.features = features;
        source.x = x.data();
        source.ldx = features;
        source.targets = targets.data();
        return Dataset(source, false, bias, LossScaling::sum);
    }
};

inline Problem normal_inputs(Size samples, Size features, std::uint64_t seed) {
    Problem problem{samples, features, std::vector<double>(static_cast<std::size_t>(samples * features)),
                    std::vector<double>(static_cast<std::size_t>(samples))};
    Random random(seed, 0);
    for (double& x : problem.x) x = random.normal();
    return problem;
}

// Targets are the outputs of a network of the given width.
inline Problem taught(ActivationKind kind, Size width, Size samples, Size features, bool bias,
                      Network* teacher, std::uint64_t seed) {
    Problem problem = normal_inputs(samples, features, seed);
    const Dataset blank = problem.dataset(bias);
    Network network{Activation(kind), width, blank.inputs()};
    Random random(seed, 1);
    for (double& p : network.parameters) p = random.normal();
    for (Size i = 0; i < width; ++i) network.output(i) += network.output(i) < 0.0 ? -0.5 : 0.5;
    outputs(blank, network, problem.targets.data(), nullptr, Execution{});
    if (teacher != nullptr) *teacher = network;
    return problem;
}

inline Network perturbed(const Network& network, double size, std::uint64_t seed) {
    Network result = network;
    Random random(seed, 2);
    for (double& p : result.parameters) p += size * random.normal();
    return result;
}

}  // namespace tepui::test
