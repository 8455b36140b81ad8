// Where the loss is the same along whole subspaces or curves of parameters, whatever the point: a slice
// across them, on which stationary points can be isolated (MATH.md section 10, certificates).
#pragma once

#include <vector>

#include "certify/ball.hpp"
#include "core/matrix.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui::balls {

// The rows and columns at these places.
template <class SquareMatrix>
SquareMatrix block(const SquareMatrix& whole, const std::vector<Size>& places) {
    const auto order = static_cast<Size>(places.size());
    SquareMatrix result(order, order);
    for (Size i = 0; i < order; ++i)
        for (Size j = 0; j < order; ++j) result(i, j) = whole(places[i], places[j]);
    return result;
}

// Parameters that move, and those that stay as given. Every point nearby has exactly one on the slice that
// differs from it by such motions, and is stationary if and only if that one is.
class Slice {
  public:
    // All parameters move.
    explicit Slice(const Network& network);
    Slice(const Dataset& data, const Network& network);

    const BallVector& given() const noexcept { return given_; }
    const std::vector<Size>& free() const noexcept { return free_; }
    const std::vector<Size>& held() const noexcept { return held_; }
    // The coefficients of a feature in all outputs alike (softmax), b against the C of a constant input, w
    // against a of homogeneous neurons, the weight of a constant input of exp against a, and square neurons
    // turned into one another. A constant input may also be a sum of inputs.
    bool shifts() const noexcept { return shifts_; }
    bool exchanges() const noexcept { return exchanges_; }
    bool scales() const noexcept { return scales_; }
    bool moves_exp() const noexcept { return moves_exp_; }
    bool turns() const noexcept { return !turned_.empty(); }
    // Inputs on which the null vectors that motions make of this neuron's H_i are independent.
    const std::vector<Size>& held_inputs(Size neuron) const noexcept {
        return held_inputs_[static_cast<std::size_t>(neuron)];
    }
    // Whether the motions are independent on what is held, whatever point of a box: turns may not be.
    bool cuts(const BallVector& whole) const;

    BallVector of(const BallVector& whole) const;
    BallMatrix of(const BallMatrix& whole) const;
    std::vector<double> of(const std::vector<double>& whole) const;
    Matrix of(const Matrix& whole) const;
    BallVector whole(const BallVector& on_slice) const;

  private:
    void hold(const std::vector<bool>& held);
    // The input by whose weight a neuron's own symmetry is cut; -1: none. constant: inputs that a constant is
    // a combination of.
    Size cut(const Network& network, Size neuron, const std::vector<bool>& decays,
             const std::vector<Size>& constant);
    // Of square neurons: as many inputs as there are of them. False where their weights are dependent.
    bool find_turns(const Network& network, const std::vector<bool>& decays);

    BallVector given_;
    std::vector<Size> free_, held_;
    std::vector<std::vector<Size>> held_inputs_;
    Layout layout_;
    std::vector<Size> turned_, turned_inputs_;  // in the order in which their leading blocks are regular
    bool shifts_ = false, exchanges_ = false, scales_ = false, moves_exp_ = false;
};

}  // namespace tepui::balls
