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
#include "kernels/scratch.hpp"
#include "kernels/weighted_gram.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

constexpr Size kInputVectors = 24;  // of the inputs j that pass at once
template <class T>
constexpr Size kInputDepth = std::min(machine::kL2Depth, kMostTerms<T>);
constexpr Size kMaxLaneBlocks = 8;
template <class T>
constexpr Size kCoefficientStride =
    kInputDepth<T> + kAlignment / static_cast<Size>(sizeof(T));  // not a power of two, whole cache lines

// One chunk of samples and one block of inputs [j0, j0 + kLanesOf<T> * lane_blocks).
template <class T>
struct InputBlock {
    const GramProblem<T>& problem;
    Size k0, depth, j0, lane_blocks, q_count;
    const T* coefficients;  // rows of this chunk
    T* inputs;              // [lane_blocks][kInputDepth<T>][kLanesOf<T>]
    double* g;

    const T* x(Size i) const { return problem.xt + i * problem.ldx + k0; }
};

// The factors of the next V vectors c_q x_j of the list.
template <int V, class T>
struct InputVectors {
    const T* x[V];
    const T* c[V];

    InputVectors(const InputBlock<T>& block, Size& lane_block, Size& q) {
        for (Size v = 0; v < V; ++v) {
            x[v] = block.inputs + lane_block * kInputDepth<T> * kLanesOf<T>;
            c[v] = block.coefficients + q * kCoefficientStride<T>;
            if (++q < block.q_count) continue;
            q = 0;
            ++lane_block;
        }
    }
};

template <class T>
void multiply_rows(const GramRowOf<T>& row, Size k0, Size depth, T* out) {
    for (Size k = 0; k < depth; k += kLanesOf<T>) {
        const Size n = std::min<Size>(kLanesOf<T>, depth - k);
        const VectorOf<T> left = load_up_to(row.left + k0 + k, n);
        const VectorOf<T> c = row.right == nullptr ? left : hn::Mul(left, load_up_to(row.right + k0 + k, n));
        hn::Store(c, TagOf<T>(), out + k);
    }
}

// One vector of inputs, zero for those that do not exist, times c, which is padded, if there is one.
template <class T>
HWY_NOINLINE void pack_inputs(const T* HWY_RESTRICT x, Size ldx, Size inputs, Size depth,
                              const T* HWY_RESTRICT c, T* HWY_RESTRICT out) {
    const auto load = [&](Size s, Size k, Size n) HWY_ATTR {
        const VectorOf<T> value = load_up_to(x + s * ldx + k, n);
        return c == nullptr ? value : hn::Mul(value, hn::Load(TagOf<T>(), c + k));
    };
    Size k = 0;
    if (inputs >= kLanesOf<T>) {
        for (; k + kLanesOf<T> <= depth; k += kLanesOf<T>)
            pack_block<1>(k, kLanesOf<T>, 0, kLanesOf<T>, out + k * kLanesOf<T>, load);
    }
    for (; k < depth; k += kLanesOf<T>)
        pack_block<1>(k, std::min<Size>(kLanesOf<T>, depth - k), 0, inputs, out + k * kLanesOf<T>, load);
}

// The sums of N rows i with V vectors, row t to out + t * kInputVectors * kLanesOf<T>. A single row q is
// packed with the inputs.
template <int V, int N, bool kMultiply, class T>
HWY_NOINLINE void input_tile(Size depth, const InputVectors<V, T>& vectors, const T* HWY_RESTRICT xi,
                             Size ldx, T* HWY_RESTRICT out) {
    const TagOf<T> tag;
    Sums<V, N, T> sums;
    clear<V, N, T>(sums);
    const T* x[V];
    const T* c[V];
    HWY_UNROLL(3)
    for (int v = 0; v < V; ++v) {
        x[v] = vectors.x[v];
        c[v] = vectors.c[v];
    }
    for_steps(depth, [&](Size k) HWY_ATTR {
        VectorOf<T> a[V];
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) {
            a[v] = hn::Load(tag, x[v] + k * kLanesOf<T>);
            if constexpr (kMultiply) a[v] = hn::Mul(a[v], hn::Set(tag, c[v][k]));
        }
        HWY_UNROLL(8)
        for (int t = 0; t < N; ++t) {
            const VectorOf<T> factor = hn::Set(tag, xi[t * ldx + k]);
            HWY_UNROLL(3)
            for (int v = 0; v < V; ++v) sums[t][v] = multiply_add<T>(a[v], factor, sums[t][v]);
        }
    });
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) hn::Store(sums[t][v], tag, out + (t * kInputVectors + v) * kLanesOf<T>);
    }
}

// Where the sums of row i and one vector of inputs go: some of the lanes from j on.
template <class T>
struct PairLanes {
    double* g;  // of the first lane
    Size begin, end;

    PairLanes(const InputBlock<T>& block, Size i, Size j) {
        const GramProblem<T>& problem = block.problem;
        const Size base = triangle(i) + j;
        g = block.g + base * problem.ldg;
        begin = std::clamp<Size>(problem.pair_begin - base, 0, kLanesOf<T>);
        end = std::clamp<Size>(std::min(i + 1 - j, problem.pair_end - base), 0, kLanesOf<T>);
    }
};

// While the sums are formed, what they are added to comes nearer.
template <class T>
void prefetch_pairs(const InputBlock<T>& block, Size i, Size j) {
    const PairLanes<T> pairs(block, i, j);
    const Size ldg = block.problem.ldg;
    for (Size at = pairs.begin * ldg; at < pairs.end * ldg; at += kLanes) __builtin_prefetch(pairs.g + at, 1);
}

