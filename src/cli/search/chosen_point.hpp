// The one point that a picture is about.
#pragma once
#include "cli/search/problem.hpp"

namespace tepui::cli {

struct ChosenPoint {
    NetworkHandle network;    // empty when a search found none
    std::string description;  // "point 1 of 8", "weights from W.npy"
};

// What a command that draws begins with: checks the options for the point and the picture, opens the problem,
// reads the weights or runs the search, fills in what the report says about it and shows its warnings. Empty,
// and said on standard error, when the search found no point.
struct Scene {
    Problem problem;
    ChosenPoint chosen;
};
std::optional<Scene> open_scene(const PictureOptions& options, Report& report);

}  // namespace tepui::cli
