// Motions of the parameters along which the loss stays what it is, whatever the data (MATH.md section 15):
// null directions of every Hessian, which a search by products has to leave out.
#pragma once

#include <span>
#include <vector>

#include "core/sizes.hpp"

namespace tepui {

// A vector over the parameters that is zero but in these places: those of one neuron (its weights and output
// weights), or any.
struct Motion {
    Size neuron = -1;  // -1: beside, or of several neurons
    std::vector<Size> places;
    std::vector<double> values;
};

// The span of some of them, in coordinates of the caller's choice.
class StillMotions {
  public:
    explicit StillMotions(const std::vector<Motion>& motions);

    Size dimension() const noexcept { return static_cast<Size>(basis_.size()); }
    // Takes out of q what lies in the span.
    void remove(std::span<double> q) const;

  private:
    std::vector<Motion> basis_;  // orthonormal
};

}  // namespace tepui
