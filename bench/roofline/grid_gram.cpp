// The weighted Gram at the shapes of inner Hessians (Q = neurons) and of the Hessian (Q = pairs of neurons).
#include <array>

#include "blas_rivals.hpp"
#include "gram_workload.hpp"
#include "grids.hpp"

namespace tepui::bench {
namespace {

using GramShape = std::array<Size, 3>;  // Q, d, n

std::vector<GramShape> shapes(bool quick) {
    if (quick) return {{4, 6, 64}};
    std::vector<GramShape> all;
    for (const Size q : {24, 96, 240}) {
        for (const Size d : {32, 64, 256}) all.push_back({q, d, d == 256 ? 768 : 1536});
    }
    all.push_back({24, 784, 576});
    all.push_back({24, 10, 16384});
    for (const Size q : {1, 4, 8}) all.push_back({q, 64, 4096});
    return all;
}

void measure_shape(Meter& meter, Size q, Size d, Size n) {
    GramWorkload work(q, d, n);
    BlasGram blas(d, n);
    Buffer<double> coefficients(q * n);  // BLAS has no second factor
    for (Size k = 0; k < n; ++k) {
        for (Size j = 0; j < d; ++j) blas.samples()[k * d + j] = work.xt[j * work.stride + k];
        for (Size r = 0; r < q; ++r) coefficients[r * n + k] = work.left[r * work.stride + k] * work.right[k];
    }
    for (const int threads : meter.settings().threads) {
        meter.measure("weighted_gram", {{"Q", q}, {"d", d}, {"n", n}}, threads, work.flops(),
                      [&] { work.run_on(threads); },
                      {{"dgemm_per_row", [&] { blas.gemm_loop(coefficients.data(), n, q, threads); }},
                       {"dsyrk_per_row", [&] { blas.syrk_loop(coefficients.data(), n, q, threads); }}});
    }
}

}  // namespace

void measure_weighted_gram(Meter& meter) {
    if (!meter.wants("weighted_gram")) return;
    for (const auto& [q, d, n] : shapes(meter.settings().quick)) measure_shape(meter, q, d, n);
}

}  // namespace tepui::bench
