// What is said of whole columns of inputs. Each rank goes through its own samples, and all hear of the sums
// of every part: the same bits for every number of ranks.
#pragma once
#include <optional>
#include <vector>

#include "cli/data/samples.hpp"

namespace tepui::cli {

// Of every column its value, where it has the same in all samples that count.
std::vector<std::optional<double>> constants_of(const Samples& samples);

// Weighted means and (population) standard deviations.
std::vector<Scaling> moments_of_inputs(const Samples& samples);

}  // namespace tepui::cli
