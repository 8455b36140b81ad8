#include "solve/ends/approach_path.hpp"

#include <algorithm>
#include <cmath>

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

}  // namespace

ApproachPath approach_path(const Dataset& data, const EndReport& end, const Execution& execution) {
    ApproachPath path;
    const BoundaryOutputs limit = boundary_outputs(data, end.limit);
    std::vector<Approach> approaches = approaches_of(end);
    for (int power = kFirst; power <= kLast; ++power) {
        for (Approach& approach : approaches) approach.step = std::ldexp(1.0, -power);
        try {
            const LossChange change =
                change_from_limit(data, limit, finite_network(end.limit, approaches), execution);
            if (!std::isfinite(change.value)) continue;
            path.inverse_steps.push_back(std::ldexp(1.0, power));
            path.changes.push_back(change.value);
            path.errors.push_back(change.error);
        } catch (const Error& error) {
            if (error.status() != Status::numeric) throw;
        }
    }
    return path;
}

}  // namespace tepui
