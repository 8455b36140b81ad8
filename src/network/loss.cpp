#include "network/loss.hpp"

#include <algorithm>

#include "network/rows.hpp"

namespace tepui {
namespace {

constexpr Size kChunk = 128;  // summed plainly, compensated beyond

}  // namespace

void LossSum::add(const EvaluatedBlock& block, Size) {
    for (Size k = 0; k < block.padded; k += kChunk) {
        const Size count = std::min(kChunk, block.padded - k);
        const double* weights = block.weights + k;
        const double* magnitude = block.magnitude + k;
        squares_.add(dot(count, block.weighted_residuals + k, block.residuals + k));
        magnitude_.add(
            detail::sum_terms(count, [=](Size l) { return weights[l] * magnitude[l] * magnitude[l]; }));
    }
}

void LossSum::merge(const Accumulator& other) {
    const auto& sum = dynamic_cast<const LossSum&>(other);
    squares_.add(sum.squares_);
    magnitude_.add(sum.magnitude_);
}

LossValue LossSum::finish() const {
    const LossValue value{0.5 * squares_.value(), 0.5 * kResidualError * kResidualError * magnitude_.value()};
    if (!std::isfinite(value.loss))
        throw Error(Status::numeric, "the loss overflows: its residuals are too large");
    return value;
}

LossValue loss(const Dataset& data, const Network& network, const Execution& execution) {
    LossSum sum;
    Accumulator* const accumulators[] = {&sum};
    run_pass(data, network, accumulators, execution);
    return sum.finish();
}

}  // namespace tepui
