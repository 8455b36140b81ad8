#include "network/derivatives/loss.hpp"

#include <algorithm>

#include "network/pass/rows.hpp"

namespace tepui {
namespace {

constexpr Size kChunk = 128;  // summed plainly, compensated beyond

}  // namespace

void LossTerms::add(Size count, const double* value, const double* rounding) {
    const double* const rows[] = {value, rounding};
    for (Size l = 0; l < 2; ++l) {
        CompensatedSum sum = sums_->compensated(first_ + 2 * l);
        for (Size first = 0; first < count; first += kChunk) {
            const double* row = rows[l] + first;
            sum.add(detail::sum_terms(std::min(kChunk, count - first), [=](Size k) { return row[k]; }));
        }
        sum.write(sums_->at(first_ + 2 * l));
    }
}

LossValue LossTerms::finish(const Network& network, const Decay& decay) const {
    LossValue value = finish();
    if (!decay.none()) value.loss += decay.value(network, network.parameters);
    return value;
}

LossValue LossTerms::finish() const {
    const LossValue value{sums_->compensated(first_).value(), sums_->compensated(first_ + 2).value()};
    if (!std::isfinite(value.loss))
        throw Error(Status::numeric, "the loss overflows: its residuals are too large");
    return value;
}

LossValue loss(const Dataset& data, const Network& network, const Execution& execution) {
    LossSum sum;
    run_pass(data, network, execution, sum);
    return sum.finish(network, data.decay());
}

}  // namespace tepui
