// The library's handles as owning pointers, and its statuses as exceptions of the command.
#pragma once
#include <tepui/tepui.h>

#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "cli/support/ranks.hpp"

namespace tepui::cli {

template <auto destroy>
struct Destroyer {
    template <class T>
    void operator()(T* handle) const {
        destroy(handle);
    }
};

using Context = std::unique_ptr<tepui_context, Destroyer<tepui_context_destroy>>;
using ActivationHandle = std::unique_ptr<tepui_activation, Destroyer<tepui_activation_destroy>>;
using DatasetHandle = std::unique_ptr<tepui_dataset, Destroyer<tepui_dataset_destroy>>;
using NetworkHandle = std::unique_ptr<tepui_network, Destroyer<tepui_network_destroy>>;
using AnalysisHandle = std::unique_ptr<tepui_analysis, Destroyer<tepui_analysis_destroy>>;
using SplitVerdictHandle = std::unique_ptr<tepui_split_verdict, Destroyer<tepui_split_verdict_destroy>>;
using NetworkVerdictHandle = std::unique_ptr<tepui_network_verdict, Destroyer<tepui_network_verdict_destroy>>;
using DirectionalHandle = std::unique_ptr<tepui_directional, Destroyer<tepui_directional_destroy>>;
using EmbeddingHandle =
    std::unique_ptr<tepui_directional_embedding, Destroyer<tepui_directional_embedding_destroy>>;
using SolutionHandle = std::unique_ptr<tepui_solution, Destroyer<tepui_solution_destroy>>;

// A call of the library failed.
struct LibraryError : std::runtime_error {
    LibraryError(tepui_status code, const std::string& sentence)
        : std::runtime_error(sentence), status(code) {}
    tepui_status status;
};

inline void require(tepui_context* context, tepui_status status) {
    if (status != TEPUI_OK) throw LibraryError(status, tepui_context_message(context));
}

inline Context make_context() {
    tepui_context* raw = nullptr;
    if (tepui_context_create(&raw) != TEPUI_OK) throw std::bad_alloc();
    Context context(raw);
    const Ranks& all = ranks();
    if (all.size > 1)
        require(raw, tepui_context_set_collective(raw, all.size, all.rank, all.send, all.receive, all.user));
    if (all.gathered_values)
        require(raw, tepui_context_set_integer(raw, TEPUI_OPTION_GATHERED_VALUES, *all.gathered_values));
    return context;
}

}  // namespace tepui::cli
