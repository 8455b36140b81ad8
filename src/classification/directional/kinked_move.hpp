// The change of the loss along a line of the parameters, theta + epsilon direction, of the outputs' exact
// expansion (MATH.md section 9): samples of K_i start at w_i . x = 0 exactly. Weight decay included.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "classification/directional/kinked_point.hpp"
#include "classification/escape/witness.hpp"

namespace tepui {

class KinkedMove {
  public:
    // direction: P components in parameter order. Keeps four numbers a sample and neuron that moves.
    KinkedMove(const KinkedPoint& point, std::vector<double> direction);

    LossChange change(double epsilon) const;
    double motion() const noexcept { return motion_; }  // root mean square of |dw_i . x| over all neurons

  private:
    struct Preactivation {
        double z, z_error;  // w . x, 0 in K_i
        double t, t_error;  // dw . x
    };
    struct Change {
        double value = 0.0, error = 0.0;
    };
    void add_neurons(const double* x, Size sample, std::vector<std::size_t>& kink);
    void add_beside(const double* x);
    void add_decay();
    // By how much sigma(w . x) rises.
    Change rise(const Preactivation& at, double epsilon) const;
    void add_neuron(Size neuron, const Preactivation& at, double epsilon, std::vector<Change>& change) const;

    KinkedPoint point_;
    std::vector<double> direction_;
    std::vector<Size> moving_;                   // neurons
    std::vector<Preactivation> preactivations_;  // [samples][moving]
    bool beside_ = false;                        // what is beside the neurons moves
    std::vector<Change> linear_;                 // [samples][outputs] then: db + dC x
    double motion_ = 0.0;
    // Of the decay: sum lambda theta direction, sum lambda direction^2 / 2, and absolute terms of the first.
    double decay_slope_ = 0.0, decay_bend_ = 0.0, decay_terms_ = 0.0;
};

// The line theta + epsilon direction with its predicted leading change, measured at the step with the largest
// proven decrease. Its points in doubles may leave K_i by rounding.
Witness line_witness(const KinkedPoint& point, std::vector<double> direction, int order, double coefficient);

}  // namespace tepui
