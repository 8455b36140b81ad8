#include "kernels/sample_rows.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/sample_rows.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/dispatch.hpp"
#include "kernels/panel-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// Asks for the samples of a block to come in the order in which they lie, the one that the hardware follows
// on its own: the transposition hops from sample to sample.
template <class Value>
class PrefetchInOrder {
  public:
    PrefetchInOrder(const Value* x, Size ldx, Size samples, Size features)
        : row_(x), ldx_(ldx), rows_(samples), features_(features) {}
    HWY_INLINE void next() {
        if (rows_ <= 0) return;
        __builtin_prefetch(row_ + at_);
        at_ += kLanes;
        if (at_ < features_) return;
        at_ = 0;
        row_ += ldx_;
        --rows_;
    }

  private:
    const Value* row_;
    Size ldx_, rows_, features_, at_ = 0;
};

HWY_INLINE Vector load_as_double(const double* p, Size n) {
    return load_up_to(p, n);
}

HWY_INLINE Vector load_as_double(const float* p, Size n) {
    const Tag tag;
    const hn::Rebind<float, Tag> single;
    if (n >= kLanes) return hn::PromoteTo(tag, hn::LoadU(single, p));
    HWY_ALIGN float lanes[kLanes] = {};
    for (Size l = 0; l < n; ++l) lanes[l] = p[l];
    return hn::PromoteTo(tag, hn::Load(single, lanes));
}

// As many samples as lanes, load(s) each with up to as many inputs.
template <class Load>
HWY_INLINE void transpose_block(const Load& load, Size inputs, double* xt, Size ldxt) {
    Vector block[kLanes];
    HWY_UNROLL(8)
    for (int s = 0; s < kLanes; ++s) block[s] = load(s);
    transpose(block);
    HWY_UNROLL(8)
    for (int s = 0; s < kLanes; ++s) {
        if (s < inputs) hn::StoreU(block[s], Tag(), xt + s * ldxt);
    }
}

// Fewer samples.
template <class Value>
HWY_NOINLINE void transpose_partial(const Value* x, Size ldx, Size samples, Size inputs, double* xt,
                                    Size ldxt) {
    Vector block[kLanes];
    HWY_UNROLL(8)
    for (int s = 0; s < kLanes; ++s)
        block[s] = s < samples ? load_as_double(x + s * ldx, inputs) : hn::Zero(Tag());
    transpose(block);
    HWY_UNROLL(8)
    for (int s = 0; s < kLanes; ++s) {
        if (s < inputs) store_up_to(block[s], xt + s * ldxt, samples);
    }
}

template <class Value>
HWY_INLINE void transpose_any(const Value* x, Size ldx, Size count, Size features, double* xt, Size ldxt) {
    // Of short rows that follow each other the hardware keeps track itself.
    PrefetchInOrder<Value> ahead(x, ldx, features <= kShortRow ? 0 : count, features);
    for (Size s = 0; s < kLanes * ((features + kLanes - 1) / kLanes); ++s) ahead.next();
    const Size whole = count / kLanes * kLanes;
    for (Size k = 0; k < whole; k += kLanes) {
        if (features < kLanes) {
            const auto load = [=](int s) HWY_ATTR { return load_as_double(x + (k + s) * ldx, features); };
            transpose_block(load, features, xt + k, ldxt);
            continue;
        }
        for (Size j = 0; j < features; j += kLanes) {
            const Size start = std::min<Size>(j, features - kLanes);  // some inputs twice rather than none
            for (int s = 0; s < kLanes; ++s) ahead.next();
            const auto load = [=](int s)
                                  HWY_ATTR { return load_as_double(x + (k + s) * ldx + start, kLanes); };
            transpose_block(load, kLanes, xt + start * ldxt + k, ldxt);
        }
    }
    for (Size j = 0; whole < count && j < features; j += kLanes) {
        transpose_partial(x + whole * ldx + j, ldx, count - whole, std::min<Size>(kLanes, features - j),
                          xt + j * ldxt + whole, ldxt);
    }
}

void transpose_in(const double* x, Size ldx, Size count, Size features, double* xt, Size ldxt) {
    transpose_any(x, ldx, count, features, xt, ldxt);
}
void transpose_single_in(const float* x, Size ldx, Size count, Size features, double* xt, Size ldxt) {
    transpose_any(x, ldx, count, features, xt, ldxt);
}

