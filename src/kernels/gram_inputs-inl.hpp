// The weighted Gram with the vector lanes across the inputs j of the pairs (i, j), for few coefficient rows:
// a = c_q x_j, one vector of inputs j and one row q each; b = the inputs x_i where they lie. A tile takes the
// next kTileVectors vectors of a list that has all rows q of the first inputs j, then those of the next: what
// a row i needs, all j <= i, is the beginning of the list, and no tile is narrower than it must be. The
// products c_q x_j are formed in registers, since storing them costs more.
#if defined(TEPUI_KERNELS_GRAM_INPUTS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_GRAM_INPUTS_INL
#undef TEPUI_KERNELS_GRAM_INPUTS_INL
#else
#define TEPUI_KERNELS_GRAM_INPUTS_INL
#endif

#include "kernels/gram_problem.hpp"
#include "kernels/panel-inl.hpp"
#include "kernels/weighted_gram.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

constexpr Size kInputVectors = 24;  // of the inputs j that pass at once
constexpr Size kInputDepth = 512;
constexpr Size kMaxLaneBlocks = 8;
constexpr Size kCoefficientStride = kInputDepth + 8;  // not a power of two, whole cache lines

// One chunk of samples and one block of inputs [j0, j0 + kLanes * lane_blocks).
struct InputBlock {
    const GramProblem& problem;
    Size k0, depth, j0, lane_blocks, q_count;
    const double* coefficients;  // rows of this chunk
    double* inputs;              // [lane_blocks][kInputDepth][kLanes]
    double* g;

    const double* x(Size i) const { return problem.xt + i * problem.ldx + k0; }
};

// The factors of the next V vectors c_q x_j of the list.
template <int V>
struct InputVectors {
    const double* x[V];
    const double* c[V];

    InputVectors(const InputBlock& block, Size& lane_block, Size& q) {
        for (Size v = 0; v < V; ++v) {
            x[v] = block.inputs + lane_block * kInputDepth * kLanes;
            c[v] = block.coefficients + q * kCoefficientStride;
            if (++q < block.q_count) continue;
            q = 0;
            ++lane_block;
        }
    }
};

inline void multiply_rows(const GramRow& row, Size k0, Size depth, double* out) {
    for (Size k = 0; k < depth; k += kLanes) {
        const Size n = std::min<Size>(kLanes, depth - k);
        const Vector left = load_up_to(row.left + k0 + k, n);
        const Vector c = row.right == nullptr ? left : hn::Mul(left, load_up_to(row.right + k0 + k, n));
        hn::Store(c, Tag(), out + k);
    }
}

// One vector of inputs, zero for those that do not exist, times c, which is padded, if there is one.
HWY_NOINLINE void pack_inputs(const double* HWY_RESTRICT x, Size ldx, Size inputs, Size depth,
                              const double* HWY_RESTRICT c, double* HWY_RESTRICT out) {
    const auto load = [&](Size s, Size k, Size n) HWY_ATTR {
        const Vector value = load_up_to(x + s * ldx + k, n);
        return c == nullptr ? value : hn::Mul(value, hn::Load(Tag(), c + k));
    };
    Size k = 0;
    if (inputs >= kLanes) {
        for (; k + kLanes <= depth; k += kLanes) pack_block<1>(k, kLanes, 0, kLanes, out + k * kLanes, load);
    }
    for (; k < depth; k += kLanes)
        pack_block<1>(k, std::min<Size>(kLanes, depth - k), 0, inputs, out + k * kLanes, load);
}

// The sums of N rows i with V vectors, row t to out + t * kInputVectors * kLanes. A single row q is packed
// with the inputs.
template <int V, int N, bool kMultiply>
HWY_NOINLINE void input_tile(Size depth, const InputVectors<V>& vectors, const double* HWY_RESTRICT xi,
                             Size ldx, double* HWY_RESTRICT out) {
    const Tag tag;
    Sums<V, N> sums;
    clear<V, N>(sums);
    const double* x[V];
    const double* c[V];
    HWY_UNROLL(3)
    for (int v = 0; v < V; ++v) {
        x[v] = vectors.x[v];
        c[v] = vectors.c[v];
    }
    for_steps(depth, [&](Size k) HWY_ATTR {
        Vector a[V];
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) {
            a[v] = hn::Load(tag, x[v] + k * kLanes);
            if constexpr (kMultiply) a[v] = hn::Mul(a[v], hn::Set(tag, c[v][k]));
        }
        HWY_UNROLL(8)
        for (int t = 0; t < N; ++t) {
            const Vector factor = hn::Set(tag, xi[t * ldx + k]);
            HWY_UNROLL(3)
            for (int v = 0; v < V; ++v) sums[t][v] = multiply_add(a[v], factor, sums[t][v]);
        }
    });
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) hn::Store(sums[t][v], tag, out + (t * kInputVectors + v) * kLanes);
    }
}

// Where the sums of row i and one vector of inputs go: some of the lanes from j on.
struct PairLanes {
    double* g;  // of the first lane
    Size begin, end;

    PairLanes(const InputBlock& block, Size i, Size j) {
        const GramProblem& problem = block.problem;
        const Size base = triangle(i) + j;
        g = block.g + base * problem.ldg;
        begin = std::clamp<Size>(problem.pair_begin - base, 0, kLanes);
        end = std::clamp<Size>(std::min(i + 1 - j, problem.pair_end - base), 0, kLanes);
    }
};

