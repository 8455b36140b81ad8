#include "api/split_lists.hpp"

#include "api/checks.hpp"

namespace tepui::api {
namespace {

void require_count(Size width, Repeats repeats, Size count) {
    require_size(count, 1, "count");
    if (repeats == Repeats::allowed) return require_addressable(count, 1, "count", "neurons");
    if (count > width) {
        throw Error(Status::invalid_size, "count is " + std::to_string(count) + ", at most m = " +
                                              std::to_string(width) + " different neurons are expected");
    }
}

void require_offsets(Size count, const std::int64_t* offsets) {
    if (offsets[0] != 0) {
        throw Error(Status::invalid_value, "offsets[0] is " + std::to_string(offsets[0]) + ", 0 is expected");
    }
    for (Size j = 0; j < count; ++j) {
        const std::string name = element("offsets", j + 1);
        require_addressable(offsets[j + 1], 1, name.c_str(), "gammas");
        if (offsets[j + 1] < offsets[j] + 2) {
            throw Error(Status::invalid_value, name + " is " + std::to_string(offsets[j + 1]) +
                                                   ", at least " + element("offsets", j) + " + 2 = " +
                                                   std::to_string(offsets[j] + 2) + " is expected");
        }
    }
}

}  // namespace

std::vector<NeuronSplit> neuron_splits(Size width, Repeats repeats, Size count, const std::int64_t* neurons,
                                       const std::int64_t* offsets, const double* gammas) {
    require_count(width, repeats, count);
    require_pointer(neurons, "neurons");
    require_pointer(offsets, "offsets");
    require_pointer(gammas, "gammas");
    std::vector<NeuronSplit> splits;
    splits.reserve(static_cast<std::size_t>(count));  // fails for a count that nothing can stand behind
    for (Size j = 0; j < count; ++j) require_index(neurons[j], width, element("neurons", j).c_str(), "m");
    require_offsets(count, offsets);
    require_finite(gammas, offsets[count], "gammas");
    for (Size j = 0; j < count; ++j)
        splits.push_back({neurons[j], {gammas + offsets[j], gammas + offsets[j + 1]}});
    return splits;
}

}  // namespace tepui::api
