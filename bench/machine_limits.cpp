#include "machine_limits.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "machine_limits.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/panel-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::bench {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// 24 independent chains fill every multiply-add unit for any latency up to 12 cycles at two a cycle. Returns
// the flops done.
double multiply_add_chains(long rounds, double factor, double* sink) {
    const hn::ScalableTag<double> tag;
    using V = hn::Vec<decltype(tag)>;
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
    constexpr int kChains = 24;
#else
    constexpr int kChains = 12;
#endif
    V chain[kChains];
    HWY_UNROLL(24)
    for (int c = 0; c < kChains; ++c) chain[c] = hn::Set(tag, 1.0 + c);
    const V a = hn::Set(tag, factor);
    const V b = hn::Set(tag, 1.0 - factor);
    for (long r = 0; r < rounds; ++r) {
        HWY_UNROLL(24)
        for (int c = 0; c < kChains; ++c) chain[c] = hn::MulAdd(chain[c], a, b);
    }
    V sum = chain[0];
    for (int c = 1; c < kChains; ++c) sum = hn::Add(sum, chain[c]);
    *sink = hn::GetLane(sum);
    return 2.0 * kChains * static_cast<double>(hn::Lanes(tag)) * static_cast<double>(rounds);
}

constexpr tepui::Size kTileDepth = 64;  // 12 and 4 KB at the widest vectors

// Returns the flops done.
double multiply_add_tiles(long rounds, const double* panel, const double* rows, double* sink) {
    using namespace tepui::kernels::HWY_NAMESPACE;
    for (long r = 0; r < rounds; ++r) {
        Sums<kTileVectors, kTileRows> sums;
        clear<kTileVectors, kTileRows>(sums);
        for_steps(kTileDepth, [&](tepui::Size k) HWY_ATTR {
            step<kTileVectors, kTileRows>(panel + k * kPanelLanes, rows + k * kTileRows, 1, sums);
        });
        HWY_UNROLL(8)
        for (int t = 0; t < kTileRows; ++t) {
            HWY_UNROLL(3)
            for (int v = 0; v < kTileVectors; ++v)
                hn::StoreU(sums[t][v], Tag(), sink + (t * kTileVectors + v) * kLanes);
        }
    }
    return 2.0 * static_cast<double>(kTileDepth * kTileRows * kPanelLanes) * static_cast<double>(rounds);
}

const char* target_name() {
    return hwy::TargetName(HWY_TARGET);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::bench
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <omp.h>

#include <algorithm>
#include <vector>

#include "timing.hpp"

namespace tepui::bench {

HWY_EXPORT(multiply_add_chains);
HWY_EXPORT(multiply_add_tiles);
HWY_EXPORT(target_name);

double fma_peak(int threads, int repetitions) {
    constexpr long kRounds = 50000;
    double best = 0;
    for (int r = 0; r < repetitions; ++r) {
        double flops = 0;
        double begin = 1e300;
        double end = 0;
        // From the first thread's start to the last one's end: a thread that is held up lowers the rate,
        // never raises it.
#pragma omp parallel num_threads(threads) reduction(+ : flops) reduction(min : begin) reduction(max : end)
        {
            double sink = 0;
            HWY_DYNAMIC_DISPATCH(multiply_add_chains)(kRounds / 50, 0.5, &sink);  // wide vectors powered up
#pragma omp barrier
            begin = omp_get_wtime();
            flops += HWY_DYNAMIC_DISPATCH(multiply_add_chains)(kRounds, 0.5, &sink);
            end = omp_get_wtime();
            volatile double keep = sink;
            (void)keep;
        }
        best = std::max(best, flops / (end - begin));
    }
    return best;
}

double tile_rate(int threads) {
    constexpr long kRounds = 300;
    constexpr std::size_t kPanel = 24 * 64;  // of the widest tile
    constexpr std::size_t kRows = 8 * 64;
    double flops = 0;
    double begin = 1e300;
    double end = 0;
#pragma omp parallel num_threads(threads) reduction(+ : flops) reduction(min : begin) reduction(max : end)
    {
        alignas(64) double panel[kPanel] = {};
        alignas(64) double rows[kRows] = {};
        alignas(64) double sums[24 * 8];
        const auto now = [&] { return threads == 1 ? thread_seconds() : omp_get_wtime(); };
        HWY_DYNAMIC_DISPATCH(multiply_add_tiles)(kRounds / 10, panel, rows, sums);
#pragma omp barrier
        begin = now();
        flops += HWY_DYNAMIC_DISPATCH(multiply_add_tiles)(kRounds, panel, rows, sums);
        end = now();
        volatile double keep = sums[0];
        (void)keep;
    }
    return flops / (end - begin);
}

double memory_bandwidth(int threads, double bytes, int repetitions) {
    const long n = static_cast<long>(bytes / 3 / sizeof(double));
    std::vector<double> a(static_cast<std::size_t>(n));
    std::vector<double> b(static_cast<std::size_t>(n), 1.0);
    std::vector<double> c(static_cast<std::size_t>(n), 2.0);
    double best = 0;
    for (int r = 0; r < repetitions; ++r) {
        const double begin = omp_get_wtime();
        const double s = 1.0 + r;
#pragma omp parallel for simd num_threads(threads) schedule(static)
        for (long i = 0; i < n; ++i)
            a[static_cast<std::size_t>(i)] =
                b[static_cast<std::size_t>(i)] + s * c[static_cast<std::size_t>(i)];
        best = std::max(best, 4.0 * sizeof(double) * static_cast<double>(n) / (omp_get_wtime() - begin));
    }
    volatile double keep = a[static_cast<std::size_t>(n / 2)];
    (void)keep;
    return best;
}

std::string_view peak_isa() {
    return HWY_DYNAMIC_DISPATCH(target_name)();
}

}  // namespace tepui::bench
#endif  // HWY_ONCE
