// Steps of the search along a branch of the critical set.
#pragma once

#include "classification/critical_set/critical_set.hpp"

namespace tepui {

// A random step of about that size from a point of a branch to another of it: splitting coefficients move by
// it within their signs, null weights by preactivations of it along psi = 0. Empty when it leads off the
// branch.
std::optional<BranchPoint> branch_point_nearby(const BranchPoint& from, double step, const PsiZeros& zeros,
                                               Random& random);

// What is to be made large.
double branch_value(const BranchSample& sample, BranchGoal goal);

}  // namespace tepui
