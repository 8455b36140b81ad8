// Householder reduction of one symmetric matrix per vector lane to tridiagonal form, and the orthogonal
// factor. Included once per instruction set by batched_eigen.cpp.
//
// An "entry" is one vector: the same element of `lanes` matrices. Arrays of entries are contiguous and
// aligned. No lane's arithmetic depends on another lane, so a matrix gives the same bits wherever in a batch
// it stands.
#if defined(TEPUI_KERNELS_BATCHED_EIGEN_TRIDIAGONAL_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_BATCHED_EIGEN_TRIDIAGONAL_INL
#undef TEPUI_KERNELS_BATCHED_EIGEN_TRIDIAGONAL_INL
#else
#define TEPUI_KERNELS_BATCHED_EIGEN_TRIDIAGONAL_INL
#endif

#include <hwy/highway.h>

#include "core/sizes.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {
namespace lanes {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = HWY_FULL(double);
using Vector = hn::Vec<Tag>;
using Mask = hn::Mask<Tag>;

// Entries smaller than this against a matrix of norm about 1 are dropped: their squares would underflow.
constexpr double kTinySquare = 0x1p-960;

HWY_INLINE Mask no_lane() {
    const Tag tag;
    return hn::Lt(hn::Zero(tag), hn::Zero(tag));
}
HWY_INLINE Vector entry(const double* array, Size index) {
    const Tag tag;
    return hn::Load(tag, array + index * static_cast<Size>(hn::Lanes(tag)));
}
HWY_INLINE void set_entry(double* array, Size index, Vector value) {
    const Tag tag;
    hn::Store(value, tag, array + index * static_cast<Size>(hn::Lanes(tag)));
}
HWY_INLINE double* advance(double* array, Size entries) {
    return array + entries * static_cast<Size>(hn::Lanes(Tag()));
}
HWY_INLINE const double* advance(const double* array, Size entries) {
    return array + entries * static_cast<Size>(hn::Lanes(Tag()));
}

// sum_k a_k b_k in four interleaved chains: the order of summation depends on count alone.
HWY_INLINE Vector dot(const double* a, const double* b, Size count) {
    const Tag tag;
    Vector sum[4] = {hn::Zero(tag), hn::Zero(tag), hn::Zero(tag), hn::Zero(tag)};
    Size k = 0;
    for (; k + 4 <= count; k += 4) {
        for (int c = 0; c < 4; ++c) sum[c] = hn::MulAdd(entry(a, k + c), entry(b, k + c), sum[c]);
    }
    for (; k < count; ++k) sum[0] = hn::MulAdd(entry(a, k), entry(b, k), sum[0]);
    return hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3]));
}

// Rows j .. j + kRows - 1 of p = A u for the packed lower triangle a; what they add to the earlier rows of p
// as well.
template <int kRows>
HWY_INLINE void multiply_rows(const double* a, const double* u, Size j, double* p) {
    const Tag tag;
    const double* row[kRows];
    Vector own[kRows];
    Vector sum[kRows];
    for (int r = 0; r < kRows; ++r) {
        row[r] = advance(a, triangle(j + r));
        own[r] = entry(u, j + r);
        sum[r] = hn::Zero(tag);
    }
    for (Size k = 0; k < j; ++k) {
        const Vector uk = entry(u, k);
        Vector pk = entry(p, k);
        for (int r = 0; r < kRows; ++r) {
            const Vector element = entry(row[r], k);
            sum[r] = hn::MulAdd(element, uk, sum[r]);
            pk = hn::MulAdd(element, own[r], pk);
        }
        set_entry(p, k, pk);
    }
    for (int r = 0; r < kRows; ++r) {
        for (int c = 0; c < r; ++c) {
            const Vector element = entry(row[r], j + c);
            sum[r] = hn::MulAdd(element, own[c], sum[r]);
            sum[c] = hn::MulAdd(element, own[r], sum[c]);
        }
        sum[r] = hn::MulAdd(entry(row[r], j + r), own[r], sum[r]);
    }
    for (int r = 0; r < kRows; ++r) set_entry(p, j + r, sum[r]);
}

// Rows j .. j + kRows - 1 of A -= u q^T + q u^T.
template <int kRows>
HWY_INLINE void update_rows(double* a, const double* u, const double* q, Size j) {
    double* row[kRows];
    Vector uj[kRows];
    Vector qj[kRows];
    for (int r = 0; r < kRows; ++r) {
        row[r] = advance(a, triangle(j + r));
        uj[r] = entry(u, j + r);
        qj[r] = entry(q, j + r);
    }
    for (Size k = 0; k < j; ++k) {
        const Vector uk = entry(u, k);
        const Vector qk = entry(q, k);
        for (int r = 0; r < kRows; ++r) {
            set_entry(row[r], k, hn::NegMulAdd(uj[r], qk, hn::NegMulAdd(qj[r], uk, entry(row[r], k))));
        }
    }
    for (int r = 0; r < kRows; ++r) {
        for (int c = 0; c <= r; ++c) {
            set_entry(row[r], j + c,
                      hn::NegMulAdd(uj[r], qj[c], hn::NegMulAdd(qj[r], uj[c], entry(row[r], j + c))));
        }
    }
}

