// Preactivations alone, with tanh and both derivatives, and the weighted sums of the gradient.
// flops: the matrix product only, 2 m d n.
#include "core/buffer.hpp"
#include "core/random.hpp"
#include "kernel_timing.hpp"
#include "kernels/activation.hpp"
#include "kernels/hidden_layer.hpp"

using namespace tepui;

namespace {

struct Layer {
    Size m, d, n;
    Buffer<double> w, xt, z, value, first, second, out;

    explicit Layer(const benchmark::State& state)
        : m(state.range(0)),
          d(state.range(1)),
          n(state.range(2)),
          w(m * d),
          xt(d * n),
          z(m * n),
          value(m * n),
          first(m * n),
          second(m * n),
          out(m * d) {
        Random random(1, 0);
        for (double& x : xt.span()) x = random.normal();
        for (double& x : w.span()) x = random.normal() / std::sqrt(static_cast<double>(d));
    }
    double flops() const {
        return 2.0 * static_cast<double>(m) * static_cast<double>(d) * static_cast<double>(n);
    }
    void preactivate() { kernels::preactivations(w.data(), d, m, d, xt.data(), n, n, z.data(), n); }
};

void preactivations(benchmark::State& state) {
    Layer layer(state);
    bench::report_against_peak(state, layer.flops(), 1, [&] { layer.preactivate(); });
}

void layer_with_derivatives(benchmark::State& state) {
    Layer layer(state);
    bench::report_against_peak(state, layer.flops(), 1, [&] {
        layer.preactivate();
        kernels::evaluate_activation(ActivationKind::tanh, 0, layer.m * layer.n, layer.z.data(),
                                     {layer.value.data(), layer.first.data(), layer.second.data(), nullptr});
    });
}

void weighted_sums(benchmark::State& state) {
    Layer layer(state);
    layer.preactivate();
    bench::report_against_peak(state, layer.flops(), 1, [&] {
        kernels::weighted_sums(layer.z.data(), layer.n, layer.m, layer.d, layer.xt.data(), layer.n, layer.n,
                               layer.out.data(), layer.d);
    });
}

void shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"m", "d", "n"});
    for (const Size d : {10, 64, 256, 784}) {
        for (const Size m : {1, 8, 24, 64}) benchmark->Args({m, d, 264});
    }
}

BENCHMARK(preactivations)->Apply(shapes)->UseManualTime()->MinTime(0.05)->Unit(benchmark::kMicrosecond);
BENCHMARK(layer_with_derivatives)
    ->Apply(shapes)
    ->UseManualTime()
    ->MinTime(0.05)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(weighted_sums)->Apply(shapes)->UseManualTime()->MinTime(0.05)->Unit(benchmark::kMicrosecond);

}  // namespace
