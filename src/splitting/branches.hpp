// The critical set, in width M, of the function of a minimal critical point of width r: its branches C^{r,l},
// their dimensions, their numbers of pieces and where they meet (MATH.md section 7; arXiv:2405.17501 Theorem
// 3.1, Figure 3; arXiv:2105.12221). Counting alone: no data.
#pragma once

#include <string>
#include <vector>

#include "core/sizes.hpp"

namespace tepui {

struct BranchShape {
    Size narrow_width = 1;    // r >= 1
    Size wide_width = 1;      // M >= r
    Size inputs = 1;          // d >= 1: the rank of the inputs (MATH.md section 8)
    Size unseen = 0;          // directions of a neuron's weights that the data cannot see
    Size unseen_skip = 0;     // the same of skip connections
    Size fitted = 0;          // samples that the weights along unseen directions fit: an equation each
    Size narrow_nullity = 0;  // N >= 0: dimension of the set of minimal points, at this one
    bool mirrored = false;    // a neuron has a mirror image that does the same (network/model/mirror.hpp)
    Size equations = 1;       // independent ones of psi(w) = 0
    // Of several outputs: the largest dimension in which daughters of one parent share its output weights,
    // K - rank Psi_i; outputs of a null neuron along which the loss never changes.
    Size sharing = 1;
    Size gauge = 0;
};

// C^{r,l}: l null neurons, each with output weight 0 and weights anywhere on the hypersurface psi = 0; the
// other M - l neurons are daughters of the r parents.
struct Branch {
    Size null_neurons = 0;  // l
    // (M - l - r) + N + l (d - 1), M times the unseen directions, less the equations they fulfil; of several
    // outputs that of its largest pieces, (M - l - r) sharing + N + l (max(0, d - equations) + gauge).
    Size dimension = 0;
    // Of its intersection with C^{r,l-1}, where the weights of a null neuron are those of a parent (it is
    // then a daughter with coefficient 0): `sharing` less than that branch, and the gauge. -1 for l = 0.
    Size meeting_dimension = -1;
    std::string surjections;  // G(r, M - l): ways to deal M - l neurons out to r parents, each getting some
    // The pieces that permutations and mirror images make of it: C(M, l) G(r, M - l), times 2^(M - l) where
    // neurons have mirror images. For l = 0 and N = 0 each is an affine subspace. Exact, in decimal.
    std::string pieces;
};

inline constexpr Size kMostCounted = 1000;  // wide_width: the numbers have some thousand digits there

// l = 0 .. M - r. Throws Error(invalid_size) naming what is out of bounds.
std::vector<Branch> branches(const BranchShape& shape);

// G(r, n) = sum_j C(r, j) (-1)^(r - j) j^n, the number of surjections of n things onto r, in decimal. 0 <= r,
// n
// <= kMostCounted.
std::string count_surjections(Size n, Size r);

}  // namespace tepui
