#include <cmath>

#include "classification/infinity/boundary_sums.hpp"
#include "classification/infinity/sample_blocks.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {

void add_outputs(const BoundaryNetwork& network, const SampleBlock& block, const std::vector<UnitRows>& units,
                 double* f, double* absolute) {
    const Size outputs = network.output_count, n = block.count;
    std::fill_n(f, outputs * n, 0.0);
    std::fill_n(absolute, outputs * n, 0.0);
    const auto add = [&](Size o, double coefficient, const double* feature) {
        double *to = f + o * n, *terms = absolute + o * n;
        for (Size k = 0; k < n; ++k) {
            const double term = coefficient * feature[k];
            to[k] += term;
            terms[k] += std::abs(term);
        }
    };
    for (Size u = 0; u < Size(units.size()); ++u) {
        for (Size q = 0; q < shape_of(network.units[u].kind).coefficients; ++q) {
            const double* coefficients = network.parameters.data() + network.coefficient_at(u, q);
            for (Size o = 0; o < outputs; ++o) add(o, coefficients[o], units[u].value.data() + q * n);
        }
    }
    const double* rest = network.parameters.data() + network.rest_at();
    if (network.output_bias) {
        const std::vector<double> ones(std::size_t(n), 1.0);
        for (Size o = 0; o < outputs; ++o) add(o, rest[o], ones.data());
        rest += outputs;
    }
    if (!network.skip) return;
    std::vector<double> input(std::size_t(n), 0.0);
    for (Size j = 0; j < network.inputs; ++j) {
        for (Size k = 0; k < n; ++k) input[k] = block.x[k * network.inputs + j];
        for (Size o = 0; o < outputs; ++o) add(o, rest[o * network.inputs + j], input.data());
    }
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

OutputsOfBlocks::OutputsOfBlocks(const Dataset& data, Size outputs) : outputs_(outputs) {
    for (Buffer<double>* of : {&result_.f, &result_.f_error, &result_.g, &result_.g_error})
        *of = Buffer<double>(data.samples() * outputs);
}

void OutputsOfBlocks::add(const SampleBlock& block, const std::vector<double>& f, const LossBlock& of_loss) {
    for (Size k = 0; k < block.count; ++k) {
        loss_.add(of_loss.value[k]);
        rounding_.add(of_loss.rounding[k]);
        for (Size o = 0; o < outputs_; ++o) {
            const Size at = o * block.count + k, to = (block.first + k) * outputs_ + o;
            result_.f[to] = f[at];
            result_.f_error[to] = of_loss.error[at];
            result_.g[to] = of_loss.g[at];
            result_.g_error[to] = of_loss.g_error[at];
        }
    }
}

BoundaryOutputs OutputsOfBlocks::finish() && {
    result_.loss = {loss_.value(), rounding_.value()};
    if (!std::isfinite(result_.loss.loss)) throw Error(Status::numeric, "the loss of the limit overflows");
    return std::move(result_);
}

BoundaryOutputs boundary_outputs(const Dataset& data, const BoundaryNetwork& network) {
    const Size outputs = network.output_count;
    OutputsOfBlocks result(data, outputs);
    std::vector<UnitRows> units(network.units.size());
    for_sample_blocks(data, [&](const SampleBlock& block) {
        for (Size u = 0; u < Size(units.size()); ++u)
            evaluate_unit(network, u, block.first, block.count, block.x.data(), units[u]);
        std::vector<double> f(outputs * block.count), absolute(outputs * block.count);
        add_outputs(network, block, units, f.data(), absolute.data());
        result.add(block, f, LossBlock(data, block, outputs, f.data(), absolute.data()));
    });
    return std::move(result).finish();
}

double loss_of_zero(const Dataset& data) {
    double loss = 0.0;
    for_sample_blocks(data, [&](const SampleBlock& block) {
        const std::vector<double> zero(std::size_t(data.outputs() * block.count), 0.0);
        for (const double of : LossBlock(data, block, data.outputs(), zero.data(), zero.data()).value)
            loss += of;
    });
    return loss;
}

std::optional<double> try_boundary_loss(const Dataset& data, const BoundaryNetwork& network) {
    try {
        return boundary_outputs(data, network).loss.loss;
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return std::nullopt;
    }
}

}  // namespace tepui
