// Between the caller's scale and unit scale.
#include <cmath>

#include "api/handles.hpp"

using namespace tepui;

void tepui_dataset::measure() const {
    const std::lock_guard lock(measuring_);
    if (measured_) return;
    scale_ = unit_scale(value);
    if (!scale_.identity()) unit_.emplace(at_unit_scale(value, scale_));
    measured_ = true;
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

std::vector<const Network*> networks_of(const std::vector<tepui_network>& handles) {
    std::vector<const Network*> networks;
    for (const tepui_network& one : handles) networks.push_back(&one.value);
    return networks;
}

Network at_unit_scale(const tepui_network& network, const tepui_dataset& dataset) {
    Network result = network.value;
    dataset.scale().to_unit(result);
    return result;
}

tepui_witness given_witness(const std::optional<Witness>& witness, const Telling& telling,
                            const std::vector<NeuronSplit>& splits) {
    tepui_witness result;
    if (!witness) return result;
    if (!telling.scale.identity()) result.given = std::make_shared<const Witness>(telling.witness(*witness));
    result.value = result.given ? result.given.get() : &*witness;
    result.telling = telling;
    result.splits = splits;
    return result;
}

}  // namespace tepui::api
