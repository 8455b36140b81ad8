#include "kernels/sample_rows.hpp"

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

// body(k, n) for vectors of n samples at k: whole ones, then what is left.
template <class Body>
HWY_INLINE void for_vectors(Size count, const Body& body) {
    Size k = 0;
    for (; k + kLanes <= count; k += kLanes) body(k, static_cast<Size>(kLanes));
    if (k < count) body(k, count - k);
}

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

template <class Value>
HWY_INLINE void transpose_any(const Value* x, Size ldx, Size count, Size features, double* xt, Size ldxt) {
    PrefetchInOrder<Value> ahead(x, ldx, count, features);
    for (Size s = 0; s < kLanes * ((features + kLanes - 1) / kLanes); ++s) ahead.next();
    for (Size k = 0; k < count; k += kLanes) {
        const Size samples = std::min<Size>(kLanes, count - k);
        for (Size j = 0; j < features; j += kLanes) {
            const Size inputs = std::min<Size>(kLanes, features - j);
            Vector block[kLanes];
            HWY_UNROLL(8)
            for (int s = 0; s < kLanes; ++s) {
                ahead.next();
                block[s] = s < samples ? load_as_double(x + (k + s) * ldx + j, inputs) : hn::Zero(Tag());
            }
            transpose(block);
            HWY_UNROLL(8)
            for (int s = 0; s < kLanes; ++s) {
                if (s < inputs) store_up_to(block[s], xt + (j + s) * ldxt + k, samples);
            }
        }
    }
}

void transpose_in(const double* x, Size ldx, Size count, Size features, double* xt, Size ldxt) {
    transpose_any(x, ldx, count, features, xt, ldxt);
}
void transpose_single_in(const float* x, Size ldx, Size count, Size features, double* xt, Size ldxt) {
    transpose_any(x, ldx, count, features, xt, ldxt);
}

void outputs_of(const double* a, Size m, const double* u, Size ldu, const double* y, Size count, double* f,
                double* magnitude) {
    for_vectors(count, [&](Size k, Size n) HWY_ATTR {
        Vector sum = hn::Zero(Tag());
        Vector terms = hn::Abs(load_up_to(y + k, n));
        for (Size i = 0; i < m; ++i) {
            const Vector term = hn::Mul(hn::Set(Tag(), a[i]), load_up_to(u + i * ldu + k, n));
            sum = hn::Add(sum, term);
            terms = hn::Add(terms, hn::Abs(term));
        }
        store_up_to(sum, f + k, n);
        store_up_to(terms, magnitude + k, n);
    });
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
        for_vectors(count, [&](Size k, Size n) HWY_ATTR {
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
        for_vectors(count, [&](Size k, Size n) HWY_ATTR {
            store_up_to(hn::Abs(load_up_to(rows + i * ldr + k, n)), out + i * ldo + k, n);
        });
    }
}

void square(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo) {
    for (Size i = 0; i < m; ++i) {
        for_vectors(count, [&](Size k, Size n) HWY_ATTR {
            const Vector x = load_up_to(rows + i * ldr + k, n);
            store_up_to(hn::Mul(x, x), out + i * ldo + k, n);
        });
    }
}

HWY_INLINE void store_as_single(Vector value, float* p, Size n) {
#if HWY_TARGET == HWY_SCALAR  // where Highway cuts to the finite range
    if (n > 0) *p = static_cast<float>(hn::GetLane(value));
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
        for_vectors(count, [&](Size k, Size n) HWY_ATTR {
            const Vector x = load_up_to(rows + i * ldr + k, n);
            largest = hn::Max(largest, hn::Abs(x));
            store_as_single(x, out + i * ldo + k, n);
        });
    }
    return hn::GetLane(hn::MaxOfLanes(tag, largest));
}

// Two partial sums of vectors.
template <bool kAbsolute>
HWY_INLINE void dots_any(const double* common, Size m, const double* rows, Size ldr, Size count,
                         double* sums) {
    const Tag tag;
    for (Size i = 0; i < m; ++i) {
        const double* const row = rows + i * ldr;
        Vector even = hn::Zero(tag);
        Vector odd = hn::Zero(tag);
        const auto term = [&](Size k, Size n) HWY_ATTR {
            return maybe_absolute<kAbsolute>(hn::Mul(load_up_to(common + k, n), load_up_to(row + k, n)));
        };
        Size k = 0;
        for (; k + 2 * kLanes <= count; k += 2 * kLanes) {
            even = hn::Add(even, term(k, kLanes));
            odd = hn::Add(odd, term(k + kLanes, kLanes));
        }
        for (; k < count; k += kLanes) even = hn::Add(even, term(k, std::min<Size>(kLanes, count - k)));
        sums[i] += hn::GetLane(hn::SumOfLanes(tag, hn::Add(even, odd)));
    }
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
