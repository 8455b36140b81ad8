#include <cmath>

#include "classification/infinity/boundary_sums.hpp"
#include "classification/infinity/sample_blocks.hpp"
#include "core/compensated.hpp"

namespace tepui {

void add_outputs(const BoundaryNetwork& network, const SampleBlock& block, const std::vector<UnitRows>& units,
                 double* f, double* absolute) {
    const Size outputs = network.output_count, n = block.count;
    std::fill_n(f, outputs * n, 0.0);
    std::fill_n(absolute, outputs * n, 0.0);
    const auto add = [&](Size o, Size k, double term) {
        f[o * n + k] += term;
        absolute[o * n + k] += std::abs(term);
    };
    for (Size u = 0; u < Size(units.size()); ++u) {
        for (Size q = 0; q < shape_of(network.units[u].kind).coefficients; ++q)
            for (Size o = 0; o < outputs; ++o)
                for (Size k = 0; k < n; ++k)
                    add(o, k, network.coefficient(u, q, o) * units[u].value[q * n + k]);
    }
    const double* rest = network.parameters.data() + network.rest_at();
    if (network.output_bias) {
        for (Size o = 0; o < outputs; ++o)
            for (Size k = 0; k < n; ++k) add(o, k, rest[o]);
        rest += outputs;
    }
    if (!network.skip) return;
    for (Size o = 0; o < outputs; ++o)
        for (Size k = 0; k < n; ++k)
            for (Size j = 0; j < network.inputs; ++j)
                add(o, k, rest[o * network.inputs + j] * block.x[k * network.inputs + j]);
}

LossBlock::LossBlock(const Dataset& data, const SampleBlock& block, Size outputs, const double* f,
                     const double* absolute) {
    const Size n = block.count, targets_of_sample = block.targets.size() / n;
    error.resize(outputs * n);
    for (Size o = 0; o < outputs; ++o) {
        for (Size k = 0; k < n; ++k) {
            const double target = o < targets_of_sample ? std::abs(block.targets[o * n + k]) : 0.0;
            error[o * n + k] = kResidualError * (target + absolute[o * n + k]);
        }
    }
    value.resize(n), rounding.resize(n);
    g.resize(outputs * n), g_error.resize(outputs * n);
    slope.resize(data.loss().hessian_rows(outputs) * n);
    data.loss().evaluate(
        OutputRows{outputs, n, n, f, error.data(), block.targets.data(), block.weights.data()},
        LossRows{value.data(), rounding.data(), g.data(), g_error.data(), slope.data()});
}

BoundaryOutputs boundary_outputs(const Dataset& data, const BoundaryNetwork& network) {
    const Size n = data.samples(), outputs = network.output_count;
    BoundaryOutputs result;
    for (Buffer<double>* of : {&result.f, &result.f_error, &result.g, &result.g_error})
        *of = Buffer<double>(n * outputs);
    CompensatedSum loss, rounding;
    std::vector<UnitRows> units(network.units.size());
    for_sample_blocks(data, [&](const SampleBlock& block) {
        for (Size u = 0; u < Size(units.size()); ++u)
            evaluate_unit(network, u, block.first, block.count, block.x.data(), units[u]);
        std::vector<double> f(outputs * block.count), absolute(outputs * block.count);
        add_outputs(network, block, units, f.data(), absolute.data());
        const LossBlock of_loss(data, block, outputs, f.data(), absolute.data());
        for (Size k = 0; k < block.count; ++k) {
            loss.add(of_loss.value[k]);
            rounding.add(of_loss.rounding[k]);
            for (Size o = 0; o < outputs; ++o) {
                const Size at = o * block.count + k, to = (block.first + k) * outputs + o;
                result.f[to] = f[at];
                result.f_error[to] = of_loss.error[at];
                result.g[to] = of_loss.g[at];
                result.g_error[to] = of_loss.g_error[at];
            }
        }
    });
    result.loss = {loss.value(), rounding.value()};
    if (!std::isfinite(result.loss.loss)) throw Error(Status::numeric, "the loss of the limit overflows");
    return result;
}

}  // namespace tepui
