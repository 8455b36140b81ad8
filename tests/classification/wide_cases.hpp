// Wide networks at stationary points with a known answer: planted narrow points with daughters, mirror
// images, null neurons, cancelled and idle groups, on data of full or deficient rank (MATH.md sections 4, 7,
// 8, 11).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "classification/any_network/grouping.hpp"
#include "classification/spectrum/spectral.hpp"
#include "core/random.hpp"
#include "network/data/dataset.hpp"

namespace tepui::test {

struct WideCase {
    // The data and the network as a user would give them.
    Size samples = 0, features = 0;
    bool bias = false;
    LossScaling scaling = LossScaling::sum;
    std::vector<double> x, targets, weights;
    Network wide;
    Size rank = 0;

    // What is known of it: the groups, in the order of `wide`, and what was planted.
    Grouping grouping;
    std::vector<Definiteness> wanted;  // of each planted parent; parents of zero weights come after them
    std::vector<int> free_orders;      // of each group without a parent: FreePoint::order
    bool zero_loss = false;
    bool saddle = false;  // the narrow point is one
    bool open = false;    // the narrow point has a neuron of zero weights: nothing is known of it
    std::shared_ptr<const Loss> loss;  // null: the squared one
    Size fitted = 0;                   // the last samples, which are fitted through inputs of their own
    std::string text;                  // for messages

    Dataset dataset() const;  // borrows: this object must stay
};

// Empty when the draw is refused.
std::optional<WideCase> draw_wide_case(std::uint64_t seed);

}  // namespace tepui::test
