#include "cli/options/embedding_text.hpp"

#include <algorithm>
#include <cmath>

#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"
#include "vocabulary/networks.hpp"

namespace tepui::cli {
namespace {

std::int64_t count_of(const EmbeddingPlaces& places, tepui_neuron_role role) {
    return std::count(places.roles.begin(), places.roles.end(), role);
}

std::string origin(const EmbeddingPlaces& places, std::size_t i) {
    std::string text;
    if (places.roles[i] == TEPUI_NEURON_DAUGHTER) text = "parent " + std::to_string(places.groups[i]);
    if (places.roles[i] == TEPUI_NEURON_CANCELLED) text = "group " + std::to_string(places.groups[i]);
    return places.signs[i] < 0 ? text + ", mirrored" : text;
}

}  // namespace

std::string places_summary(const EmbeddingPlaces& places) {
    std::string text = counted(std::int64_t(places.wide_width()), "neuron") + ": " +
                       counted(count_of(places, TEPUI_NEURON_DAUGHTER), "daughter") + " of " +
                       counted(places.narrow_width, "parent");
    for (const tepui_neuron_role role : {TEPUI_NEURON_NULL, TEPUI_NEURON_CANCELLED, TEPUI_NEURON_IDLE})
        text += ", " + std::to_string(count_of(places, role)) + " " + name_of(NeuronRole{role});
    return text;
}

std::string places_table(const EmbeddingPlaces& places, const tepui_network* wide) {
    using Align = TextTable::Align;
    TextTable table;
    table.column("neuron", Align::right);
    table.column("role", Align::left);
    table.column("of", Align::left);
    table.column("gamma", Align::right);
    const std::int64_t count = tepui_network_outputs(wide);
    table.column(count > 1 ? "|output weights|" : "output weight", Align::right);
    const double* outputs =
        tepui_network_parameters(wide) + tepui_network_width(wide) * tepui_network_inputs(wide);
    const auto output = [&](std::size_t i) {
        if (count == 1) return outputs[i];
        double size = 0.0;
        for (std::int64_t o = 0; o < count; ++o)
            size = std::hypot(size, outputs[std::int64_t(i) * count + o]);
        return size;
    };
    for (std::size_t i = 0; i < places.wide_width(); ++i) {
        const bool daughter = places.roles[i] == TEPUI_NEURON_DAUGHTER;
        table.row({std::to_string(i), name_of(NeuronRole{places.roles[i]}), origin(places, i),
                   daughter ? significant(places.coefficients[i], 8) : "", significant(output(i), 8)});
    }
    return table.text("  ");
}

}  // namespace tepui::cli
