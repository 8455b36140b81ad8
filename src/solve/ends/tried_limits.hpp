// The limits that a look at a run tried: what is the same again leads to the same again.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "classification/infinity/end_verdict.hpp"

namespace tepui {

class TriedLimits {
  public:
    struct Outcome {
        std::optional<EndReport> end;  // nothing: its weights ran off in turn
    };

    // What a descent from this limit, of that loss, came to; null where none is known. One of its units that
    // stayed above `highest` speaks for those from nearby, two that came to no rest for those from higher up.
    const Outcome* find(const BoundaryNetwork& limit, double loss, double highest) const;
    void add(const BoundaryNetwork& limit, double loss, Outcome outcome);

  private:
    using Units = std::vector<std::pair<UnitKind, std::vector<Size>>>;  // with neurons, then kept samples
    static Units units_of(const BoundaryNetwork& limit);

    struct Tried {
        Units units;
        double loss;
        Outcome outcome;
    };
    std::vector<Tried> tried_;
};

}  // namespace tepui
