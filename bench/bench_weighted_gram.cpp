// The weighted Gram at the shapes of inner Hessians (rows = neurons) and full Hessians (rows = pairs of
// neurons). flops: the triangle only, 2 Q n d (d + 1) / 2.
#include "core/buffer.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"
#include "kernel_timing.hpp"
#include "kernels/weighted_gram.hpp"

using namespace tepui;

namespace {

struct Problem {
    Size q, d, n;
    Buffer<double> xt, left, right, g;
    std::vector<kernels::GramRow> rows;

    Problem(Size row_count, Size inputs, Size count)
        : q(row_count), d(inputs), n(count), xt(d * n), left(q * n), right(n), g(triangle(d) * q) {
        Random random(1, 0);
        for (double& x : xt.span()) x = random.normal();
        for (double& x : left.span()) x = random.normal();
        for (double& x : right.span()) x = random.normal();
        for (Size r = 0; r < q; ++r) rows.push_back({left.data() + r * n, right.data()});
    }
    void run(Size begin, Size end) {
        kernels::weighted_gram(xt.data(), n, n, d, rows.data(), q, begin, end, g.data(), q);
    }
};

void weighted_gram(benchmark::State& state) {
    Problem problem(state.range(0), state.range(1), state.range(2));
    const int threads = static_cast<int>(state.range(3));
    const Size pairs = triangle(problem.d);
    const double flops = 2.0 * static_cast<double>(problem.q * problem.n) * static_cast<double>(pairs);
    bench::report_against_peak(state, flops, threads, [&] {
        parallel_for(threads, threads, [&](Size task, Size) {
            problem.run(pairs * task / threads, pairs * (task + 1) / threads);
        });
    });
}

void shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"Q", "d", "n", "threads"});
    const int most = std::min(2, omp_get_num_procs());
    for (int threads = 1; threads <= most; ++threads) {
        for (const Size q : {24, 96, 240}) {
            for (const Size d : {32, 64, 256}) benchmark->Args({q, d, d == 256 ? 768 : 1536, threads});
        }
        benchmark->Args({24, 784, 576, threads});
        benchmark->Args({24, 10, 16384, threads});
        for (const Size q : {1, 4, 8}) benchmark->Args({q, 64, 4096, threads});
    }
}

BENCHMARK(weighted_gram)->Apply(shapes)->UseManualTime()->MinTime(0.3)->Unit(benchmark::kMillisecond);

}  // namespace
