// Implicit QL with Wilkinson shifts on one tridiagonal matrix per vector lane. Included once per instruction
// set by batched_eigen.cpp.
//
// Every lane works on its own first unreduced block at its own pace; a sweep runs over the union of the
// lanes' blocks and masks the rest. The rotations are recorded and later applied to the eigenvectors row by
// row, several sweeps at a time.
#if defined(TEPUI_KERNELS_BATCHED_EIGEN_QL_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_BATCHED_EIGEN_QL_INL
#undef TEPUI_KERNELS_BATCHED_EIGEN_QL_INL
#else
#define TEPUI_KERNELS_BATCHED_EIGEN_QL_INL
#endif

#include "kernels/batched_eigen_tridiagonal-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {
namespace lanes {

constexpr Size kMaxSweepsPerValue = 30;
constexpr Size kRotationCapacity = 192;  // entries of cosines and of sines: 24 KiB with 512-bit vectors

// One vector's worth of matrices in the QL phase.
struct Tridiagonals {
    double* diagonal;  // d entries
    double* off;       // d entries, the last 0
    double* cosines;   // kRotationCapacity entries; null when no eigenvectors are wanted
    double* sines;
    double* z;  // d x d entries, row-major: columns become the eigenvectors
};

// Rotations of columns i, i + 1 for i = first, first - 1, ..., last, from entry `offset` of the record on.
struct SweepRecord {
    Size first;
    Size last;
    Size offset;
};

struct Rotations {
    SweepRecord sweeps[kRotationCapacity];
    Size sweep_count = 0;
    Size used = 0;
};

// The state of a lane between sweeps.
struct Block {
    Vector low;  // the block is [low, high], as doubles; no block: low = d
    Vector high;
    Vector gap;      // diagonal[low + 1] - diagonal[low]
    Vector at_low;   // diagonal[low]
    Vector off_low;  // off[low]
    Vector at_high;  // diagonal[high]
};

// Finds the first unreduced block of every lane in [top, d), zeroing negligible off-diagonal entries on the
// way.
HWY_INLINE Block find_block(Size d, Size top, const Tridiagonals& t, Vector negligible) {
    const Tag tag;
    const Vector eps = hn::Set(tag, 0x1p-53);
    const Vector none = hn::Set(tag, static_cast<double>(d));
    Block block;
    block.low = none;
    block.high = hn::Set(tag, static_cast<double>(d - 1));
    block.gap = hn::Zero(tag);
    block.at_low = hn::Zero(tag);
    block.off_low = hn::Set(tag, 1.0);
    block.at_high = entry(t.diagonal, d - 1);
    Mask started = no_lane();
    Mask ended = no_lane();
    Vector current = entry(t.diagonal, top);
    for (Size i = top; i + 1 < d; ++i) {
        const Vector next = entry(t.diagonal, i + 1);
        const Vector off = entry(t.off, i);
        const Vector scale = hn::Add(hn::Abs(current), hn::Abs(next));
        const Mask coupled = hn::Gt(hn::Abs(off), hn::MulAdd(eps, scale, negligible));
        set_entry(t.off, i, hn::IfThenElseZero(coupled, off));
        const Vector index = hn::Set(tag, static_cast<double>(i));
        const Mask starts = hn::AndNot(started, coupled);
        block.low = hn::IfThenElse(starts, index, block.low);
        block.gap = hn::IfThenElse(starts, hn::Sub(next, current), block.gap);
        block.at_low = hn::IfThenElse(starts, current, block.at_low);
        block.off_low = hn::IfThenElse(starts, off, block.off_low);
        const Mask ends = hn::AndNot(hn::Or(ended, coupled), started);
        block.high = hn::IfThenElse(ends, index, block.high);
        block.at_high = hn::IfThenElse(ends, current, block.at_high);
        started = hn::Or(started, coupled);
        ended = hn::Or(ended, ends);
        current = next;
    }
    return block;
}

// A lane within a sweep: the bulge and the shift's running correction.
struct Chase {
    Vector low;
    Vector high;
    Vector g;
    Vector p;
    Vector sine;
    Vector cosine;
    Mask broken;  // the bulge underflowed: the block has split, nothing is left to chase
};

HWY_INLINE Chase begin_chase(const Block& block) {
    const Tag tag;
    const Vector one = hn::Set(tag, 1.0);
    // Wilkinson: the eigenvalue of the leading 2 x 2 block that is closer to its first diagonal entry.
    const Vector ratio = hn::Div(block.gap, hn::Add(block.off_low, block.off_low));
    const Vector root = hn::Sqrt(hn::MulAdd(ratio, ratio, one));
    const Vector shift_term = hn::Div(block.off_low, hn::Add(ratio, hn::CopySign(root, ratio)));
    Chase chase;
    chase.low = block.low;
    chase.high = block.high;
    chase.g = hn::Add(hn::Sub(block.at_high, block.at_low), shift_term);
    chase.p = hn::Zero(tag);
    chase.sine = one;
    chase.cosine = one;
    chase.broken = no_lane();
    return chase;
}

// One rotation in the plane (i, i + 1). *cosine, *sine: what to record, the identity for lanes outside their
// block.
HWY_INLINE void rotate(Size i, const Tridiagonals& t, Chase& chase, Vector* cosine, Vector* sine) {
    const Tag tag;
    const Vector one = hn::Set(tag, 1.0);
    const Vector index = hn::Set(tag, static_cast<double>(i));
    const Mask inside =
        hn::AndNot(chase.broken, hn::And(hn::Ge(index, chase.low), hn::Lt(index, chase.high)));

    const Vector off = entry(t.off, i);
    const Vector f = hn::Mul(chase.sine, off);
    const Vector b = hn::Mul(chase.cosine, off);
    const Vector square = hn::MulAdd(f, f, hn::Mul(chase.g, chase.g));
    const Mask split = hn::AndNot(hn::Gt(square, hn::Set(tag, kTinySquare)), inside);
    const Mask go = hn::AndNot(split, inside);
    const Vector radius = hn::Sqrt(hn::IfThenElse(go, square, one));
    const Vector inverse = hn::Div(one, radius);
    const Vector s = hn::Mul(f, inverse);
    const Vector c = hn::Mul(chase.g, inverse);

    // The first rotation of a block would couple it to the entry above: that one is zero.
    const Vector above =
        hn::IfThenElseZero(hn::AndNot(split, hn::Lt(index, hn::Sub(chase.high, one))), radius);
    set_entry(t.off, i + 1, hn::IfThenElse(inside, above, entry(t.off, i + 1)));

    const Vector upper = entry(t.diagonal, i + 1);
    const Vector lower = entry(t.diagonal, i);
    const Vector g = hn::Sub(upper, chase.p);
    const Vector r = hn::MulAdd(hn::Sub(lower, g), s, hn::Mul(hn::Add(c, c), b));
    const Vector p = hn::IfThenElseZero(go, hn::Mul(s, r));
    set_entry(t.diagonal, i + 1, hn::IfThenElse(inside, hn::Add(g, p), upper));

    const Vector next_g = hn::MulSub(c, r, b);
    const Mask last = hn::And(go, hn::Eq(index, chase.low));
    set_entry(t.diagonal, i, hn::IfThenElse(last, hn::Sub(lower, p), lower));
    set_entry(t.off, i, hn::IfThenElse(last, next_g, off));

    chase.g = hn::IfThenElse(go, next_g, chase.g);
    chase.p = hn::IfThenElse(go, p, chase.p);
    chase.sine = hn::IfThenElse(go, s, chase.sine);
    chase.cosine = hn::IfThenElse(go, c, chase.cosine);
    chase.broken = hn::Or(chase.broken, split);
    *cosine = hn::IfThenElse(go, c, one);
    *sine = hn::IfThenElseZero(go, s);
}

// All recorded rotations on kRows rows of z.
template <int kRows>
HWY_INLINE void apply_to_rows(Size d, const Rotations& rotations, const Tridiagonals& t, Size k) {
    double* row[kRows];
    for (int r = 0; r < kRows; ++r) row[r] = advance(t.z, (k + r) * d);
    for (Size n = 0; n < rotations.sweep_count; ++n) {
        const SweepRecord& sweep = rotations.sweeps[n];
        const double* cosines = advance(t.cosines, sweep.offset);
        const double* sines = advance(t.sines, sweep.offset);
        Vector carried[kRows];
        for (int r = 0; r < kRows; ++r) carried[r] = entry(row[r], sweep.first + 1);
        for (Size i = sweep.first; i >= sweep.last; --i) {
            const Vector c = entry(cosines, sweep.first - i);
            const Vector s = entry(sines, sweep.first - i);
            for (int r = 0; r < kRows; ++r) {
                const Vector x = entry(row[r], i);
                set_entry(row[r], i + 1, hn::MulAdd(s, x, hn::Mul(c, carried[r])));
                carried[r] = hn::MulSub(c, x, hn::Mul(s, carried[r]));
            }
        }
        for (int r = 0; r < kRows; ++r) set_entry(row[r], sweep.last, carried[r]);
    }
}

static HWY_NOINLINE void apply_rotations(Size d, const Rotations& rotations, const Tridiagonals& t) {
    Size k = 0;
    for (; k + 4 <= d; k += 4) apply_to_rows<4>(d, rotations, t, k);
    if (k + 2 <= d) {
        apply_to_rows<2>(d, rotations, t, k);
        k += 2;
    }
    if (k < d) apply_to_rows<1>(d, rotations, t, k);
}

// Diagonalises kVectors vectors of tridiagonal matrices together: their dependent chains overlap.
// negligible[v]: what may be dropped against the norm. converged[v]: the lanes that got there.
template <int kVectors>
static HWY_NOINLINE void diagonalise(Size d, const Tridiagonals* t, const Vector* negligible,
                                     Mask* converged) {
    const Tag tag;
    const bool record = t[0].cosines != nullptr;
    Rotations rotations;
    Size top = 0;
    Block block[kVectors];
    bool all_done = d == 1;
    for (Size sweep = 0; !all_done && sweep < kMaxSweepsPerValue * d; ++sweep) {
        Vector low = hn::Set(tag, static_cast<double>(d));
        Vector high = hn::Zero(tag);
        for (int v = 0; v < kVectors; ++v) {
            block[v] = find_block(d, top, t[v], negligible[v]);
            const Mask active = hn::Lt(block[v].low, hn::Set(tag, static_cast<double>(d)));
            low = hn::Min(low, block[v].low);
            high = hn::Max(high, hn::IfThenElseZero(active, block[v].high));
        }
        const Size last = static_cast<Size>(hn::GetLane(hn::MinOfLanes(tag, low)));
        const Size first = static_cast<Size>(hn::GetLane(hn::MaxOfLanes(tag, high))) - 1;
        all_done = last == d;
        if (all_done) break;
        top = last;

        const Size length = first - last + 1;
        if (record && rotations.used + length > kRotationCapacity) {
            for (int v = 0; v < kVectors; ++v) apply_rotations(d, rotations, t[v]);
            rotations.sweep_count = 0;
            rotations.used = 0;
        }
        Chase chase[kVectors];
        for (int v = 0; v < kVectors; ++v) chase[v] = begin_chase(block[v]);
        for (Size i = first; i >= last; --i) {
            for (int v = 0; v < kVectors; ++v) {
                Vector cosine;
                Vector sine;
                rotate(i, t[v], chase[v], &cosine, &sine);
                if (!record) continue;
                set_entry(t[v].cosines, rotations.used + (first - i), cosine);
                set_entry(t[v].sines, rotations.used + (first - i), sine);
            }
        }
        if (record) {
            rotations.sweeps[rotations.sweep_count++] = {first, last, rotations.used};
            rotations.used += length;
        }
    }
    for (int v = 0; v < kVectors; ++v) {
        if (record) apply_rotations(d, rotations, t[v]);
        converged[v] = no_lane();
        const Vector limit = hn::Set(tag, static_cast<double>(d));
        const Vector low = d == 1 ? limit : find_block(d, 0, t[v], negligible[v]).low;
        converged[v] = hn::Eq(low, limit);
    }
}

}  // namespace lanes
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();
#endif
