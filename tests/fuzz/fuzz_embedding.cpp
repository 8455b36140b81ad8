// Embeddings as JSON: what is read is the same when written and read again, and the library embeds it or says
// why not.
#include <nlohmann/json.hpp>

#include "cli/options/embedding_file.hpp"
#include "cli/options/embedding_text.hpp"
#include "cli/support/user_error.hpp"
#include "fuzz/fuzz.hpp"

using namespace tepui::cli;
using tepui::test::MemoryFile;
using tepui::test::require_that;

namespace {

constexpr std::int64_t width = 2, inputs = 3;
// W row by row, then the output weights of one output or of two.
constexpr double parameters[] = {0.5, -1.0, 0.25, 1.5, 0.75, -0.5, 1.25, -0.5, 2.0, 0.25};

NetworkHandle narrow_network(tepui_context* context, std::int64_t outputs) {
    tepui_activation* sigma = nullptr;
    require(context, tepui_activation_create(context, TEPUI_ACTIVATION_TANH, &sigma));
    const ActivationHandle owner(sigma);
    tepui_network* network = nullptr;
    require(context, tepui_network_create_model(context, sigma, width, inputs, outputs, TEPUI_MODEL_PLAIN,
                                                parameters, &network));
    return NetworkHandle(network);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemoryFile file({reinterpret_cast<const char*>(data), size});
    const NarrowSizes sizes{width, inputs, 1 + std::int64_t(size % 2)};
    EmbeddingPlaces places;
    try {
        places = read_embedding(file.path(), sizes);
    } catch (const UserError&) {
        return 0;
    }
    require_that(places.narrow_width == width && places.inputs == inputs,
                 "an embedding is of the network at hand");
    const nlohmann::ordered_json json = embedding_json(places);
    const std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const MemoryFile again(text);
    const EmbeddingPlaces reread = read_embedding(again.path(), sizes);
    require_that(reread.activation == places.activation && reread.roles == places.roles &&
                     reread.groups == places.groups && reread.signs == places.signs &&
                     reread.coefficients == places.coefficients && reread.outputs == places.outputs &&
                     reread.free_weights == places.free_weights,
                 "an embedding that is written is read again");

    const Context context = make_context();
    const NetworkHandle narrow = narrow_network(context.get(), sizes.outputs);
    try {
        const NetworkHandle wide = embed(context.get(), narrow.get(), places);
        require_that(tepui_network_width(wide.get()) == std::int64_t(places.wide_width()),
                     "the wide network has the neurons of the embedding");
        places_summary(places);
        places_table(places, wide.get());
    } catch (const LibraryError& error) {
        require_that(*error.what() != '\0', "a refusal says why");
    }
    return 0;
}
