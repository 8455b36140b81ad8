// The one point that a picture is about.
#pragma once
#include "problem.hpp"

namespace tepui::cli {

struct ChosenPoint {
    NetworkHandle network;    // empty when a search found none
    std::string description;  // "point 1 of 8", "weights from W.npy"
};

// Throws UserError unless exactly one of weights and width was given.
void check_point_options(const PointOptions& options);

// Reads the weights or runs the search; fills in what the report says about it.
ChosenPoint choose_point(Problem& problem, const PointOptions& options, Report& report);

}  // namespace tepui::cli
