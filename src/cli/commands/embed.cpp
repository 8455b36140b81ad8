// tepui embed: a narrow network and how it sits in a wide one -> the wide network's weights.
#include "cli/data/npy_file.hpp"
#include "cli/data/weight_files.hpp"
#include "cli/options/commands.hpp"
#include "cli/options/embedding_file.hpp"
#include "cli/options/embedding_text.hpp"
#include "cli/options/split_text.hpp"
#include "cli/report/output_directory.hpp"
#include "cli/report/report.hpp"
#include "cli/search/problem.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

std::vector<double> parse_null(const std::string& text, std::int64_t inputs) {
    std::vector<double> weights;
    for (const std::string& item : split_list(text)) {
        const std::optional<double> value = parse_number(item);
        if (!value) throw UserError("--null " + text + ": \"" + item + "\" is not a number");
        weights.push_back(*value);
    }
    if (std::int64_t(weights.size()) != inputs)
        throw UserError("--null " + text + ": has " + counted(std::int64_t(weights.size()), "weight") +
                        " where the network has " + counted(inputs, "input"));
    return weights;
}

// Daughters in the place of their parent, null neurons behind all.
EmbeddingPlaces places_from(const EmbedOptions& options, const Weights& narrow) {
    std::vector<std::vector<double>> gammas(std::size_t(narrow.width), {1.0});
    for (AskedSplit& split : parse_splits(options.splits, narrow.width))
        gammas[std::size_t(split.neuron)] = std::move(split.gamma);
    EmbeddingPlaces places;
    places.activation = options.activation.value_or("tanh");
    places.narrow_width = narrow.width;
    places.inputs = narrow.inputs;
    places.output_count = narrow.outputs;
    for (std::int64_t parent = 0; parent < narrow.width; ++parent)
        for (const double gamma : gammas[std::size_t(parent)])
            places.add(TEPUI_NEURON_DAUGHTER, parent, 1, gamma, {}, {});
    for (const std::string& text : options.nulls)
        places.add(TEPUI_NEURON_NULL, -1, 1, 0.0, {}, parse_null(text, narrow.inputs));
    return places;
}

EmbeddingPlaces chosen_places(const EmbedOptions& options, const Weights& narrow) {
    const bool spelled = !options.splits.empty() || !options.nulls.empty();
    if (options.embedding_file.empty() == !spelled)
        throw UserError("either --embedding FILE or --split and --null are expected");
    if (spelled) return places_from(options, narrow);
    const EmbeddingPlaces places =
        read_embedding(options.embedding_file, {narrow.width, narrow.inputs, narrow.outputs});
    if (options.activation && *options.activation != places.activation)
        throw UserError("--activation " + *options.activation + ": " + options.embedding_file + " is about " +
                        places.activation);
    return places;
}

// What the library says against an embedding is about the file or the options.
NetworkHandle embedded(tepui_context* context, const tepui_network* narrow, const EmbeddingPlaces& places,
                       const std::string& source) {
    try {
        return embed(context, narrow, places);
    } catch (const LibraryError& error) {
        const bool input = error.status == TEPUI_ERROR_INVALID_VALUE ||
                           error.status == TEPUI_ERROR_INVALID_SIZE || error.status == TEPUI_ERROR_NOT_FINITE;
        if (input) throw UserError(source + ": " + error.what());
        throw;
    }
}

}  // namespace

int run_embed(const EmbedOptions& options) {
    check_directory(options.output.directory);
    const Weights weights = read_weights(options.weight_files);
    const EmbeddingPlaces places = chosen_places(options, weights);
    ModelOptions model;
    model.activation = places.activation;
    const Problem problem = open_model(model, {}, of_given_weights);
    tepui_context* context = problem.context.get();
    const NetworkHandle narrow = make_network(context, problem.activation.get(), weights);
    const NetworkHandle wide = embedded(context, narrow.get(), places,
                                        options.embedding_file.empty() ? "--split" : options.embedding_file);
    const std::string json = json_text(embedding_json(places));
    std::vector<std::string> inputs = options.weight_files;
    inputs.push_back(options.embedding_file);
    write_and_show(
        [&] {
            OutputDirectory out(options.output.directory, inputs);
            out.add("embedding.json", json);
            out.add_network("wide", weights_of(wide.get()), {{"activation", npy_text(places.activation)}});
            out.commit();
        },
        options.output.json
            ? json
            : wrapped("Wide        ", places_summary(places)) + "\n" + places_table(places, wide.get()));
    return exit_ok;
}

}  // namespace tepui::cli
