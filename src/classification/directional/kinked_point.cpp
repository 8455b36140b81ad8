#include "classification/directional/kinked_point.hpp"

#include <algorithm>
#include <cmath>

#include "core/rounding.hpp"

namespace tepui {

void sample_outputs(const KinkedPoint& point, Size sample, double* f, double* error, double* target) {
    // A quadratic loss is one of residuals: as outputs with targets of 0 they lose nothing.
    const bool residual = point.data.loss().quadratic();
    for (Size o = 0; o < point.outputs(); ++o) {
        const Size at = sample * point.outputs() + o;
        const double r = point.sums.residuals[at], y = point.data.target(sample, o);
        target[o] = residual ? 0.0 : y;
        f[o] = residual ? r : r + y;
        error[o] = point.sums.residual_rounding[at] + (residual ? 0.0 : kEps * (std::abs(r) + std::abs(y)));
    }
}

std::vector<double> loss_bends(const KinkedPoint& point) {
    constexpr Size kBlock = 256;
    const Loss& loss = point.data.loss();
    const Size samples = point.data.samples(), outputs = point.outputs(), rows = loss.hessian_rows(outputs);
    std::vector<double> bends(static_cast<std::size_t>(checked_product(samples, rows)));
    const auto block = [](Size count) {
        return std::vector<double>(static_cast<std::size_t>(count * kBlock));
    };
    std::vector<double> f = block(outputs), error = f, target = f, g = f, g_error = f, bend = block(rows);
    std::vector<double> weight = block(1), value = weight, rounding = weight;
    std::vector<double> one(static_cast<std::size_t>(3 * outputs));
    for (Size first = 0; first < samples; first += kBlock) {
        const Size count = std::min(kBlock, samples - first);
        for (Size k = 0; k < count; ++k) {
            sample_outputs(point, first + k, one.data(), one.data() + outputs, one.data() + 2 * outputs);
            for (Size o = 0; o < outputs; ++o) {
                f[o * kBlock + k] = one[o];
                error[o * kBlock + k] = one[outputs + o];
                target[o * kBlock + k] = one[2 * outputs + o];
            }
            weight[k] = point.data.weight(first + k);
        }
        loss.evaluate({outputs, count, kBlock, f.data(), error.data(), target.data(), weight.data()},
                      {value.data(), rounding.data(), g.data(), g_error.data(), bend.data()});
        for (Size k = 0; k < count; ++k)
            for (Size q = 0; q < rows; ++q) bends[(first + k) * rows + q] = bend[q * kBlock + k];
    }
    return bends;
}

}  // namespace tepui
