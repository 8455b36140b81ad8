// The weighted Gram at the shapes of inner Hessians (Q = neurons) and of the Hessian (Q = pairs of neurons).
#include <array>
#include <deque>

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

// As in a pass: every thread sums a block of samples that its cache holds, again and again.
void measure_block_in_cache(Meter& meter, Size q, Size d, Size block, Size times) {
    for (const int threads : meter.settings().threads) {
        std::deque<GramWorkload> blocks;
        for (int t = 0; t < threads; ++t) blocks.emplace_back(q, d, block);
        const double flops = blocks.front().flops() * static_cast<double>(times * threads);
        meter.measure("weighted_gram_block_in_cache", {{"Q", q}, {"d", d}, {"n", block}, {"times", times}},
                      threads, flops,
                      [&] {
                          parallel_for(threads, threads, [&](Size t, Size) {
                              GramWorkload& work = blocks[static_cast<std::size_t>(t)];
                              for (Size time = 0; time < times; ++time) work.run(0, triangle(d));
                          });
                      },
                      {});
    }
}

}  // namespace

void measure_weighted_gram(Meter& meter) {
    const bool quick = meter.settings().quick;
    if (meter.wants("weighted_gram")) {
        for (const auto& [q, d, n] : shapes(quick)) measure_shape(meter, q, d, n);
    }
    if (meter.wants("weighted_gram_block_in_cache")) {
        for (const Size d : quick ? std::vector<Size>{6} : std::vector<Size>{10, 32})
            measure_block_in_cache(meter, quick ? 4 : 24, d, quick ? 64 : 512, quick ? 2 : 32);
    }
}

}  // namespace tepui::bench