// Adds one vector of sums for each row q: they lie in g as a vector of rows q for each pair.
template <class T>
void add_pairs(const InputBlock<T>& block, Size i, Size j, const T* sums) {
    const PairLanes<T> pairs(block, i, j);
    const Size ldg = block.problem.ldg;
    const Size q_count = block.q_count;
    if (q_count < kLanesOf<T> / 2) {
        for (Size q = 0; q < q_count; ++q) {
            for (Size s = pairs.begin; s < pairs.end; ++s) pairs.g[s * ldg + q] += sums[q * kLanesOf<T> + s];
        }
        return;
    }
    VectorOf<T> lanes[kLanesOf<T>];
    HWY_UNROLL(16)
    for (int s = 0; s < kLanesOf<T>; ++s)
        lanes[s] = s < q_count ? hn::Load(TagOf<T>(), sums + s * kLanesOf<T>) : hn::Zero(TagOf<T>());
    transpose(lanes);
    const bool whole = pairs.begin == 0 && pairs.end == kLanesOf<T>;
    HWY_UNROLL(16)
    for (int s = 0; s < kLanesOf<T>; ++s) {
        if (whole || (s >= pairs.begin && s < pairs.end))
            add_to_doubles(lanes[s], pairs.g + s * ldg, q_count);
    }
}

// Rows [i, i + N).
template <int N, class T>
void add_input_rows(const InputBlock<T>& block, Size i, T* sums) {
    const Size ldx = block.problem.ldx;
    const T* const x = block.x(i);
    const Size blocks = std::min(block.lane_blocks, (i + N - 1 - block.j0) / kLanesOf<T> + 1);
    const Size vector_count = blocks * block.q_count;
    const auto for_pairs = [&](const auto& body) {
        for (Size t = 0; t < N; ++t) {
            for (Size b = 0; b < blocks; ++b) body(t, b, block.j0 + b * kLanesOf<T>);
        }
    };
    for_pairs([&](Size t, Size, Size j) { prefetch_pairs(block, i + t, j); });
    Size v = 0;
    Size lane_block = 0;
    Size q = 0;
    const auto run = [&](auto width) {
        constexpr int V = decltype(width)::value;
        const InputVectors<V, T> vectors(block, lane_block, q);
        if (block.q_count == 1) {
            input_tile<V, N, false>(block.depth, vectors, x, ldx, sums + v * kLanesOf<T>);
        } else {
            input_tile<V, N, true>(block.depth, vectors, x, ldx, sums + v * kLanesOf<T>);
        }
    };
    for (; v + kTileVectors <= vector_count; v += kTileVectors)
        run(std::integral_constant<int, kTileVectors>());
    if (v + 2 == vector_count) run(std::integral_constant<int, 2>());
    if (v + 1 == vector_count) run(std::integral_constant<int, 1>());
    for_pairs([&](Size t, Size b, Size j) HWY_ATTR {
        add_pairs(block, i + t, j, sums + (t * kInputVectors + b * block.q_count) * kLanesOf<T>);
    });
}

template <class T>
void gram_input_block(const InputBlock<T>& block, T* sums) {
    Size i = std::max(block.j0, row_of_pair(block.problem.pair_begin));
    const Size end = row_of_pair(block.problem.pair_end - 1) + 1;
    if (i >= end) return;
    for (Size b = 0; b < block.lane_blocks; ++b) {
        const Size j = block.j0 + b * kLanesOf<T>;
        pack_inputs(block.x(j), block.problem.ldx, std::min<Size>(kLanesOf<T>, block.problem.d - j),
                    block.depth, block.q_count == 1 ? block.coefficients : nullptr,
                    block.inputs + b * kInputDepth<T> * kLanesOf<T>);
    }
    for (; i + kTileRows <= end; i += kTileRows) add_input_rows<kTileRows>(block, i, sums);
    if constexpr (kTileRows > 4) {
        if (i + 4 <= end) add_input_rows<4>(block, i, sums), i += 4;
    }
    if (i + 2 <= end) add_input_rows<2>(block, i, sums), i += 2;
    if (i < end) add_input_rows<1>(block, i, sums);
}

// q_count <= kLanesOf<T>.
template <class T>
void gram_by_inputs(const GramProblem<T>& problem, const GramRowOf<T>* rows, Size q_count, double* g,
                    const GramBlocking& blocking) {
    const Size all_blocks = (problem.d + kLanesOf<T> - 1) / kLanesOf<T>;
    const Size lane_blocks = std::min({all_blocks, kInputVectors / q_count, kMaxLaneBlocks});
    const Size most = blocking.samples > 0 ? std::min(blocking.samples, kInputDepth<T>) : kInputDepth<T>;
    const Size depth = chunk_length(problem.count, most, kLanesOf<T>);
    const Scratch<T> inputs(lane_blocks * kInputDepth<T> * kLanesOf<T>);
    const Scratch<T> coefficients(q_count * kCoefficientStride<T>);
    const Scratch<T> sums(kTileRows * kInputVectors * kLanesOf<T>);
    for (Size k0 = 0; k0 < problem.count; k0 += depth) {
        const Size length = std::min(depth, problem.count - k0);
        for (Size q = 0; q < q_count; ++q)
            multiply_rows(rows[q], k0, length, coefficients.data() + q * kCoefficientStride<T>);
        for (Size b = 0; b < all_blocks; b += lane_blocks) {
            const Size blocks = std::min(lane_blocks, all_blocks - b);
            gram_input_block<T>({problem, k0, length, b * kLanesOf<T>, blocks, q_count, coefficients.data(),
                                 inputs.data(), g},
                                sums.data());
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_INPUTS_INL
