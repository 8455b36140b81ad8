#include "classification/point/quad.hpp"

namespace tepui {

#if TEPUI_QUAD
namespace {

struct Logistic {
    Quad p, q;  // 1 / (1 + exp(-z)) and its complement
    Quad first, second, third;
};

Logistic logistic(Quad z) {
    const Quad e = expf128(z < 0 ? z : -z);
    const Quad large = 1 / (1 + e), small = e * large;
    Logistic l{z < 0 ? small : large, z < 0 ? large : small, 0, 0, 0};
    l.first = l.p * l.q;
    l.second = l.first * (l.q - l.p);
    l.third = l.first * (1 - 6 * l.first);
    return l;
}

Quad density(Quad z) {  // of the normal distribution
    const Quad two_pi = 8 * atanf128(Quad(1));
    return expf128(-z * z / 2) / sqrtf128(two_pi);
}

}  // namespace

QuadJet quad_jet(ActivationKind kind, Quad z) {
    switch (kind) {
        case ActivationKind::tanh: {
            const Quad t = tanhf128(z), c = 1 / coshf128(z), s = c * c;
            return {t, s, -2 * t * s, s * (4 * t * t - 2 * s)};
        }
        case ActivationKind::sigmoid: {
            const Logistic l = logistic(z);
            return {l.p, l.first, l.second, l.third};
        }
        case ActivationKind::softplus: {
            const Logistic l = logistic(z);
            return {(z > 0 ? z : Quad(0)) + log1pf128(expf128(z < 0 ? z : -z)), l.p, l.first, l.second};
        }
        case ActivationKind::erf: {
            const Quad slope = 2 * density(z);
            return {erff128(z / sqrtf128(Quad(2))), slope, -z * slope, (z * z - 1) * slope};
        }
        case ActivationKind::gelu: {
            const Quad slope = density(z), phi = erfcf128(-z / sqrtf128(Quad(2))) / 2;
            return {z * phi, phi + z * slope, (2 - z * z) * slope, z * (z * z - 4) * slope};
        }
        case ActivationKind::silu: {
            const Logistic l = logistic(z);
            return {z * l.p, l.p + z * l.first, 2 * l.first + z * l.second, 3 * l.second + z * l.third};
        }
        case ActivationKind::sin: {
            const Quad s = sinf128(z), c = cosf128(z);
            return {s, c, -s, -c};
        }
        case ActivationKind::gaussian: {
            const Quad g = expf128(-z * z / 2);
            return {g, -z * g, (z * z - 1) * g, z * (3 - z * z) * g};
        }
        case ActivationKind::square:
            return {z * z / 2, z, 1, 0};
        case ActivationKind::cube:
            return {z * z * z, 3 * z * z, 6 * z, 6};
        case ActivationKind::relu3: {
            const Quad c = z > 0 ? z : Quad(0);
            return {c * c * c, 3 * c * c, 6 * c, z > 0 ? Quad(6) : Quad(0)};
        }
        case ActivationKind::arctan: {
            const Quad f = 1 / (1 + z * z);
            return {atanf128(z), f, -2 * z * f * f, (6 * z * z - 2) * f * f * f};
        }
        case ActivationKind::identity:
            return {z, 1, 0, 0};
        case ActivationKind::exp: {
            const Quad e = expf128(z);
            return {e, e, e, e};
        }
        default:
            break;
    }
    throw Error(Status::internal, "this activation is not known in quadruple precision");
}

Quad quad_sqrt(Quad x) {
    return sqrtf128(x);
}
#else
QuadJet quad_jet(ActivationKind, Quad) {
    throw Error(Status::internal, "quadruple precision is not there");
}
Quad quad_sqrt(Quad x) {
    return std::sqrt(x);
}
#endif

}  // namespace tepui
