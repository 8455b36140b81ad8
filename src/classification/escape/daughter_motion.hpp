// How the daughters of a split move apart along one direction v so that the loss falls in second order, or
// in third after a slide along the plateau (MATH.md section 5).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace tepui {

// w_j += epsilon t_j(epsilon) v and a_j += epsilon output_rate_j a_i, with sum gamma_j t_j = 0: the loss
// changes by epsilon^order form v^T H_i v / 2 + ...
struct DaughterMotion {
    std::vector<double> output_rate;
    std::function<std::vector<double>(double)> t;
    int order = 2;
    double form = 0.0;  // leading coefficient of sum gamma_j t_j^2
};

// Against an eigenvalue of this sign. Where no t serves but some gamma_j = 0, the point slides along the
// plateau by slide * epsilon. Empty when neither exists: lambda > 0 on Gamma+, lambda < 0 on Gamma-.
std::optional<DaughterMotion> motion_against(double lambda, const std::vector<double>& gamma, double slide);

// A point of the plateau beside a boundary point with a zero coefficient from which the daughters can move
// apart in second order: the zero takes `amount` from (lambda > 0: gives it to) the largest coefficient.
struct Slide {
    std::vector<double> gamma;
    double amount = 0.0;
};
std::optional<Slide> slide_off_boundary(std::span<const double> gamma, double lambda);

// sum gamma_j t_j^2
double form(const std::vector<double>& gamma, const std::vector<double>& t);

}  // namespace tepui
