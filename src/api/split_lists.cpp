#include "api/split_lists.hpp"

#include "api/checks.hpp"

namespace tepui::api {

std::vector<NeuronSplit> neuron_splits(Size width, Size count, const std::int64_t* neurons,
                                       const std::int64_t* offsets, const double* gammas) {
    require_size(count, 1, "count");
    require_pointer(neurons, "neurons");
    require_pointer(offsets, "offsets");
    require_pointer(gammas, "gammas");
    if (offsets[0] != 0) {
        throw Error(Status::invalid_value, "offsets[0] is " + std::to_string(offsets[0]) + ", 0 is expected");
    }
    std::vector<NeuronSplit> splits;
    for (Size j = 0; j < count; ++j) {
        const std::string number = std::string("[").append(std::to_string(j)).append("]");
        require_index(neurons[j], width, ("neurons" + number).c_str(), "m");
        if (offsets[j + 1] < offsets[j] + 2) {
            throw Error(Status::invalid_value, "offsets[" + std::to_string(j + 1) + "] is " +
                                                   std::to_string(offsets[j + 1]) + ", at least offsets" +
                                                   number + " + 2 is expected");
        }
        const Size r = offsets[j + 1] - offsets[j];
        require_finite(gammas + offsets[j], r, "gammas");
        splits.push_back({neurons[j], {gammas + offsets[j], gammas + offsets[j + 1]}});
    }
    return splits;
}

}  // namespace tepui::api
