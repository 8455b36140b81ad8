// The loop around an activation: full vectors, the slow path for vectors with an extreme lane, the last
// partial vector. NOLINTNEXTLINE(llvm-header-guard): the guard flips with every target
#if defined(TEPUI_KERNELS_ACTIVATION_EVALUATE_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_ACTIVATION_EVALUATE_INL_HPP_
#undef TEPUI_KERNELS_ACTIVATION_EVALUATE_INL_HPP_
#else
#define TEPUI_KERNELS_ACTIVATION_EVALUATE_INL_HPP_
#endif

#include <hwy/highway.h>

#include "kernels/activation.hpp"
#include "kernels/math/table-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

struct Jet {
    V value, first, second, third;
};

// An activation is a struct Op with
//   static constexpr double kFastLimit;               every |z| up to here may go to jet<false>
//   template <bool kWide> static Jet jet(V z, V parameter);   kWide: any z but NaN
// What is not stored is not computed: jet is inlined into a loop for each set of outputs worth having.
enum Outputs : unsigned { kValue = 1, kFirst = 2, kSecond = 4, kThird = 8, kAll = 15 };

template <unsigned kWanted>
HWY_INLINE void store(const Jet& jet, const ActivationOutputs& out, Size k) {
    const Tag d;
    // Where everything may be wanted, anything may be missing.
    const auto wanted = [](unsigned bit, const double* p) {
        return kWanted == kAll ? p != nullptr : (kWanted & bit) != 0;
    };
    if (wanted(kValue, out.value)) vx::StoreU(jet.value, d, out.value + k);
    if (wanted(kFirst, out.first)) vx::StoreU(jet.first, d, out.first + k);
    if (wanted(kSecond, out.second)) vx::StoreU(jet.second, d, out.second + k);
    if (wanted(kThird, out.third)) vx::StoreU(jet.third, d, out.third + k);
}

template <class Op>
HWY_INLINE bool within_fast_range(V z) {
    const Tag d;
    return vx::AllTrue(d, vx::Le(vx::Abs(z), vx::Set(d, Op::kFastLimit)));  // false for NaN
}

// Any z at all. Not inlined: rare, and it would crowd the registers of the loop.
template <class Op>
HWY_NOINLINE void evaluate_wide(V z, V parameter, const ActivationOutputs& out, Size k) {
    Jet jet = Op::template jet<true>(z, parameter);
    const auto nan = vx::IsNaN(z);
    jet.value = vx::IfThenElse(nan, z, jet.value);
    jet.first = vx::IfThenElse(nan, z, jet.first);
    jet.second = vx::IfThenElse(nan, z, jet.second);
    jet.third = vx::IfThenElse(nan, z, jet.third);
    store<kAll>(jet, out, k);
}

// The last count < lanes elements, through buffers of a full vector: nothing past the end is touched.
template <class Op>
HWY_NOINLINE void evaluate_partial(V parameter, Size count, const double* z, const ActivationOutputs& out,
                                   Size begin) {
    constexpr std::size_t kLanes = vx::MaxLanes(Tag());
    HWY_ALIGN double buffer[5][kLanes] = {};
    for (Size k = 0; k < count; ++k) buffer[4][k] = z[begin + k];
    evaluate_wide<Op>(vx::Load(Tag(), buffer[4]), parameter, {buffer[0], buffer[1], buffer[2], buffer[3]}, 0);
    double* const targets[4] = {out.value, out.first, out.second, out.third};
    for (int which = 0; which < 4; ++which) {
        if (targets[which] == nullptr) continue;
        for (Size k = 0; k < count; ++k) targets[which][begin + k] = buffer[which][k];
    }
}

template <class Op, unsigned kWanted>
void evaluate_outputs(double parameter, Size count, const double* z, const ActivationOutputs& out) {
    const Tag d;
    const Size lanes = static_cast<Size>(vx::Lanes(d));
    const V alpha = vx::Set(d, parameter);
    Size k = 0;
    for (; k + lanes <= count; k += lanes) {
        const V zk = vx::LoadU(d, z + k);
        if (HWY_LIKELY(within_fast_range<Op>(zk))) {
            store<kWanted>(Op::template jet<false>(zk, alpha), out, k);
        } else {
            evaluate_wide<Op>(zk, alpha, out, k);
        }
    }
    if (k < count) evaluate_partial<Op>(alpha, count - k, z, out, k);
}

template <class Op>
void evaluate(double parameter, Size count, const double* z, const ActivationOutputs& out) {
    const unsigned wanted = (out.value != nullptr ? kValue : 0U) | (out.first != nullptr ? kFirst : 0U) |
                            (out.second != nullptr ? kSecond : 0U) | (out.third != nullptr ? kThird : 0U);
    switch (wanted) {
        case 0:
            return;
        case kValue:
            return evaluate_outputs<Op, kValue>(parameter, count, z, out);
        case kValue | kFirst:
            return evaluate_outputs<Op, kValue | kFirst>(parameter, count, z, out);
        case kValue | kFirst | kSecond:
            return evaluate_outputs<Op, kValue | kFirst | kSecond>(parameter, count, z, out);
        default:
            return evaluate_outputs<Op, kAll>(parameter, count, z, out);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
