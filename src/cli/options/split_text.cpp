#include "cli/options/split_text.hpp"

#include <algorithm>
#include <optional>

#include "cli/options/options.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {

AskedSplit parse_split(const std::string& text, std::int64_t width) {
    const std::size_t colon = text.find(':');
    const std::optional<double> neuron =
        colon == std::string::npos ? std::nullopt : parse_number(text.substr(0, colon));
    if (!neuron || !(*neuron >= 0.0 && *neuron < 1e9) || *neuron != double(std::int64_t(*neuron)))
        throw UserError("--split " + text + ": NEURON:G1,G2,... is expected, e.g. 0:0.3,0.7");
    if (*neuron >= double(width))
        throw UserError("--split " + text + ": the network has " + counted(width, "neuron") +
                        ", numbered from 0");
    return {std::int64_t(*neuron), parse_gamma("--split " + text, text.substr(colon + 1))};
}

std::vector<AskedSplit> parse_splits(const std::vector<std::string>& texts, std::int64_t width) {
    std::vector<AskedSplit> splits;
    for (const std::string& text : texts) {
        splits.push_back(parse_split(text, width));
        const std::int64_t neuron = splits.back().neuron;
        if (std::count_if(splits.begin(), splits.end(),
                          [&](const AskedSplit& split) { return split.neuron == neuron; }) > 1)
            throw UserError("--split " + text + ": neuron " + std::to_string(neuron) + " is split twice");
    }
    return splits;
}

}  // namespace tepui::cli
