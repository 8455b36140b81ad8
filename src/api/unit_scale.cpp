// Between the caller's scale and unit scale.
#include <cmath>

#include "api/handles.hpp"

using namespace tepui;

void tepui_dataset::measure() const {
    std::call_once(measured_, [this] {
        scale_ = unit_scale(value);
        if (!scale_.identity()) unit_.emplace(at_unit_scale(value, scale_));
    });
}

const Dataset& tepui_dataset::unit() const {
    measure();
    return unit_ ? *unit_ : value;
}

const UnitScale& tepui_dataset::scale() const {
    measure();
    return scale_;
}

namespace tepui::api {

Network at_unit_scale(const tepui_network& network, const tepui_dataset& dataset) {
    Network result = network.value;
    dataset.scale().to_unit(result);
    return result;
}

tepui_witness given_witness(const std::optional<Witness>& witness, const UnitScale& scale) {
    if (!witness) return {};
    if (scale.identity()) return {&*witness, nullptr};
    auto given = std::make_shared<Witness>(*witness);
    const auto parameters = [scale, shape = witness->base](std::vector<double> unit) {
        Network network = shape;
        network.parameters = std::move(unit);
        scale.to_given(network);
        return std::move(network.parameters);
    };
    scale.to_given(given->base);
    for (double* change : {&given->coefficient, &given->predicted, &given->measured, &given->measured_error})
        *change = scale.given_loss(*change);
    if (!given->point.empty()) given->point = parameters(given->point);
    given->curve = [parameters, curve = witness->curve](double epsilon) {
        return parameters(curve(epsilon));
    };
    return {given.get(), given};
}

}  // namespace tepui::api
