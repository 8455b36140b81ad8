#include "solve/ends/approach_path.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/separation.hpp"
#include "core/rounding.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {
namespace {

// Powers of 2: from weights of the limit's own size to where channels differ from it by rounding alone.
constexpr int kFirst = -3, kLast = 20;

std::vector<Approach> approaches_of(const EndReport& end) {
    std::vector<Approach> approaches(end.limit.units.size());
    for (std::size_t u = 0; u < end.across.size(); ++u)
        if (end.across[u].sign == AcrossSign::falls) approaches[u] = end.across[u].fall;
    return approaches;
}

// Classes that are told apart: 1 / eps times the motion that does so added to the output layer. There are no
// outputs in the limit to differ from, only its loss.
LossChange change_of_separated(const Dataset& data, const EndReport& end,
                               const std::vector<Approach>& approaches, double size,
                               const Execution& execution) {
    std::vector<double> coefficients = coefficients_of(end.limit);
    for (std::size_t c = 0; c < coefficients.size(); ++c)
        coefficients[c] += size * end.separation->direction[c];
    const Network network = finite_network(with_coefficients(end.limit, coefficients), approaches);
    const LossValue value = loss(data, network, execution);
    LossChange change;
    change.value = value.loss - end.loss;
    change.error =
        2.0 * std::sqrt(std::abs(value.loss) * value.rounding_loss) + 4.0 * kEps * std::abs(value.loss);
    return change;
}

}  // namespace

ApproachPath approach_path(const Dataset& data, const EndReport& end, const Execution& execution) {
    ApproachPath path;
    const BoundaryOutputs limit = boundary_outputs(data, end.limit);
    std::vector<Approach> approaches = approaches_of(end);
    for (int power = kFirst; power <= kLast; ++power) {
        const double size = std::ldexp(1.0, power);
        for (Approach& approach : approaches) approach.step = 1.0 / size;
        try {
            const LossChange change =
                end.separation
                    ? change_of_separated(data, end, approaches, size, execution)
                    : change_from_limit(data, limit, finite_network(end.limit, approaches), execution);
            if (!std::isfinite(change.value)) continue;
            path.inverse_steps.push_back(size);
            path.changes.push_back(change.value);
            path.errors.push_back(change.error);
        } catch (const Error& error) {
            if (error.status() != Status::numeric) throw;
        }
    }
    return path;
}

}  // namespace tepui
