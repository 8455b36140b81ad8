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

// 1 / sqrt(x) within about an ulp for normal x. With 512-bit vectors the divider is far slower than the
// multiply-add units, and there is an instruction to start from.
HWY_INLINE Vector inverse_root(Vector x) {
    const Tag tag;
#if HWY_TARGET <= HWY_AVX3
    const Vector half = hn::Set(tag, 0.5);
    Vector y = Vector{_mm512_rsqrt14_pd(x.raw)};
    // x y^2 = 1 - e: first to third order in e, which is below 2^-13, then to first.
    Vector e = hn::NegMulAdd(hn::Mul(x, y), y, hn::Set(tag, 1.0));
    y = hn::MulAdd(y, hn::Mul(e, hn::MulAdd(e, hn::Set(tag, 0.375), half)), y);
    e = hn::NegMulAdd(hn::Mul(x, y), y, hn::Set(tag, 1.0));
    return hn::MulAdd(hn::Mul(y, half), e, y);
#else
    return hn::Div(hn::Set(tag, 1.0), hn::Sqrt(x));
#endif
}

// A lane within a sweep: the bulge g, the correction p of the next diagonal entry, the last rotation.
struct Chase {
    Vector above_low;   // low - 1
    Vector below_high;  // high - 1
    Vector start;       // g of the block's first rotation
    Vector g;
    Vector p;
    Vector sine;
    Vector cosine;
    Vector upper;      // diagonal[i + 1]
    Vector upper_off;  // off[i + 1]
    Mask inside;       // the last rotation was within the block
};

HWY_INLINE Chase begin_chase(const Block& block, const Tridiagonals& t, Size first) {
    const Tag tag;
    const Vector one = hn::Set(tag, 1.0);
    // Wilkinson: the eigenvalue of the leading 2 x 2 block that is closer to its first diagonal entry.
    const Vector ratio = hn::Div(block.gap, hn::Add(block.off_low, block.off_low));
    const Vector root = hn::Sqrt(hn::MulAdd(ratio, ratio, one));
    const Vector shift_term = hn::Div(block.off_low, hn::Add(ratio, hn::CopySign(root, ratio)));
    Chase chase;
    chase.above_low = hn::Sub(block.low, one);
    // A lane without a block has low = d and never starts.
    chase.below_high = hn::IfThenElse(hn::Lt(block.low, block.high), hn::Sub(block.high, one), block.low);
    chase.start = hn::Add(hn::Sub(block.at_high, block.at_low), shift_term);
    chase.g = one;
    chase.p = hn::Zero(tag);
    chase.sine = one;
    chase.cosine = one;
    chase.upper = entry(t.diagonal, first + 1);
    chase.upper_off = entry(t.off, first + 1);
    chase.inside = no_lane();
    return chase;
}

// Added to g: no pair (f, g) can vanish, and next to a norm of 2^-74 or more nothing else changes.
constexpr double kTinyBulge = 0x1p-400;

// What the sweep leaves at position i + 1: a lane that just rotated there or, one step later, leaves its
// block.
HWY_INLINE void settle(const Tridiagonals& t, const Chase& chase, Size i, Mask now, Vector radius, Vector g,
                       Vector p) {
    set_entry(t.off, i + 1,
              hn::IfThenElse(chase.inside, hn::IfThenElse(now, radius, chase.g), chase.upper_off));
    set_entry(t.diagonal, i + 1, hn::IfThenElse(hn::Or(chase.inside, now), hn::Add(g, p), chase.upper));
}