// V vectors of samples side by side, whose sums do not wait for each other, from column k of u on; u may be
// null where there are no rows.
template <int V, class Load, class Store>
HWY_INLINE void outputs_of_vectors(const double* a, Size m, const double* u, Size ldu, Size k,
                                   const double* y, double* f, double* magnitude, const Load& load,
                                   const Store& store) {
    Vector sum[V], terms[V];
    HWY_UNROLL(4)
    for (int v = 0; v < V; ++v) {
        sum[v] = hn::Zero(Tag());
        terms[v] = hn::Abs(load(y + v * kLanes));
    }
    for (Size i = 0; i < m; ++i) {
        const Vector factor = hn::Set(Tag(), a[i]);
        HWY_UNROLL(4)
        for (int v = 0; v < V; ++v) {
            const Vector term = hn::Mul(factor, load(u + i * ldu + k + v * kLanes));
            sum[v] = hn::Add(sum[v], term);
            terms[v] = hn::Add(terms[v], hn::Abs(term));
        }
    }
    HWY_UNROLL(4)
    for (int v = 0; v < V; ++v) {
        store(sum[v], f + v * kLanes);
        store(terms[v], magnitude + v * kLanes);
    }
}

void outputs_of(const double* a, Size m, const double* u, Size ldu, const double* y, Size count, double* f,
                double* magnitude) {
    constexpr int kTogether = 4;
    Size k = 0;
    for (; k + kTogether * kLanes <= count; k += kTogether * kLanes) {
        outputs_of_vectors<kTogether>(
            a, m, u, ldu, k, y + k, f + k, magnitude + k,
            [](const double* p) HWY_ATTR { return hn::LoadU(Tag(), p); },
            [](Vector value, double* p) HWY_ATTR { hn::StoreU(value, Tag(), p); });
    }
    for (; k < count; k += kLanes) {
        const Size n = std::min<Size>(kLanes, count - k);
        outputs_of_vectors<1>(
            a, m, u, ldu, k, y + k, f + k, magnitude + k,
            [n](const double* p) HWY_ATTR { return load_up_to(p, n); },
            [n](Vector value, double* p) HWY_ATTR { store_up_to(value, p, n); });
    }
}

template <bool kAbsolute>
HWY_INLINE Vector maybe_absolute(Vector x) {
    if constexpr (kAbsolute) return hn::Abs(x);
    return x;
}

template <bool kAbsolute>
HWY_INLINE void scale_any(const double* scale_of, const double* common, Size m, const double* rows, Size ldr,
                          Size count, double* out, Size ldo) {
    for (Size i = 0; i < m; ++i) {
        const double* const row = rows + i * ldr;
        double* const to = out + i * ldo;
        const Vector factor = hn::Set(Tag(), scale_of != nullptr ? scale_of[i] : 1.0);
        for_each_vector(count, [&](Size k, Size n) HWY_ATTR {
            const Vector scaled = hn::Mul(factor, load_up_to(row + k, n));
            store_up_to(maybe_absolute<kAbsolute>(hn::Mul(load_up_to(common + k, n), scaled)), to + k, n);
        });
    }
}
void scale(const double* scale_of, const double* common, Size m, const double* rows, Size ldr, Size count,
           double* out, Size ldo) {
    scale_any<false>(scale_of, common, m, rows, ldr, count, out, ldo);
}
void scale_absolute(const double* scale_of, const double* common, Size m, const double* rows, Size ldr,
                    Size count, double* out, Size ldo) {
    scale_any<true>(scale_of, common, m, rows, ldr, count, out, ldo);
}

void absolute(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo) {
    for (Size i = 0; i < m; ++i) {
        for_each_vector(count, [&](Size k, Size n) HWY_ATTR {
            store_up_to(hn::Abs(load_up_to(rows + i * ldr + k, n)), out + i * ldo + k, n);
        });
    }
}

void square(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo) {
    for (Size i = 0; i < m; ++i) {
        for_each_vector(count, [&](Size k, Size n) HWY_ATTR {
            const Vector x = load_up_to(rows + i * ldr + k, n);
            store_up_to(hn::Mul(x, x), out + i * ldo + k, n);
        });
    }
}

HWY_INLINE void store_as_single(Vector value, float* p, Size n) {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128  // where Highway cuts to the finite range
    HWY_ALIGN double lanes[kLanes];
    hn::Store(value, Tag(), lanes);
    for (Size l = 0; l < std::min<Size>(n, kLanes); ++l) p[l] = static_cast<float>(lanes[l]);
#else
    const hn::Rebind<float, Tag> single;
    if (n >= kLanes) {
        hn::StoreU(hn::DemoteTo(single, value), single, p);
        return;
    }
    HWY_ALIGN float lanes[kLanes];
    hn::Store(hn::DemoteTo(single, value), single, lanes);
    for (Size l = 0; l < n; ++l) p[l] = lanes[l];
#endif
}

double single(Size m, const double* rows, Size ldr, Size count, float* out, Size ldo) {
    const Tag tag;
    Vector largest = hn::Zero(tag);
    for (Size i = 0; i < m; ++i) {
        for_each_vector(count, [&](Size k, Size n) HWY_ATTR {
            const Vector x = load_up_to(rows + i * ldr + k, n);
            largest = hn::Max(largest, hn::Abs(x));
            store_as_single(x, out + i * ldo + k, n);
        });
    }
    return hn::GetLane(hn::MaxOfLanes(tag, largest));
}

