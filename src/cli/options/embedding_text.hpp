// Where each neuron of a wide network comes from, for people.
#pragma once
#include <string>

#include "cli/options/embedding_file.hpp"

namespace tepui::cli {

// "8 neurons: 5 daughters of 2 parents, 1 null, 2 cancelled, 0 idle".
std::string places_summary(const EmbeddingPlaces& places);
// One line a neuron, with the output weight it has in the wide network.
std::string places_table(const EmbeddingPlaces& places, const tepui_network* wide);

}  // namespace tepui::cli
