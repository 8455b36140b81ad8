// An embedding as JSON: for every neuron of the wide network what it is in terms of the narrow one.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/support/handles.hpp"

namespace tepui::cli {

// The arrays of tepui_embed_outputs.
struct EmbeddingPlaces {
    std::string activation;
    std::int64_t narrow_width = 0;
    std::int64_t inputs = 0;
    std::int64_t output_count = 1;
    std::vector<tepui_neuron_role> roles;
    std::vector<std::int64_t> groups;
    std::vector<std::int32_t> signs;
    std::vector<double> coefficients;  // gamma of daughters
    std::vector<double> outputs;       // [wide width][outputs]
    std::vector<double> free_weights;  // [wide width][inputs]

    std::size_t wide_width() const { return roles.size(); }
    // No outputs, no weights: zeros.
    void add(tepui_neuron_role role, std::int64_t group, std::int32_t sign, double gamma,
             const std::vector<double>& of_outputs, const std::vector<double>& weights);
};

// Of the network that an embedding is about.
struct NarrowSizes {
    std::int64_t width = 0, inputs = 0, outputs = 1;
};

EmbeddingPlaces places_of(const tepui_reduction* reduction, const std::string& activation);
NetworkHandle embed(tepui_context* context, const tepui_network* narrow, const EmbeddingPlaces& places);

nlohmann::ordered_json embedding_json(const EmbeddingPlaces& places);
// Throws UserError naming the file and the neuron, also when it is about a network of other sizes.
EmbeddingPlaces read_embedding(const std::string& path, const NarrowSizes& narrow);

}  // namespace tepui::cli
