// Preactivations alone, with an activation and both its derivatives, and the weighted sums of the gradient.
// flops: the matrix product only, 2 m d n.
#include "kernel_timing.hpp"
#include "layer_workload.hpp"

using namespace tepui;

namespace {

void preactivations(benchmark::State& state) {
    bench::LayerWorkload layer(state.range(0), state.range(1), state.range(2));
    bench::report_against_peak(state, layer.flops(), 1, [&] { layer.preactivate(); });
}

void layer_with_derivatives(benchmark::State& state) {
    bench::LayerWorkload layer(state.range(0), state.range(1), state.range(2));
    bench::report_against_peak(state, layer.flops(), 1, [&] {
        layer.preactivate();
        layer.differentiate(static_cast<ActivationKind>(state.range(3)));
    });
}

void weighted_sums(benchmark::State& state) {
    bench::LayerWorkload layer(state.range(0), state.range(1), state.range(2));
    layer.preactivate();
    bench::report_against_peak(state, layer.flops(), 1, [&] {
        kernels::weighted_sums(nullptr, {layer.z.data(), layer.n, layer.m},
                               {layer.xt.data(), layer.n, layer.n, layer.d}, layer.out.data(), layer.d);
    });
}

void shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"m", "d", "n"});
    for (const Size d : {10, 64, 256, 784}) {
        for (const Size m : {1, 8, 24, 64}) benchmark->Args({m, d, 264});
    }
}

void shapes_with_activations(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"m", "d", "n", "activation"});
    for (const ActivationKind kind : {ActivationKind::tanh, ActivationKind::gelu, ActivationKind::softplus}) {
        for (const Size d : {64, 256}) {
            for (const Size m : {24, 64, 256}) {
                for (const Size n : {24, 128, 264}) benchmark->Args({m, d, n, static_cast<Size>(kind)});
            }
        }
    }
}

BENCHMARK(preactivations)->Apply(shapes)->UseManualTime()->MinTime(0.05)->Unit(benchmark::kMicrosecond);
BENCHMARK(layer_with_derivatives)
    ->Apply(shapes_with_activations)
    ->UseManualTime()
    ->MinTime(0.05)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(weighted_sums)->Apply(shapes)->UseManualTime()->MinTime(0.05)->Unit(benchmark::kMicrosecond);

}  // namespace
