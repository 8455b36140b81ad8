// Powers of two that bring inputs, targets and sample weights near 1 where they are far from it. x_j = 2^e_j
// x'_j, y = 2^t y' and s = 2^g s' make the same problem of w' = 2^e_j w_j and a' = 2^-t a, exactly: products
// that would leave the range of doubles, such as squared residuals, stay within it (MATH.md section 10).
#pragma once

#include <vector>

#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui {

struct UnitScale {
    std::vector<int> inputs;  // e_j; empty: all 0
    int targets = 0;          // t
    int weights = 0;          // g
    int loss = 0;             // L = 2^loss L'

    bool identity() const noexcept { return inputs.empty() && targets == 0 && weights == 0; }
    // Of quantities that go with the loss.
    double given_loss(double unit_loss) const;
    void to_given(Network& network) const;
    // The same for directions of one neuron's weights, d numbers.
    void weights_to_given(double* weights) const;
    void weights_to_unit(double* weights) const;
    double output_to_unit(double output) const;
    double output_to_given(double output) const;
    void to_unit(Network& network) const;

  private:
    template <class Use>
    void each_coefficient(Network& network, Use&& use) const;
};

// What has its largest absolute value between 2^-32 and 2^32 is left as it is, so that ordinary data are not
// touched.
UnitScale unit_scale(const Dataset& data);

// The samples in these units: a copy, or where they are streamed a reader of the given data set, which must
// outlive it.
Dataset at_unit_scale(const Dataset& data, const UnitScale& scale);

}  // namespace tepui