// One rotation in the plane (i, i + 1). *cosine, *sine: what to record, the identity for lanes outside their
// block.
HWY_INLINE void rotate(Size i, const Tridiagonals& t, Chase& chase, Vector* cosine, Vector* sine) {
    const Tag tag;
    const Vector one = hn::Set(tag, 1.0);
    const Vector index = hn::Set(tag, static_cast<double>(i));
    const Mask starts = hn::Eq(index, chase.below_high);
    const Mask now = hn::Or(starts, hn::AndNot(hn::Eq(index, chase.above_low), chase.inside));

    const Vector off = entry(t.off, i);
    const Vector lower = entry(t.diagonal, i);
    const Vector g = hn::IfThenElse(starts, chase.start, chase.g);
    const Vector f = hn::Mul(hn::IfThenElse(starts, one, chase.sine), off);
    const Vector b = hn::Mul(hn::IfThenElse(starts, one, chase.cosine), off);
    const Vector square = hn::MulAdd(g, g, hn::Mul(f, f));
    const Vector inverse = inverse_root(square);
    const Vector s = hn::Mul(f, inverse);
    const Vector c = hn::Mul(g, inverse);

    // r = (lower - shifted) s + 2 c b, with 1 / sqrt(square) taken out: it arrives last.
    const Vector shifted = hn::Sub(chase.upper, hn::IfThenZeroElse(starts, chase.p));
    const Vector u = hn::MulAdd(hn::Sub(lower, shifted), f, hn::Mul(hn::Add(b, b), g));
    const Vector inverse_square = hn::Mul(inverse, inverse);
    const Vector p = hn::IfThenElseZero(now, hn::Mul(hn::Mul(f, u), inverse_square));
    const Vector next_g = hn::MulSub(hn::Mul(g, u), inverse_square, hn::Sub(b, hn::Set(tag, kTinyBulge)));
    settle(t, chase, i, now, hn::Mul(square, inverse), shifted, p);

    chase.g = next_g;
    chase.p = p;
    chase.sine = s;
    chase.cosine = c;
    chase.upper = lower;
    chase.upper_off = off;
    chase.inside = now;
    *cosine = hn::IfThenElse(now, c, one);
    *sine = hn::IfThenElseZero(now, s);
}

// After the last rotation of the sweep, at position `last`: lanes whose block begins there.
HWY_INLINE void end_chase(const Tridiagonals& t, const Chase& chase, Size last) {
    const Tag tag;
    settle(t, chase, last - 1, no_lane(), hn::Zero(tag), hn::Sub(chase.upper, chase.p), hn::Zero(tag));
}

// All recorded rotations on kRows rows of z. A rotation needs the entry that the one before it left: it is
// carried in a register, and the rows give enough independent work to cover the latency.
template <int kRows>
HWY_INLINE void apply_to_rows(Size d, const Rotations& rotations, const Tridiagonals& t, Size k) {
    const Size sweep_count = rotations.sweep_count;
    double* rows = advance(t.z, k * d);
    for (Size n = 0; n < sweep_count; ++n) {
        const SweepRecord sweep = rotations.sweeps[n];
        const Size length = sweep.first - sweep.last + 1;
        const double* cosines = advance(t.cosines, sweep.offset);
        const double* sines = advance(t.sines, sweep.offset);
        double* at = advance(rows, sweep.first);
        Vector carried[kRows];
        for (int r = 0; r < kRows; ++r) carried[r] = entry(at, r * d + 1);
        for (Size step = 0; step < length; ++step) {
            const Vector c = entry(cosines, step);
            const Vector s = entry(sines, step);
            for (int r = 0; r < kRows; ++r) {
                const Vector x = entry(at, r * d);
                const Vector sx = hn::Mul(s, x);
                const Vector cx = hn::Mul(c, x);
                set_entry(at, r * d + 1, hn::MulAdd(c, carried[r], sx));
                carried[r] = hn::NegMulAdd(s, carried[r], cx);
            }
            at = advance(at, -1);
        }
        for (int r = 0; r < kRows; ++r) set_entry(at, r * d + 1, carried[r]);
    }
}

static HWY_NOINLINE void apply_rotations(Size d, const Rotations& rotations, const Tridiagonals& t) {
    Size k = 0;
#if HWY_TARGET <= HWY_AVX3
    for (; k + 8 <= d; k += 8) apply_to_rows<8>(d, rotations, t, k);  // 32 registers
#endif
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
        for (int v = 0; v < kVectors; ++v) chase[v] = begin_chase(block[v], t[v], first);
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
        for (int v = 0; v < kVectors; ++v) end_chase(t[v], chase[v], last);
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
