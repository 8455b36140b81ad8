#include <algorithm>
#include <cmath>

#include "classification/infinity/finite_network.hpp"
#include "core/compensated.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {

LossChange change_from_limit(const Dataset& data, const BoundaryOutputs& limit, const Network& finite,
                             const Execution& execution) {
    const Size n = data.samples(), outputs = finite.output_count;
    std::vector<double> f(std::size_t(n * outputs));
    tepui::outputs(data, finite, f.data(), nullptr, execution);
    // What cancels between neurons of opposite outputs is as uncertain as they are large.
    const std::vector<double> terms = absolute_outputs(data, finite);
    CompensatedSum value, error;
    std::vector<double> change(outputs), change_error(outputs), target(data.outputs());
    for (Size k = 0; k < n; ++k) {
        if (data.weight(k) == 0.0) continue;
        for (Size o = 0; o < outputs; ++o) {
            const Size at = k * outputs + o;
            change[o] = f[at] - limit.f[at];
            change_error[o] = limit.f_error[at] + kResidualError * terms[at];
        }
        for (Size o = 0; o < data.outputs(); ++o) target[o] = data.target(k, o);
        const Loss::Difference of =
            data.loss().difference({outputs, limit.f.data() + k * outputs, limit.f_error.data() + k * outputs,
                                    target.data(), change.data(), change_error.data()});
        value.add(data.weight(k) * of.value);
        error.add(data.weight(k) * of.error);
    }
    if (!std::isfinite(value.value())) return {HUGE_VAL, 0.0};
    return {value.value(), error.value()};
}

std::vector<double> absolute_outputs(const Dataset& data, const Network& network) {
    constexpr Size kChunk = 256;
    const Size d = network.inputs, outputs = network.output_count;
    std::vector<double> rows(std::size_t(kChunk * d)), xt(rows.size()),
        terms(std::size_t(data.samples() * outputs));
    std::vector<double> z(kChunk), size(kChunk), u(kChunk), slope(kChunk);
    for (Size first = 0; first < data.samples(); first += kChunk) {
        const Size count = std::min(kChunk, data.samples() - first);
        data.rows(first, count, rows.data());
        for (Size k = 0; k < count; ++k)
            for (Size j = 0; j < d; ++j) xt[j * kChunk + k] = rows[k * d + j];
        for (Size i = 0; i < network.width; ++i) {
            std::fill(z.begin(), z.end(), 0.0);
            std::fill(size.begin(), size.end(), 0.0);
            for (Size j = 0; j < d; ++j) {
                const double w = network.weights(i)[j];
                const double* x = xt.data() + j * kChunk;
                for (Size k = 0; k < count; ++k) {
                    z[k] += w * x[k];
                    size[k] += std::abs(w * x[k]);
                }
            }
            network.activation_of(i).evaluate(count, z.data(), {.value = u.data(), .first = slope.data()});
            for (Size o = 0; o < outputs; ++o) {
                const double a = std::abs(network.output(i, o));
                for (Size k = 0; k < count; ++k)
                    terms[(first + k) * outputs + o] += a * (std::abs(u[k]) + std::abs(slope[k]) * size[k]);
            }
        }
    }
    return terms;
}

std::optional<WayDown> measure_fall(const Dataset& data, const BoundaryNetwork& limit,
                                    const BoundaryOutputs& outputs, std::vector<Approach> approaches,
                                    Size falling_unit, const Execution& execution) {
    std::optional<WayDown> best;
    // The units that hold are brought as near to the limit as doubles allow; the one that falls by half a
    // halving at a time.
    for (const double rest : {1e-2, 1e-3, 1e-4}) {
        int shallower = 0;  // steps since the deepest fall
        for (double halving = -3.0; halving < 18.0 && shallower < kShallower;
             halving += falling_unit < 0 ? 21.0 : 0.5) {
            if (best) ++shallower;
            std::vector<Approach> at = approaches;
            for (Size u = 0; u < Size(at.size()); ++u) {
                if (at[u].step != 0.0) continue;
                const UnitKind kind = limit.units[u].kind;
                const bool steep = kind == UnitKind::saturated || kind == UnitKind::rectified ||
                                   kind == UnitKind::exponential;
                at[u].step = u == falling_unit ? std::pow(2.0, -halving) : steep ? rest * rest : rest;
                // Of its two ways the one that is not followed costs less than the other gains.
                if (kind == UnitKind::exponential_channel && u == falling_unit)
                    at[u].held = at[u].leaves ? 0.1 * rest : rest * rest * rest;
            }
            try {
                Network network = finite_network(limit, at);
                const LossChange change = change_from_limit(data, outputs, network, execution);
                if (!(change.value < -change.error)) continue;
                if (best && !falls_further(change, best->change)) continue;
                best.emplace(std::move(network), change);
                shallower = 0;
            } catch (const Error& error) {
                if (!cannot_evaluate(error)) throw;
            }
        }
    }
    return best;
}

}  // namespace tepui
