// The picture of an end at infinity.
#pragma once
#include "cli/search/problem.hpp"

namespace tepui::cli {

// Into the file that the options name. Where there is no such end a warning says so.
void draw_end(const Report& report, const Problem& problem, const EndPictureOptions& picture);

}  // namespace tepui::cli
