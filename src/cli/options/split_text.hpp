// "NEURON:G1,G2,..." as the options --split spell it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tepui::cli {

struct AskedSplit {
    std::int64_t neuron = 0;
    std::vector<double> gamma;
};

AskedSplit parse_split(const std::string& text, std::int64_t width);
// Throws UserError when a neuron is split twice.
std::vector<AskedSplit> parse_splits(const std::vector<std::string>& texts, std::int64_t width);

}  // namespace tepui::cli
