// Whole passes over a table: loss, gradient and all inner Hessians; the full Hessian.
#include <array>

#include "core/execution.hpp"
#include "gram_workload.hpp"
#include "grids.hpp"
#include "linalg/blas.hpp"
#include "network/derivatives/objective.hpp"
#include "pass_workload.hpp"
#include "splitting/inner_hessian.hpp"

namespace tepui::bench {
namespace {

using PassShape = std::array<Size, 3>;  // m, d, n

Execution on(int threads) {
    Execution execution;
    execution.threads = threads;
    return execution;
}

void measure_inner_hessians(Meter& meter, Size m, Size d, Size n) {
    const PassWorkload work(m, d, n);
    BlasPass blas(work);
    GramWorkload gram(m, d, n);
    for (kernels::GramRow& row : gram.rows) row.right = nullptr;
    const double layer = 2.0 * static_cast<double>(m * d * n);  // once for Z, once for the gradient
    for (const int threads : meter.settings().threads) {
        PassParts parts(work, threads);
        meter.measure("inner_hessian_pass", {{"m", m}, {"d", d}, {"n", n}}, threads,
                      gram.flops() + 2.0 * layer,
                      [&] { inner_hessians(work.data, work.network, on(threads), Bounds::without); },
                      {{"gram_alone", [&] { gram.run_on(threads); }},
                       {"gram_in_cache", [&] { parts.gram(); }},
                       {"activations_in_cache", [&] { parts.activations(); }},
                       {"both_in_cache", [&] { parts.both(); }},
                       {std::string("dgemm+") + blas.activation(), [&] { blas.run(threads); }}});
    }
}

void measure_hessian(Meter& meter, Size m, Size d, Size n) {
    const PassWorkload work(m, d, n);
    const Buffer<double> ready = jacobian(work);
    const Size order = work.network.parameter_count();
    Buffer<double> product(order * order);
    const double flops = 2.0 * static_cast<double>(n * triangle(m)) * static_cast<double>(triangle(d));
    for (const int threads : meter.settings().threads) {
        meter.measure("hessian", {{"m", m}, {"d", d}, {"n", n}}, threads, flops,
                      [&] { hessian(work.data, work.network, on(threads)); },
                      {{"dsyrk_ready_jacobian", [&] {
                            linalg::syrk(order, n, 1.0, ready.data(), order, 0.0, product.data(), order,
                                         threads);
                        }}});
    }
}

}  // namespace

void measure_passes(Meter& meter) {
    const bool quick = meter.settings().quick;
    using Shapes = std::vector<PassShape>;
    if (meter.wants("inner_hessian_pass")) {
        const Shapes full = {{24, 4, 20000},  {24, 10, 20000}, {24, 16, 20000}, {24, 64, 20000},
                             {64, 64, 20000}, {24, 256, 8192}, {24, 784, 2048}};
        for (const auto& [m, d, n] : quick ? Shapes{{3, 5, 64}} : full)
            measure_inner_hessians(meter, m, d, n);
    }
    if (meter.wants("hessian")) {
        const Shapes full = {{16, 64, 20000}};
        for (const auto& [m, d, n] : quick ? Shapes{{2, 5, 64}} : full) measure_hessian(meter, m, d, n);
    }
}

}  // namespace tepui::bench
