// The outputs of every sample along a path of parameters, on pieces f + t rate + t^2 bend / 2, and the
// second-order expansion of the loss in them about the path's beginning.
#pragma once

#include <vector>

#include "classification/directional/kinked_point.hpp"

namespace tepui {

class OutputsOnPath {
  public:
    // residuals: [samples][outputs] f - y at the beginning.
    OutputsOnPath(const Dataset& data, const std::vector<double>& residuals);

    // Of the time that the sample was brought up to, 0 at first.
    double& rate(Size k, Size o) { return rate_[k * outputs_ + o]; }
    double& bend(Size k, Size o) {
        if (bend_.empty()) bend_.assign(rate_.size(), 0.0);
        return bend_[k * outputs_ + o];
    }
    bool bends() const noexcept { return !bend_.empty(); }
    void bring_up(Size k, double time);

    // dl/df then, s included, by the expansion.
    double pull(Size k, Size o) const;
    // First and second derivative of the sample's loss by time; slope brings the sample up.
    double slope(Size k, double time);
    double curvature(Size k) const;

  private:
    // sum_p G_op v_p
    double curved(Size k, Size o, const double* v) const;

    Size outputs_, forms_;                      // forms_: numbers of a sample's G
    bool scalar_;                               // G = c I
    std::vector<double> change_, rate_, bend_;  // [n][K]; bend empty: zeros
    std::vector<double> since_;                 // [n]
    LossDerivatives loss_;                      // at the beginning
};

}  // namespace tepui
