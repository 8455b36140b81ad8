// The convex losses by their formulas in long double, and the targets that make a given pull dl/df.
#pragma once

#include <utility>
#include <vector>

#include "vocabulary/losses.hpp"

namespace tepui::test {

// What a target is taken from: f, or what the loss makes of it.
std::vector<long double> shares(LossKind kind, const std::vector<long double>& f);
// The least and the largest pull that a target makes there.
std::pair<long double, long double> pulls(LossKind kind, long double share);
long double target_of(LossKind kind, long double share, long double pull);

// Pseudo-Huber: delta = 1.
long double loss_of(LossKind kind, const std::vector<long double>& f, const double* y);
std::vector<long double> pull_of(LossKind kind, const std::vector<long double>& f, const double* y);

}  // namespace tepui::test
