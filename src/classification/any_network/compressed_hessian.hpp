// What is left of a wide network's Hessian when the parts known in closed form are taken off: the Hessian of
// the narrow network, bordered by the features that groups without a parent add to the Gauss-Newton part
// (MATH.md section 4).
//
// A second-order move of a group g with output weights a_j, psi = sum s r sigma(w . x), changes f by u_g
// sum_j alpha_j + u'_g x . sum_j a_j beta_j and adds sum_j (2 alpha_j grad psi . beta_j + a_j beta_j^T Hess
// psi beta_j). Among daughters of a parent, the differences decouple. A null neuron with grad psi != 0 pairs
// its alpha with its beta along grad psi, which eliminates both: one negative and one positive eigenvalue.
// With grad psi = 0 its alpha is a column u. In a cancelled group, where grad psi = 0, the move y common to
// all pairs with b = sum a_j beta_j through Hess psi: one eigenvalue of each sign for each that Hess psi has,
// which eliminates b in its range. What is left is the column u of sum alpha and columns u' x . b for b in
// the kernel of Hess psi.
#pragma once

#include "classification/any_network/free_groups.hpp"
#include "classification/any_network/lifting.hpp"

namespace tepui {

class CompressedHessian {
  public:
    CompressedHessian(const Dataset& data, const Grouping& grouping, const std::vector<FreeGroup>& free,
                      const std::vector<double>& newton_step, const Tolerances& tolerances,
                      const Execution& execution);

    Size order() const noexcept { return static_cast<Size>(columns_.size()); }
    const SpectralReport& spectrum() const noexcept { return spectrum_; }
    // Rates of the wide network's parameters along a vector of this matrix, of the same curvature.
    std::vector<double> wide_rates(const Lift& lift, const std::vector<double>& v) const;

  private:
    // One entry of the sparse matrix that maps these coordinates to those of the auxiliary network.
    struct Column {
        Size first;                        // parameter of the auxiliary network
        std::vector<double> coefficients;  // of first, first + 1, ...
    };
    Network auxiliary(const std::vector<double>& narrow_step) const;
    Matrix compress(const Matrix& hessian) const;
    std::vector<double> compress_magnitude(const std::vector<double>& magnitude) const;

    const Grouping& grouping_;
    const std::vector<FreeGroup>& free_;
    std::vector<Column> columns_;
    SpectralReport spectrum_;
};

// Weights h of the members of a cancelled group with sum_j a_j h_j = 1, on one positive and one negative
// output weight, the largest: a move b of sum a_j beta_j is beta_j = h_j b. form: sum_j a_j h_j^2.
// output: the power of two of the size of those two, so that units play no part.
struct CancelledPair {
    std::size_t positive = 0, negative = 0;
    double h_positive = 0.0, h_negative = 0.0, form = 0.0, output = 0.0;
};
CancelledPair cancelled_pair(const NeuronGroup& group);

}  // namespace tepui
