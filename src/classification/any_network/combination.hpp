// One verdict from those of a network's groups (MATH.md section 4): a saddle as soon as one group makes it
// one; a local minimum when the narrow point is one and every group leaves it one.
#pragma once

#include "classification/any_network/any_network.hpp"
#include "classification/point/parts.hpp"

namespace tepui {

struct GroupVerdict {
    Verdict verdict = Verdict::undetermined;
    Rule rule = Rule::degenerate_hessian;
};
// point: the narrow one, with zero loss recorded as such. negative_curvature: of the compressed Hessian.
GroupVerdict combine(const PointReport& point, const Grouping& grouping,
                     const std::vector<GroupReport>& groups, bool negative_curvature);

}  // namespace tepui
