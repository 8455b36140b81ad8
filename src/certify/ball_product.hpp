// Products of ball matrices, by exact products of whole numbers in doubles (K. Ozaki, T. Ogita, S. Oishi,
// S. M. Rump, "Error-free transformations of matrix multiplication", 2012): middles are cut into slices of
// 21 bits, and BLAS multiplies slices without a rounding, whatever the order of its sums.
#pragma once

#include "certify/ball.hpp"

namespace tepui::balls {

enum class Part { all, lower };  // lower: on and below the diagonal; the rest of c is left alone

// c += a b^T. Beside what the radii make of it an entry is wrong by 2^-124 of the largest |a_ik| |b_lk| over
// k and l, per term: rows of a should be of one scale, once columns of b are.
void add_product(const BallMatrix& a, const BallMatrix& b, BallMatrix& c, Part part, int threads);

}  // namespace tepui::balls
