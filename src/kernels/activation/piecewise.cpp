// Polynomials and piecewise linear activations.
#include <limits>

#include "kernels/activation/families.hpp"
#include "kernels/dispatch.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/activation/piecewise.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/activation/evaluate-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// Only NaN leaves the fast path.
struct Anywhere {
    static constexpr double kFastLimit = std::numeric_limits<double>::infinity();
};

struct Square : Anywhere {
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        return {vx::Mul(vx::Mul(z, vx::Set(d, 0.5)), z), z, vx::Set(d, 1.0), vx::Zero(d)};
    }
};

HWY_INLINE Jet cubic(V z, V third) {
    const Tag d;
    const V square = vx::Mul(z, z);
    return {vx::Mul(square, z), vx::Mul(vx::Mul(z, vx::Set(d, 3.0)), z), vx::Mul(z, vx::Set(d, 6.0)), third};
}

struct Cube : Anywhere {
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        return cubic(z, vx::Set(Tag(), 6.0));
    }
};

struct Relu3 : Anywhere {
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V zero = vx::Zero(d);
        return cubic(vx::Max(z, zero), vx::IfThenElseZero(vx::Gt(z, zero), vx::Set(d, 6.0)));
    }
};

struct Identity : Anywhere {
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        return {z, vx::Set(d, 1.0), vx::Zero(d), vx::Zero(d)};
    }
};

// z above, alpha z below 0; alpha = 0 gives 0 at -inf too.
HWY_INLINE Jet two_slopes(V z, V alpha) {
    const Tag d;
    const V zero = vx::Zero(d);
    const auto above = vx::Ge(z, zero);
    const V below = vx::IfThenElseZero(vx::Ne(alpha, zero), vx::Mul(alpha, z));
    return {vx::IfThenElse(above, z, below), vx::IfThenElse(above, vx::Set(d, 1.0), alpha), zero, zero};
}

struct Relu : Anywhere {
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        return two_slopes(z, vx::Zero(Tag()));
    }
};

struct LeakyRelu : Anywhere {
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V parameter) {
        return two_slopes(z, parameter);
    }
};

struct Abs : Anywhere {
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        return two_slopes(z, vx::Set(Tag(), -1.0));
    }
};

TEPUI_ACTIVATION_LOOP(square, Square)
TEPUI_ACTIVATION_LOOP(cube, Cube)
TEPUI_ACTIVATION_LOOP(relu3, Relu3)
TEPUI_ACTIVATION_LOOP(identity, Identity)
TEPUI_ACTIVATION_LOOP(relu, Relu)
TEPUI_ACTIVATION_LOOP(leaky_relu, LeakyRelu)
TEPUI_ACTIVATION_LOOP(abs, Abs)

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

TEPUI_ACTIVATION_DISPATCH(square)
TEPUI_ACTIVATION_DISPATCH(cube)
TEPUI_ACTIVATION_DISPATCH(relu3)
TEPUI_ACTIVATION_DISPATCH(identity)
TEPUI_ACTIVATION_DISPATCH(relu)
TEPUI_ACTIVATION_DISPATCH(leaky_relu)
TEPUI_ACTIVATION_DISPATCH(abs)

}  // namespace tepui::kernels
#endif  // HWY_ONCE
