// A weighted Gram to compute: packed samples and coefficient rows.
#pragma once

#include <vector>

#include "core/buffer.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"
#include "kernels/weighted_gram.hpp"

namespace tepui::bench {

template <class T>
struct GramWorkloadOf {
    Size q, d, n;
    Size stride;  // of the packed rows; as in a pass over samples, rows do not start a power of two apart
    Buffer<T> xt, left, right;
    Buffer<double> g;
    std::vector<kernels::GramRowOf<T>> rows;

    GramWorkloadOf(Size row_count, Size inputs, Size count)
        : q(row_count),
          d(inputs),
          n(count),
          stride(n % 512 == 0 ? n + 16 : n),
          xt(d * stride),
          left(q * stride),
          right(n),
          g(triangle(d) * q) {
        Random random(1, 0);
        for (T& x : xt.span()) x = static_cast<T>(random.normal());
        for (T& x : left.span()) x = static_cast<T>(random.normal());
        for (T& x : right.span()) x = static_cast<T>(random.normal());
        for (Size r = 0; r < q; ++r) rows.push_back({left.data() + r * stride, right.data()});
    }
    // The triangle only, 2 Q n d (d + 1) / 2.
    double flops() const { return 2.0 * static_cast<double>(q * n) * static_cast<double>(triangle(d)); }
    void run(Size begin, Size end) {
        kernels::weighted_gram({xt.data(), stride, n, d}, rows.data(), q, {begin, end}, g.data(), q);
    }
    void run_on(int threads) {
        const Size pairs = triangle(d);
        parallel_for(threads, threads,
                     [&](Size task, Size) { run(pairs * task / threads, pairs * (task + 1) / threads); });
    }
};
using GramWorkload = GramWorkloadOf<double>;

}  // namespace tepui::bench
