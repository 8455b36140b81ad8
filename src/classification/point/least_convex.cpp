// The global minimum of a convex loss over all functions of the inputs (MATH.md section 15).
#include <cmath>

#include "classification/point/least_loss.hpp"
#include "network/derivatives/outputs.hpp"
#include "network/inputs/equal_inputs.hpp"

namespace tepui {

bool least_of_all(const Dataset& data, const Network& network, double factor, const Execution& execution) {
    if (!data.loss().convex() || !data.decay().none()) return false;
    const Size outputs = network.output_count;
    const Size count = checked_product(data.samples(), outputs);
    Buffer<double> pulls(count), rounding(count);
    OutputCollector collector({.g = pulls.data(), .g_error = rounding.data()});
    run_pass(data, network, execution, collector);
    ActivationTraits plain = network.activation.traits();
    plain.parity = Parity::none;
    plain.value_at_zero = 1.0;
    const EqualInputs equal = equal_inputs(data, plain);
    const auto size = static_cast<std::size_t>(equal.groups * outputs);
    std::vector<double> sums(size, 0.0), errors(size, 0.0);
    for (Size k = 0; k < data.samples(); ++k) {
        const Size group = equal.any() ? equal.group[k] : -1;
        for (Size o = 0; o < outputs; ++o) {
            const double g = pulls[k * outputs + o], error = rounding[k * outputs + o];
            if (group < 0 && std::abs(g) > factor * error) return false;
            if (group < 0) continue;
            sums[group * outputs + o] += g;
            errors[group * outputs + o] += error;
        }
    }
    for (std::size_t q = 0; q < size; ++q)
        if (std::abs(sums[q]) > factor * errors[q]) return false;
    return true;
}

}  // namespace tepui
