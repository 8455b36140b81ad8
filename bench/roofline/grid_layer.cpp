// The hidden layer with tanh and both derivatives, a strip of samples at a time as in the fused pass.
#include <deque>

#include "bench_activation_rivals.hpp"
#include "core/parallel.hpp"
#include "fastest_rival.hpp"
#include "grids.hpp"
#include "layer_workload.hpp"
#include "linalg/blas.hpp"

namespace tepui::bench {
namespace {

constexpr Size kStrip = 264;  // samples; not a power of two, whose rows would share their cache sets

void compose(LayerWorkload& layer, const Rival& tanh) {
    linalg::gemm(false, false, layer.m, layer.n, layer.d, 1.0, layer.w.data(), layer.d, layer.xt.data(),
                 layer.n, 0.0, layer.z.data(), layer.n, 1);
    tanh.evaluate(static_cast<std::size_t>(layer.m * layer.n), layer.z.data(), layer.value.data(),
                  layer.first.data(), layer.second.data());
}

// Every thread has a strip of its own.
void measure_shape(Meter& meter, Size m, Size d, int threads) {
    std::deque<LayerWorkload> strips;
    for (int t = 0; t < threads; ++t) strips.emplace_back(m, d, kStrip);
    const auto each = [&](auto&& body) {
        parallel_for(threads, threads, [&](Size t, Size) { body(strips[static_cast<std::size_t>(t)]); });
    };
    const Rival& tanh = fastest_rival("tanh");
    const double flops = strips.front().flops() * threads;
    meter.measure("hidden_layer", {{"m", m}, {"d", d}, {"n", kStrip * threads}}, threads, flops,
                  [&] {
                      each([](LayerWorkload& layer) {
                          layer.preactivate();
                          layer.differentiate();
                      });
                  },
                  {{std::string("dgemm+") + tanh.name,
                    [&] { each([&](LayerWorkload& layer) { compose(layer, tanh); }); }}});
    meter.measure("preactivations", {{"m", m}, {"d", d}, {"n", kStrip * threads}}, threads, flops,
                  [&] { each([](LayerWorkload& layer) { layer.preactivate(); }); }, {});
}

}  // namespace

void measure_hidden_layer(Meter& meter) {
    if (!meter.wants("hidden_layer") && !meter.wants("preactivations")) return;
    const bool quick = meter.settings().quick;
    for (const int threads : meter.settings().threads) {
        for (const Size d : quick ? std::vector<Size>{6} : std::vector<Size>{64, 256, 784}) {
            for (const Size m : quick ? std::vector<Size>{3} : std::vector<Size>{8, 24, 64})
                measure_shape(meter, m, d, threads);
        }
    }
}

}  // namespace tepui::bench
