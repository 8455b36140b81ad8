#include "solve/ends/sample_pulls.hpp"

#include <algorithm>
#include <cmath>

#include "classification/directional/kinked_point.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

std::vector<double> largest_pulls(const Dataset& data, std::span<const double> residuals) {
    const std::vector<double> pulls = loss_derivatives(data, residuals).pulls;
    std::vector<double> largest(static_cast<std::size_t>(data.samples()), 0.0);
    for (std::size_t at = 0; at < pulls.size(); ++at) {
        double& of_sample = largest[at / static_cast<std::size_t>(data.outputs())];
        of_sample = std::max(of_sample, std::abs(pulls[at]));
    }
    return largest;
}

std::vector<double> largest_pulls(const Dataset& data, const Network& network, const Execution& execution) {
    std::vector<double> residuals(static_cast<std::size_t>(data.samples() * data.outputs()));
    outputs(data, network, nullptr, residuals.data(), execution);
    return largest_pulls(data, residuals);
}

}  // namespace tepui
