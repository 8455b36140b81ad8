// A congruence A = C^T H C that brings the Hessian of a large network near the identity without changing its
// inertia: C undoes each neuron's own Gauss-Newton block over (w_i, a_i), and the diagonal beside the
// neurons. What is left for a Lanczos process is what the neurons have in common (MATH.md section 10).
#pragma once

#include <span>

#include "classification/spectrum/still_motions.hpp"
#include "network/derivatives/hessian_blocks.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {

class BlockScaling {
  public:
    BlockScaling(HessianBlocks blocks, const Network& network, int threads);

    // v = C q: from scaled coordinates to parameters.
    void to_parameters(std::span<const double> q, std::span<double> v) const;
    // q = C^T g: how a gradient or a product H v looks there.
    void from_parameters(std::span<const double> g, std::span<double> q) const;
    // Sets the coordinates of idle parameters to zero: rows of the Hessian that are exactly zero. Both maps
    // above keep them so.
    void drop_idle(std::span<double> q) const;
    Size idle() const noexcept { return idle_; }
    // C^-1 v: the coordinates of a motion of the parameters.
    Motion coordinates(const Motion& motion) const;

  private:
    void factor(Size i, const Network& network);
    std::size_t first_beside() const noexcept {
        return static_cast<std::size_t>(neuron_parameters(blocks_.layout));
    }
    // Scales what is beside the neurons.
    void beside(std::span<const double> from, std::span<double> to) const;

    HessianBlocks blocks_;       // the Cholesky factor L of each scaled block in its place: C_i = S L^-T
    std::vector<double> scale_;  // S, parameter order; 0 for idle parameters
    Size idle_ = 0;
    int threads_;
};

}  // namespace tepui
