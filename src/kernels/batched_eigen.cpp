#include "kernels/batched_eigen.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/batched_eigen.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include <limits>

#include "core/buffer.hpp"
#include "kernels/batched_eigen_ql-inl.hpp"
#include "kernels/batched_eigen_tridiagonal-inl.hpp"
#include "kernels/dispatch.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {
namespace lanes {

constexpr int kMaxVectors = 2;  // diagonalised together: a sweep is a chain of dependent operations

struct Batch {
    Size d;
    Size count;
    const double* g;
    Size ldg;
    double* values;
    double* vectors;
    Size ldv;
};

// Where one vector of matrices lives while it is worked on.
struct Workspace {
    double* triangle;   // packed lower triangle, then the reflectors
    double* inverse_h;  // d entries
    double* work;       // d entries
    Tridiagonals t;
};

// Carved from one allocation. A null base only counts: the result is the number of doubles one vector takes.
HWY_INLINE Size carve(Size d, bool want_vectors, double* base, Workspace* space) {
    const Size lanes = static_cast<Size>(hn::Lanes(Tag()));
    Size used = 0;
    const Size pieces[] = {triangle(d),
                           d,
                           d,
                           d,
                           d,
                           want_vectors ? kRotationCapacity : 0,
                           want_vectors ? kRotationCapacity : 0,
                           want_vectors ? d * d : 0};
    double** slots[] = {&space->triangle, &space->inverse_h, &space->work,    &space->t.diagonal,
                        &space->t.off,    &space->t.cosines, &space->t.sines, &space->t.z};
    for (int piece = 0; piece < 8; ++piece) {
        *slots[piece] = base != nullptr && pieces[piece] != 0 ? base + used : nullptr;
        used += round_up(pieces[piece] * lanes, kAlignment / static_cast<Size>(sizeof(double)));
    }
    return used;
}

// Entry `p` of the matrices from `first` on; matrices past count are zero.
HWY_INLINE Vector load_input(const Batch& batch, Size p, Size first) {
    const Tag tag;
    const Size lanes = static_cast<Size>(hn::Lanes(tag));
    const double* source = batch.g + p * batch.ldg + first;
    if (first + lanes <= batch.count) return hn::LoadU(tag, source);
    HWY_ALIGN double partial[HWY_LANES(double)] = {};
    for (Size q = first; q < batch.count; ++q) partial[q - first] = source[q - first];
    return hn::Load(tag, partial);
}

HWY_INLINE void store_output(const Batch& batch, double* row, Size first, Vector value) {
    const Tag tag;
    const Size lanes = static_cast<Size>(hn::Lanes(tag));
    if (first + lanes <= batch.count) {
        hn::StoreU(value, tag, row + first);
        return;
    }
    HWY_ALIGN double partial[HWY_LANES(double)];
    hn::Store(value, tag, partial);
    for (Size q = first; q < batch.count; ++q) row[q] = partial[q - first];
}

// What the lanes were multiplied by, and which hold numbers.
struct Scaling {
    Vector undo;
    Mask finite;
};

// Copies the triangles, each scaled by a power of two to a largest entry in [1, 2) (zero and subnormal ones
// as far as the exponent range allows). Lanes with a NaN or an infinity become zero matrices.
static HWY_NOINLINE Scaling load_scaled(const Batch& batch, Size first, const Workspace& space) {
    const Tag tag;
    Vector largest = hn::Zero(tag);
    Vector poison = hn::Zero(tag);
    for (Size p = 0; p < triangle(batch.d); ++p) {
        const Vector x = load_input(batch, p, first);
        set_entry(space.triangle, p, x);
        largest = hn::Max(largest, hn::Abs(x));
        poison = hn::MulAdd(x, hn::Zero(tag), poison);
    }
    Scaling scaling;
    scaling.finite = hn::Eq(poison, hn::Zero(tag));
    largest = hn::IfThenElseZero(scaling.finite, largest);
    largest = hn::Min(hn::Max(largest, hn::Set(tag, 0x1p-1000)), hn::Set(tag, 0x1p1000));
    // 2^e from the exponent bits of largest, 2^-e from 2046 - exponent.
    const hn::RebindToUnsigned<Tag> bits;
    const auto exponent = hn::And(hn::BitCast(bits, largest), hn::Set(bits, uint64_t{0x7FF} << 52));
    scaling.undo = hn::BitCast(tag, exponent);
    const Vector scale = hn::BitCast(tag, hn::Sub(hn::Set(bits, uint64_t{2046} << 52), exponent));
    for (Size p = 0; p < triangle(batch.d); ++p) {
        set_entry(space.triangle, p,
                  hn::IfThenElseZero(scaling.finite, hn::Mul(entry(space.triangle, p), scale)));
    }
    return scaling;
}

// Sorts d entries ascending in every lane; index[l] receives the position each came from. Odd-even
// transposition: QL leaves the values nearly sorted, and two passes without an exchange end it.
HWY_INLINE void sort_values(Size d, double* values, double* index) {
    const Tag tag;
    for (Size l = 0; l < d; ++l) set_entry(index, l, hn::Set(tag, static_cast<double>(l)));
    int quiet = 0;
    for (Size pass = 0; quiet < 2; ++pass) {
        Mask exchanged = no_lane();
        for (Size l = pass % 2; l + 1 < d; l += 2) {
            const Vector a = entry(values, l);
            const Vector b = entry(values, l + 1);
            const Mask swap = hn::Lt(b, a);
            const Vector ia = entry(index, l);
            const Vector ib = entry(index, l + 1);
            set_entry(values, l, hn::IfThenElse(swap, b, a));
            set_entry(values, l + 1, hn::IfThenElse(swap, a, b));
            set_entry(index, l, hn::IfThenElse(swap, ib, ia));
            set_entry(index, l + 1, hn::IfThenElse(swap, ia, ib));
            exchanged = hn::Or(exchanged, swap);
        }
        quiet = hn::AllFalse(tag, exchanged) ? quiet + 1 : 0;
    }
}

// Rows begin .. begin + kRows - 1 of z with their columns in the order that `places` (from 0, in doubles)
// gives each lane. Plain copies: gather instructions are several times slower on many CPUs.
template <int kRows>
HWY_INLINE void write_rows(const Batch& batch, Size first, const double* z, const int32_t* places, Size begin,
                           Mask good) {
    const Tag tag;
    const Vector nan = hn::Set(tag, std::numeric_limits<double>::quiet_NaN());
    constexpr Size kRow = kBatchedEigenMaxOrder * HWY_LANES(double);
    const Size d = batch.d;
    const Size row = d * static_cast<Size>(hn::Lanes(tag));
    HWY_ALIGN double sorted[kRows * kRow];
    const double* from = z + begin * row;
    for (Size n = 0; n < row; ++n) {
        const double* source = from + places[n];
        for (int r = 0; r < kRows; ++r) sorted[r * kRow + n] = source[r * row];
    }
    for (Size l = 0; l < d; ++l) {
        double* out = batch.vectors + (l * d + begin) * batch.ldv;
        for (int r = 0; r < kRows; ++r) {
            // Adding zero turns -0 into +0: masked rotations may leave either, depending on the neighbours.
            const Vector x = hn::Add(entry(sorted + r * kRow, l), hn::Zero(tag));
            store_output(batch, out + r * batch.ldv, first, hn::IfThenElse(good, x, nan));
        }
    }
}

static HWY_NOINLINE void write_vectors(const Batch& batch, Size first, const Workspace& space, Mask good) {
    const Tag tag;
    const hn::Rebind<int32_t, Tag> integers;
    const Size lanes = static_cast<Size>(hn::Lanes(tag));
    const Size d = batch.d;
    HWY_ALIGN int32_t places[kBatchedEigenMaxOrder * HWY_LANES(double)];
    for (Size l = 0; l < d; ++l) {
        const Vector column = hn::Mul(entry(space.work, l), hn::Set(tag, static_cast<double>(lanes)));
        hn::Store(hn::DemoteTo(integers, hn::Add(column, hn::Iota(tag, 0.0))), integers, places + l * lanes);
    }
    Size j = 0;
    for (; j + 4 <= d; j += 4) write_rows<4>(batch, first, space.t.z, places, j, good);
    if (j + 2 <= d) {
        write_rows<2>(batch, first, space.t.z, places, j, good);
        j += 2;
    }
    if (j < d) write_rows<1>(batch, first, space.t.z, places, j, good);
}

// Scales back, sorts and writes one vector's results; lanes that are not `good` get NaN.
HWY_INLINE void write_results(const Batch& batch, Size first, const Workspace& space, Vector undo,
                              Mask good) {
    const Tag tag;
    const Vector nan = hn::Set(tag, std::numeric_limits<double>::quiet_NaN());
    sort_values(batch.d, space.t.diagonal, space.work);
    for (Size l = 0; l < batch.d; ++l) {
        const Vector value = hn::Mul(entry(space.t.diagonal, l), undo);
        store_output(batch, batch.values + l * batch.ldv, first, hn::IfThenElse(good, value, nan));
    }
    if (batch.vectors != nullptr) write_vectors(batch, first, space, good);
}

template <int kVectors>
Size solve_vectors(const Batch& batch, Size first, const Workspace* space) {
    const Tag tag;
    const Size d = batch.d;
    const Size lanes = static_cast<Size>(hn::Lanes(tag));
    Scaling scaling[kVectors];
    Tridiagonals t[kVectors];
    Vector negligible[kVectors];
    Mask converged[kVectors];
    for (int v = 0; v < kVectors; ++v) {
        scaling[v] = load_scaled(batch, first + v * lanes, space[v]);
        t[v] = space[v].t;
        tridiagonalise(d, space[v].triangle, t[v].diagonal, t[v].off, space[v].inverse_h, space[v].work);
        if (t[v].z != nullptr) form_orthogonal_factor(d, space[v].triangle, space[v].inverse_h, t[v].z);
        // Far below rounding for a norm of 1 or more; a subnormal matrix could only be scaled to 2^-74.
        negligible[v] = hn::Set(tag, 0x1p-180);
    }
    diagonalise<kVectors>(d, t, negligible, converged);
    Size failed = 0;
    for (int v = 0; v < kVectors; ++v) {
        const Size begin = first + v * lanes;
        const Mask good = hn::And(converged[v], scaling[v].finite);
        write_results(batch, begin, space[v], scaling[v].undo, good);
        const Mask present = hn::FirstN(tag, static_cast<size_t>(std::min(lanes, batch.count - begin)));
        failed += static_cast<Size>(hn::CountTrue(tag, hn::AndNot(good, present)));
    }
    return failed;
}

Size solve_batch(Size d, Size count, const double* g, Size ldg, double* values, double* vectors, Size ldv) {
    const Batch batch{d, count, g, ldg, values, vectors, ldv};
    const Size lanes = static_cast<Size>(hn::Lanes(Tag()));
    Workspace space[kMaxVectors] = {};
    const Size vectors_at_once = std::min<Size>(kMaxVectors, (count + lanes - 1) / lanes);
    const Size size = carve(d, vectors != nullptr, nullptr, &space[0]);
    Buffer<double> memory(size * vectors_at_once);
    for (Size v = 0; v < vectors_at_once; ++v)
        carve(d, vectors != nullptr, memory.data() + v * size, &space[v]);
    Size failed = 0;
    Size first = 0;
    for (; first + lanes < count; first += 2 * lanes) failed += solve_vectors<2>(batch, first, space);
    if (first < count) failed += solve_vectors<1>(batch, first, space);
    return failed;
}

}  // namespace lanes

Size batched_eigen(Size d, Size count, const double* g, Size ldg, double* values, double* vectors, Size ldv) {
    return lanes::solve_batch(d, count, g, ldg, values, vectors, ldv);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <string>

namespace tepui::kernels {

HWY_EXPORT(batched_eigen);

Size batched_eigen(Size d, Size count, const double* g, Size ldg, double* values, double* vectors, Size ldv) {
    if (d < 0 || d > kBatchedEigenMaxOrder) {
        throw Error(Status::invalid_size, "matrix order d = " + std::to_string(d) +
                                              ", the batched eigensolver takes 0 to " +
                                              std::to_string(kBatchedEigenMaxOrder));
    }
    if (d == 0 || count <= 0) return 0;
    return TEPUI_DISPATCH(batched_eigen)(d, count, g, ldg, values, vectors, ldv);
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
