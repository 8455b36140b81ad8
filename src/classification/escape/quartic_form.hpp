// Homogeneous polynomials of degree 4 as symmetric matrices on the products of two variables: whether they
// are positive, or negative somewhere (MATH.md section 6).
#pragma once

#include <optional>
#include <vector>

#include "core/matrix.hpp"

namespace tepui {

// Products v_a v_b, a <= b, of n variables, those with a < b times sqrt 2: w(v) has norm |v|^2.
Size product_count(Size variables);
std::vector<double> products(const std::vector<double>& v);

// q(v) = w(v)^T G w(v), G row-major and symmetric.
double quartic(const std::vector<double>& g, const std::vector<double>& v);

// q(v) is at least the smallest eigenvalue of G times |v|^4.
double smallest_eigenvalue(const std::vector<double>& g, Size variables);

// The smallest eigenvalue of G, moved among the matrices of the same polynomial so that it grows: q(v) is at
// least that times |v|^4. In one variable, and in two up to the search for the shift, q is positive only if
// it is.
double sum_of_squares_bound(const std::vector<double>& g, Size variables);

// A unit vector where q is about as small as it gets.
std::vector<double> smallest_found(const std::vector<double>& g, Size variables);

}  // namespace tepui
