#include "solve/relu/stationarity_level.hpp"

#include <algorithm>
#include <cmath>

#include "solve/relu/active_point.hpp"
#include "solve/relu/carrying.hpp"

namespace tepui {

double stationarity_level(const SolveSetting& setting, const Network& network, double roundings) {
    std::vector<Size> carrying;
    for (Size i = 0; i < network.width; ++i) {
        if (carries(*setting.metric, network, i)) carrying.push_back(i);
    }
    const std::optional<ActivePoint> point =
        active_point(setting, selected(network, carrying), KinkSets(carrying.size()));
    if (!point) return std::nan("");
    double level = face_gradient_level(*point, roundings);
    const KinkValue& sums = point->sums;
    for (std::size_t at = 0; at < sums.psi.size(); ++at) {
        if (std::abs(sums.psi[at]) > roundings * sums.psi_rounding[at])
            level = std::max(level, std::abs(sums.psi[at]) / sums.psi_magnitude[at]);
    }
    return level;
}

}  // namespace tepui
