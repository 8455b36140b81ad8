#include <algorithm>
#include <cmath>

#include "classification/infinity/finite_network.hpp"
#include "core/compensated.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {

LossChange loss_change(const Dataset& data, const BoundaryOutputs& limit, Size outputs,
                       const ChangesFromLimit& of) {
    CompensatedSum value, error;
    std::vector<double> target(std::size_t(data.outputs()));
    for (Size k = 0; k < data.samples(); ++k) {
        if (data.weight(k) == 0.0) continue;
        for (Size o = 0; o < data.outputs(); ++o) target[o] = data.target(k, o);
        const Size at = k * outputs;
        const Loss::Difference differs =
            data.loss().difference({outputs, limit.f.data() + at, limit.f_error.data() + at, target.data(),
                                    of.value.data() + at, of.error.data() + at});
        value.add(data.weight(k) * differs.value);
        error.add(data.weight(k) * differs.error);
    }
    return {value.value(), error.value()};
}

LossChange change_from_limit(const Dataset& data, const BoundaryOutputs& limit, const Network& finite,
                             const Execution& execution) {
    const Size n = data.samples(), outputs = finite.output_count;
    std::vector<double> f(std::size_t(n * outputs));
    tepui::outputs(data, finite, f.data(), nullptr, execution);
    // What cancels between neurons of opposite outputs is as uncertain as they are large.
    ChangesFromLimit change{std::move(f), absolute_outputs(data, finite)};
    for (std::size_t at = 0; at < change.value.size(); ++at) {
        change.value[at] -= limit.f[Size(at)];
        change.error[at] = limit.f_error[Size(at)] + kResidualError * change.error[at];
    }
    const LossChange of = loss_change(data, limit, outputs, change);
    return std::isfinite(of.value) ? of : LossChange{HUGE_VAL, 0.0};
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

namespace {

// The fall of one network, nothing where it is none beyond rounding; the largest stays in `best`.
std::optional<LossChange> try_network(const Dataset& data, const BoundaryNetwork& limit,
                                      const BoundaryOutputs& outputs, const std::vector<Approach>& approaches,
                                      const Execution& execution, std::optional<WayDown>& best) {
    try {
        Network network = finite_network(limit, approaches);
        const LossChange change = change_from_limit(data, outputs, network, execution);
        if (!(change.value < -change.error)) return std::nullopt;
        if (!best || falls_further(change, best->change)) best.emplace(std::move(network), change);
        return change;
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return std::nullopt;
    }
}

}  // namespace

std::vector<Approach> approaches_to(const BoundaryNetwork& limit, const std::vector<Across>& across) {
    std::vector<Approach> approaches(limit.units.size());
    for (std::size_t u = 0; u < across.size(); ++u)
        if (limit.units[u].kind == UnitKind::asymptote) approaches[u] = across[u].fall;
    return approaches;
}

FallAcross fall_across(const Dataset& data, const BoundaryNetwork& limit, const BoundaryOutputs& outputs,
                       const std::vector<Across>& across, const Execution& execution) {
    FallAcross best;
    for (Size u = 0; u < Size(across.size()); ++u) {
        if (across[u].sign != AcrossSign::falls) continue;
        std::vector<Approach> approaches = approaches_to(limit, across);
        approaches[u] = across[u].fall;
        std::optional<WayDown> fall = measure_fall(data, limit, outputs, approaches, u, execution);
        if (!fall) {
            const std::optional<double> step = step_of_fall_alone(data, limit, outputs, across[u].fall, u);
            if (!step) continue;
            approaches[u].step = *step;
            fall = measure_fall_beside(data, limit, outputs, approaches, u, execution);
        }
        best.measured = true;
        if (fall && (!best.way || falls_further(fall->change, best.way->change))) best.way = std::move(fall);
    }
    return best;
}

std::optional<WayDown> measure_fall(const Dataset& data, const BoundaryNetwork& limit,
                                    const BoundaryOutputs& outputs, std::vector<Approach> approaches,
                                    Size falling_unit, const Execution& execution) {
    std::optional<WayDown> best;
    // The units that hold are brought as near to the limit as doubles allow; the one that falls by half a
    // halving at a time.
    for (const double rest : {1e-2, 1e-3, 1e-4}) {
        ShorteningSteps steps;
        for (double halving = -3.0; halving < 18.0 && !steps.over();
             halving += falling_unit < 0 ? 21.0 : 0.5) {
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
            steps.tried(try_network(data, limit, outputs, at, execution, best));
        }
    }
    return best;
}

// Steps and ramps are as well known near their limits as far from them; what others add rounds the more, the
// nearer they are.
std::optional<WayDown> measure_fall_beside(const Dataset& data, const BoundaryNetwork& limit,
                                           const BoundaryOutputs& outputs,
                                           const std::vector<Approach>& approaches, Size unit,
                                           const Execution& execution) {
    std::optional<WayDown> best;
    for (double sharp = 1e-2; sharp > 1e-13; sharp *= 1e-2) {
        for (double rest = 1e-2; rest > 1e-11; rest *= 1e-1) {
            std::vector<Approach> at = approaches;
            for (Size u = 0; u < Size(at.size()); ++u) {
                if (u == unit) continue;
                const UnitKind kind = limit.units[u].kind;
                at[u].step = kind == UnitKind::saturated || kind == UnitKind::rectified ? sharp : rest;
            }
            try_network(data, limit, outputs, at, execution, best);
        }
    }
    return best;
}

}  // namespace tepui