// Turns row i of the triangle into a Householder vector u (in place) that maps it to a multiple of its last
// entry. Returns 1 / h with reflection I - u u^T / h; 0 where the row needs none. *off: the subdiagonal entry
// that results.
HWY_INLINE Vector make_reflector(double* u, Size i, Vector* off) {
    const Tag tag;
    const Vector rest = dot(u, u, i - 1);
    const Vector last = entry(u, i - 1);
    const Mask reflect = hn::Gt(rest, hn::Set(tag, kTinySquare));
    const Vector square = hn::MulAdd(last, last, rest);
    const Vector image = hn::Neg(hn::CopySign(hn::Sqrt(square), last));
    const Vector h = hn::NegMulAdd(last, image, square);
    *off = hn::IfThenElse(reflect, image, last);
    set_entry(u, i - 1, hn::Sub(last, image));
    const Vector safe = hn::IfThenElse(reflect, h, hn::Set(tag, 1.0));
    return hn::IfThenElseZero(reflect, hn::Div(hn::Set(tag, 1.0), safe));
}

// a: packed lower triangle; afterwards row i >= 1 holds the reflector u_i. diagonal, inverse_h: d entries;
// off: d entries, off[i] couples i and i + 1, off[d - 1] = 0. work: d entries.
static HWY_NOINLINE void tridiagonalise(Size d, double* a, double* diagonal, double* off, double* inverse_h,
                                        double* work) {
    const Tag tag;
    set_entry(off, d - 1, hn::Zero(tag));
    for (Size i = d - 1; i >= 1; --i) {
        double* u = advance(a, triangle(i));
        set_entry(diagonal, i, entry(u, i));
        Vector below;
        const Vector inverse = make_reflector(u, i, &below);
        set_entry(off, i - 1, below);
        set_entry(inverse_h, i, inverse);
        if (i == 1) break;

        Size j = 0;
        for (; j + 4 <= i; j += 4) multiply_rows<4>(a, u, j, work);
        if (j + 2 <= i) {
            multiply_rows<2>(a, u, j, work);
            j += 2;
        }
        if (j < i) multiply_rows<1>(a, u, j, work);

        // q = p / h - u (u^T p) / (2 h^2)
        const Vector product = dot(u, work, i);
        const Vector half = hn::Mul(hn::Mul(hn::Set(tag, 0.5), inverse), hn::Mul(inverse, product));
        for (Size k = 0; k < i; ++k) {
            set_entry(work, k, hn::NegMulAdd(half, entry(u, k), hn::Mul(inverse, entry(work, k))));
        }

        j = 0;
        for (; j + 4 <= i; j += 4) update_rows<4>(a, u, work, j);
        if (j + 2 <= i) {
            update_rows<2>(a, u, work, j);
            j += 2;
        }
        if (j < i) update_rows<1>(a, u, work, j);
    }
    set_entry(diagonal, 0, entry(a, 0));
}

// Columns j .. j + kColumns - 1 of the leading i x i block of z: z -= u (u^T z) / h.
template <int kColumns>
HWY_INLINE void reflect_columns(double* z, Size d, const double* u, Size i, Size j, Vector inverse) {
    const Tag tag;
    Vector sum[kColumns];
    for (int c = 0; c < kColumns; ++c) sum[c] = hn::Zero(tag);
    for (Size k = 0; k < i; ++k) {
        const Vector uk = entry(u, k);
        const double* row = advance(z, k * d + j);
        for (int c = 0; c < kColumns; ++c) sum[c] = hn::MulAdd(uk, entry(row, c), sum[c]);
    }
    for (int c = 0; c < kColumns; ++c) sum[c] = hn::Mul(sum[c], inverse);
    for (Size k = 0; k < i; ++k) {
        const Vector uk = entry(u, k);
        double* row = advance(z, k * d + j);
        for (int c = 0; c < kColumns; ++c) set_entry(row, c, hn::NegMulAdd(uk, sum[c], entry(row, c)));
    }
}

// z (d x d entries, row-major) = the product of all reflections: A = z T z^T.
static HWY_NOINLINE void form_orthogonal_factor(Size d, const double* a, const double* inverse_h, double* z) {
    const Tag tag;
    set_entry(z, 0, hn::Set(tag, 1.0));
    for (Size i = 1; i < d; ++i) {
        const double* u = advance(a, triangle(i));
        const Vector inverse = entry(inverse_h, i);
        Size j = 0;
#if HWY_TARGET <= HWY_AVX3
        for (; j + 8 <= i; j += 8) reflect_columns<8>(z, d, u, i, j, inverse);  // 32 registers
#endif
        for (; j + 4 <= i; j += 4) reflect_columns<4>(z, d, u, i, j, inverse);
        if (j + 2 <= i) {
            reflect_columns<2>(z, d, u, i, j, inverse);
            j += 2;
        }
        if (j < i) reflect_columns<1>(z, d, u, i, j, inverse);
        for (Size k = 0; k < i; ++k) {
            set_entry(z, k * d + i, hn::Zero(tag));
            set_entry(z, i * d + k, hn::Zero(tag));
        }
        set_entry(z, i * d + i, hn::Set(tag, 1.0));
    }
}

}  // namespace lanes
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();
#endif
