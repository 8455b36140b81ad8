// The networks at finite weights that tend to a limit network, and what the loss does on the way.
#pragma once

#include <span>

#include "classification/escape/loss_change.hpp"
#include "classification/infinity/across.hpp"

namespace tepui {

// Approaches: one a unit, all with their steps. Neurons are those that the units name.
Network finite_network(const BoundaryNetwork& limit, std::span<const Approach> approaches);

// A network whose loss is below that of the limit, beyond the bound on its rounding.
struct WayDown {
    Network network;
    LossChange change;  // L(network) - L(limit)
    WayDown(Network network_, LossChange change_) : network(std::move(network_)), change(change_) {}
};

// How units are approached that have a way which depends on the data, for every unit; others as one likes.
std::vector<Approach> approaches_to(const BoundaryNetwork& limit, const std::vector<Across>& across);

// Sums of the absolute terms of f, those that rounding of the preactivations moves included: [n][K].
std::vector<double> absolute_outputs(const Dataset& data, const Network& network);

// L(finite) - L(limit), sample by sample and not by subtracting losses.
LossChange change_from_limit(const Dataset& data, const BoundaryOutputs& limit, const Network& finite,
                             const Execution& execution);

// What moves off the limit add to the outputs, [n][K], and what loss that is: sample by sample.
struct ChangesFromLimit {
    std::vector<double> value, error;
};
LossChange loss_change(const Dataset& data, const BoundaryOutputs& limit, Size outputs,
                       const ChangesFromLimit& of);

// Falls at steps that grow shorter: once so many in turn fell less than the deepest, shorter ones are not
// worth trying.
class ShorteningSteps {
  public:
    bool over() const { return deepest_ && shallower_ >= 8; }
    // What the next step made of the loss; nothing: it cannot be evaluated or is no fall.
    void tried(const std::optional<LossChange>& fall) {
        const bool deeper = fall && (!deepest_ || falls_further(*fall, *deepest_));
        if (deeper) deepest_ = fall;
        shallower_ = deeper ? 0 : shallower_ + 1;
    }

  private:
    std::optional<LossChange> deepest_;
    int shallower_ = 0;  // since
};

// The largest fall over steps of all units, nothing where none is beyond rounding. Units with a step of their
// own keep it.
std::optional<WayDown> measure_fall(const Dataset& data, const BoundaryNetwork& limit,
                                    const BoundaryOutputs& outputs, std::vector<Approach> approaches,
                                    Size falling_unit, const Execution& execution);

// Whether the loss falls where a unit is left, and a network that shows it.
struct FallAcross {
    bool measured = false;       // of the whole network, or of one unit with the others at their limits
    std::optional<WayDown> way;  // the largest fall of whole networks; nothing where rounding hides them all
};
FallAcross fall_across(const Dataset& data, const BoundaryNetwork& limit, const BoundaryOutputs& outputs,
                       const std::vector<Across>& across, const Execution& execution);

// The step of the largest fall of one unit with the other units at their limits, which are as near as one
// likes: what they make of rounding does not count. Of a step or a ramp the change of the outputs is the
// tails of sigma themselves, however small. Nothing where no fall is beyond rounding.
std::optional<double> step_of_fall_alone(const Dataset& data, const BoundaryNetwork& limit,
                                         const BoundaryOutputs& outputs, const Approach& approach, Size unit);

// The largest fall of whole networks, one unit at a step of its own and the others ever nearer to their
// limits; nothing where none is beyond rounding.
std::optional<WayDown> measure_fall_beside(const Dataset& data, const BoundaryNetwork& limit,
                                           const BoundaryOutputs& outputs,
                                           const std::vector<Approach>& approaches, Size unit,
                                           const Execution& execution);

}  // namespace tepui
