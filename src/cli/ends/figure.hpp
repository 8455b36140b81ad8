// The picture of an end at infinity.
#pragma once
#include "cli/search/problem.hpp"

namespace tepui::cli {

// Into the file that the options name. Where there is no such end a warning says so. inputs: those of all
// samples where there is one feature, else empty.
void draw_end(const Report& report, const Problem& problem, const std::vector<double>& inputs,
              const EndPictureOptions& picture);

}  // namespace tepui::cli