// R rows side by side, two partial sums of vectors each.
template <bool kAbsolute, int R>
HWY_INLINE void dots_of_rows(const double* common, const double* rows, Size ldr, Size count, double* sums) {
    const Tag tag;
    Vector even[R], odd[R];
    HWY_UNROLL(4)
    for (int r = 0; r < R; ++r) even[r] = odd[r] = hn::Zero(tag);
    const auto add = [&](Vector(&to)[R], Size k, Size n) HWY_ATTR {
        const Vector factor = load_up_to(common + k, n);
        HWY_UNROLL(4)
        for (int r = 0; r < R; ++r) {
            const Vector term = hn::Mul(factor, load_up_to(rows + r * ldr + k, n));
            to[r] = hn::Add(to[r], maybe_absolute<kAbsolute>(term));
        }
    };
    Size k = 0;
    for (; k + 2 * kLanes <= count; k += 2 * kLanes) {
        add(even, k, kLanes);
        add(odd, k + kLanes, kLanes);
    }
    for (; k < count; k += kLanes) add(even, k, std::min<Size>(kLanes, count - k));
    HWY_UNROLL(4)
    for (int r = 0; r < R; ++r) sums[r] += hn::GetLane(hn::SumOfLanes(tag, hn::Add(even[r], odd[r])));
}

template <bool kAbsolute>
HWY_INLINE void dots_any(const double* common, Size m, const double* rows, Size ldr, Size count,
                         double* sums) {
    constexpr int kTogether = 4;
    Size i = 0;
    for (; i + kTogether <= m; i += kTogether)
        dots_of_rows<kAbsolute, kTogether>(common, rows + i * ldr, ldr, count, sums + i);
    for (; i < m; ++i) dots_of_rows<kAbsolute, 1>(common, rows + i * ldr, ldr, count, sums + i);
}

void dots(const double* common, Size m, const double* rows, Size ldr, Size count, double* sums) {
    dots_any<false>(common, m, rows, ldr, count, sums);
}
void dots_absolute(const double* common, Size m, const double* rows, Size ldr, Size count, double* sums) {
    dots_any<true>(common, m, rows, ldr, count, sums);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

HWY_EXPORT(transpose_in);
HWY_EXPORT(transpose_single_in);
HWY_EXPORT(outputs_of);
HWY_EXPORT(absolute);
HWY_EXPORT(square);
HWY_EXPORT(single);
HWY_EXPORT(scale);
HWY_EXPORT(scale_absolute);
HWY_EXPORT(dots);
HWY_EXPORT(dots_absolute);

void transpose_samples(const double* x, Size ldx, Size count, Size features, double* xt, Size ldxt) {
    TEPUI_DISPATCH(transpose_in)(x, ldx, count, features, xt, ldxt);
}

void transpose_samples(const float* x, Size ldx, Size count, Size features, double* xt, Size ldxt) {
    TEPUI_DISPATCH(transpose_single_in)(x, ldx, count, features, xt, ldxt);
}

void network_outputs(const double* a, Size m, const double* u, Size ldu, const double* y, Size count,
                     double* f, double* magnitude) {
    TEPUI_DISPATCH(outputs_of)(a, m, u, ldu, y, count, f, magnitude);
}

void scale_rows(const double* scale, const double* common, Size m, const double* rows, Size ldr, Size count,
                double* out, Size ldo) {
    TEPUI_DISPATCH(scale)(scale, common, m, rows, ldr, count, out, ldo);
}

void scale_rows_absolute(const double* scale, const double* common, Size m, const double* rows, Size ldr,
                         Size count, double* out, Size ldo) {
    TEPUI_DISPATCH(scale_absolute)(scale, common, m, rows, ldr, count, out, ldo);
}

void absolute_rows(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo) {
    TEPUI_DISPATCH(absolute)(m, rows, ldr, count, out, ldo);
}

void square_rows(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo) {
    TEPUI_DISPATCH(square)(m, rows, ldr, count, out, ldo);
}

double single_rows(Size m, const double* rows, Size ldr, Size count, float* out, Size ldo) {
    return TEPUI_DISPATCH(single)(m, rows, ldr, count, out, ldo);
}

void row_dots(const double* common, Size m, const double* rows, Size ldr, Size count, double* sums) {
    TEPUI_DISPATCH(dots)(common, m, rows, ldr, count, sums);
}

void row_dots_absolute(const double* common, Size m, const double* rows, Size ldr, Size count, double* sums) {
    TEPUI_DISPATCH(dots_absolute)(common, m, rows, ldr, count, sums);
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
