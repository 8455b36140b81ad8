// The problem as the search sees it: samples with equal inputs merged into one, and the inputs in coordinates
// of their row space where they depend on each other, exactly or nearly. There every direction has unit mean
// square, so that wide, collinear and nearly constant inputs are no harder than others (MATH.md section 8).
#pragma once

#include <optional>
#include <vector>

#include "core/execution.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"
#include "solve/input_metric.hpp"
#include "solve/solve.hpp"

namespace tepui {

class SearchSpace {
  public:
    // Directions at or below `least` of the largest singular value are not used. Samples are merged where a
    // network of this layout has the parameters to fit the mean of every group and the loss knows no more of
    // a group. Under decay the inputs stay the given ones.
    SearchSpace(const Dataset& data, const Layout& layout, double least, const Execution& execution);
    // What the doubles of the inputs can tell from dependence, as in network/inputs/input_space.hpp.
    static double rounding(const Dataset& data);

    const Dataset& given() const noexcept { return *given_; }
    const Dataset& data() const noexcept { return projected_ ? *projected_ : merged(); }
    // Samples with equal inputs are one, the inputs are the given ones.
    const Dataset& merged() const noexcept { return merged_ ? *merged_ : *given_; }
    const InputMetric& metric() const noexcept { return metric_; }  // of data()
    const InputReport& report() const noexcept { return report_; }
    // Of the loss, what merged samples leave out: the same for every network.
    double left_out() const noexcept { return left_out_; }
    bool as_given() const noexcept { return !projected_ && !merged_; }
    bool in_given_inputs() const noexcept { return !projected_; }

    Network inward(const Network& network) const;
    // Of all weights that do the same the shortest, each input in units of a power of two near its size.
    Network outward(const Network& network) const;

  private:
    void project(double least, const Execution& execution);

    const Dataset* given_;
    std::optional<Dataset> merged_, projected_;
    InputMetric metric_;
    InputReport report_;
    double left_out_ = 0.0;
    Matrix to_weights_, to_inside_;  // inputs x used, used x inputs
};

}  // namespace tepui
