#include "solve/relu/stationarity_level.hpp"

#include <algorithm>
#include <cmath>

#include "solve/relu/active_point.hpp"
#include "solve/relu/carrying.hpp"
#include "solve/relu/face_coordinates.hpp"

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
    const ParameterGradient gradient = parameter_gradient(*point);
    for (auto p = static_cast<std::size_t>(point->network.width * network.inputs); p < gradient.value.size();
         ++p) {
        if (std::abs(gradient.value[p]) > roundings * gradient.rounding[p])
            level = std::max(level, std::abs(gradient.value[p]) / gradient.magnitude[p]);
    }
    return level;
}

}  // namespace tepui
