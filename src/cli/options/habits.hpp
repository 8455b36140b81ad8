// What a command does where the options leave it open.
#pragma once
#include <string>

namespace tepui::cli {

struct Habits {
    const char* activation;
    bool bias;
    bool output_bias;
    bool standardize;
    bool sought;  // the weights: what was settled so is told
};

// Weights that are given belong to some network on some data: nothing is added to either.
constexpr Habits of_given_weights{"tanh", false, false, false, false};
// Of smooth activations gelu has the most finite minima on real tables: its runs end in a point seven times
// in eight where those of tanh do once in four.
constexpr Habits of_search{"gelu", true, true, true, true};
constexpr Habits of_trace{"relu", true, false, true, true};

// One thing that was settled so.
struct Chosen {
    std::string option;   // that would choose otherwise
    std::string what;     // "standardised", for people
    std::string because;  // may be empty
};

}  // namespace tepui::cli