// While the sums are formed, what they are added to comes nearer.
inline void prefetch_pairs(const InputBlock& block, Size i, Size j) {
    const PairLanes pairs(block, i, j);
    const Size ldg = block.problem.ldg;
    for (Size at = pairs.begin * ldg; at < pairs.end * ldg; at += kLanes) __builtin_prefetch(pairs.g + at, 1);
}

// Adds one vector of sums for each row q: they lie in g as a vector of rows q for each pair.
inline void add_pairs(const InputBlock& block, Size i, Size j, const double* sums) {
    const PairLanes pairs(block, i, j);
    const Size ldg = block.problem.ldg;
    const Size q_count = block.q_count;
    if (q_count < kLanes / 2) {
        for (Size q = 0; q < q_count; ++q) {
            for (Size s = pairs.begin; s < pairs.end; ++s) pairs.g[s * ldg + q] += sums[q * kLanes + s];
        }
        return;
    }
    Vector lanes[kLanes];
    HWY_UNROLL(8)
    for (int s = 0; s < kLanes; ++s)
        lanes[s] = s < q_count ? hn::Load(Tag(), sums + s * kLanes) : hn::Zero(Tag());
    transpose(lanes);
    const bool whole = pairs.begin == 0 && pairs.end == kLanes;
    HWY_UNROLL(8)
    for (int s = 0; s < kLanes; ++s) {
        if (whole || (s >= pairs.begin && s < pairs.end)) add_up_to(lanes[s], pairs.g + s * ldg, q_count);
    }
}

// Rows [i, i + N).
template <int N>
void add_input_rows(const InputBlock& block, Size i, double* sums) {
    const Size ldx = block.problem.ldx;
    const double* const x = block.x(i);
    const Size blocks = std::min(block.lane_blocks, (i + N - 1 - block.j0) / kLanes + 1);
    const Size vector_count = blocks * block.q_count;
    const auto for_pairs = [&](const auto& body) {
        for (Size t = 0; t < N; ++t) {
            for (Size b = 0; b < blocks; ++b) body(t, b, block.j0 + b * kLanes);
        }
    };
    for_pairs([&](Size t, Size, Size j) { prefetch_pairs(block, i + t, j); });
    Size v = 0;
    Size lane_block = 0;
    Size q = 0;
    const auto run = [&](auto width) {
        constexpr int V = decltype(width)::value;
        const InputVectors<V> vectors(block, lane_block, q);
        if (block.q_count == 1) {
            input_tile<V, N, false>(block.depth, vectors, x, ldx, sums + v * kLanes);
        } else {
            input_tile<V, N, true>(block.depth, vectors, x, ldx, sums + v * kLanes);
        }
    };
    for (; v + kTileVectors <= vector_count; v += kTileVectors)
        run(std::integral_constant<int, kTileVectors>());
    if (v + 2 == vector_count) run(std::integral_constant<int, 2>());
    if (v + 1 == vector_count) run(std::integral_constant<int, 1>());
    for_pairs([&](Size t, Size b, Size j) HWY_ATTR {
        add_pairs(block, i + t, j, sums + (t * kInputVectors + b * block.q_count) * kLanes);
    });
}

inline void gram_input_block(const InputBlock& block, double* sums) {
    Size i = std::max(block.j0, row_of_pair(block.problem.pair_begin));
    const Size end = row_of_pair(block.problem.pair_end - 1) + 1;
    if (i >= end) return;
    for (Size b = 0; b < block.lane_blocks; ++b) {
        const Size j = block.j0 + b * kLanes;
        pack_inputs(block.x(j), block.problem.ldx, std::min<Size>(kLanes, block.problem.d - j), block.depth,
                    block.q_count == 1 ? block.coefficients : nullptr,
                    block.inputs + b * kInputDepth * kLanes);
    }
    for (; i + kTileRows <= end; i += kTileRows) add_input_rows<kTileRows>(block, i, sums);
    if constexpr (kTileRows > 4) {
        if (i + 4 <= end) add_input_rows<4>(block, i, sums), i += 4;
    }
    if (i + 2 <= end) add_input_rows<2>(block, i, sums), i += 2;
    if (i < end) add_input_rows<1>(block, i, sums);
}

// q_count <= kLanes.
inline void gram_by_inputs(const GramProblem& problem, const GramRow* rows, Size q_count, double* g,
                           const GramBlocking& blocking) {
    HWY_ALIGN double inputs[kMaxLaneBlocks * kInputDepth * kLanes];
    HWY_ALIGN double coefficients[kLanes * kCoefficientStride];
    HWY_ALIGN double sums[kTileRows * kInputVectors * kLanes];
    const Size all_blocks = (problem.d + kLanes - 1) / kLanes;
    const Size lane_blocks = std::min({all_blocks, kInputVectors / q_count, kMaxLaneBlocks});
    const Size most = blocking.samples > 0 ? std::min(blocking.samples, kInputDepth) : kInputDepth;
    const Size depth = chunk_length(problem.count, most, kLanes);
    for (Size k0 = 0; k0 < problem.count; k0 += depth) {
        const Size length = std::min(depth, problem.count - k0);
        for (Size q = 0; q < q_count; ++q)
            multiply_rows(rows[q], k0, length, coefficients + q * kCoefficientStride);
        for (Size b = 0; b < all_blocks; b += lane_blocks) {
            const Size blocks = std::min(lane_blocks, all_blocks - b);
            gram_input_block({problem, k0, length, b * kLanes, blocks, q_count, coefficients, inputs, g},
                             sums);
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_INPUTS_INL
