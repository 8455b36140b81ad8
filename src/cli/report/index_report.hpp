// What is known of the Morse index and the nullity of a Hessian.
#pragma once

#include <cstdint>
#include <string>

namespace tepui::cli {

struct CountReport {
    std::int64_t least = 0, most = 0;

    bool known() const { return least == most; }
    // "3", or "1 to 4" where it is not known.
    std::string text() const {
        return known() ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
    }
};

struct IndexReport {
    CountReport morse_index, nullity;
    std::string text() const { return "Morse index " + morse_index.text() + ", nullity " + nullity.text(); }
};

}  // namespace tepui::cli
