#include "bench_activation_rivals.hpp"

#include <cmath>

namespace tepui::bench {
namespace {

constexpr double kSqrtHalf = 0.70710678118654752440;
constexpr double kDensity = 0.39894228040143267794;

void libm_tanh(std::size_t n, const double* z, double* v, double* f, double* s) {
    for (std::size_t k = 0; k < n; ++k) {
        const double e = std::exp(-2 * std::fabs(z[k]));
        const double t = std::tanh(z[k]);
        v[k] = t;
        f[k] = 4 * e / ((1 + e) * (1 + e));
        s[k] = -2 * t * f[k];
    }
}
void libm_sigmoid(std::size_t n, const double* z, double* v, double* f, double* s) {
    for (std::size_t k = 0; k < n; ++k) {
        const double e = std::exp(-std::fabs(z[k]));
        const double r = 1 / (1 + e);
        v[k] = z[k] < 0 ? e * r : r;
        f[k] = e * r * r;
        s[k] = f[k] * (1 - 2 * v[k]);
    }
}
void libm_softplus(std::size_t n, const double* z, double* v, double* f, double* s) {
    for (std::size_t k = 0; k < n; ++k) {
        const double e = std::exp(-std::fabs(z[k]));
        const double r = 1 / (1 + e);
        v[k] = std::fmax(z[k], 0.0) + std::log1p(e);
        f[k] = z[k] < 0 ? e * r : r;
        s[k] = e * r * r;
    }
}
double libm_gauss(double z) {
    const double square = z * z;
    return std::exp(-0.5 * square) * (1 - 0.5 * std::fma(z, z, -square));
}
void libm_erf(std::size_t n, const double* z, double* v, double* f, double* s) {
    for (std::size_t k = 0; k < n; ++k) {
        v[k] = std::erf(z[k] * kSqrtHalf);
        f[k] = 2 * kDensity * libm_gauss(z[k]);
        s[k] = -z[k] * f[k];
    }
}
void libm_gelu(std::size_t n, const double* z, double* v, double* f, double* s) {
    for (std::size_t k = 0; k < n; ++k) {
        const double phi = 0.5 * std::erfc(-z[k] * kSqrtHalf);
        const double density = kDensity * libm_gauss(z[k]);
        v[k] = z[k] * phi;
        f[k] = phi + z[k] * density;
        s[k] = (2 - z[k] * z[k]) * density;
    }
}

std::vector<Rival> make_rivals() {
    std::vector<Rival> all = {{"tanh/libm", libm_tanh},
                              {"sigmoid/libm", libm_sigmoid},
                              {"softplus/libm", libm_softplus},
                              {"erf/libm", libm_erf},
                              {"gelu/libm", libm_gelu}};
#ifdef TEPUI_BENCH_VECTOR_RIVALS
    if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0)
        add_vector_rivals(all);
#endif
    return all;
}

}  // namespace

const std::vector<Rival>& rivals() {
    static const std::vector<Rival> all = make_rivals();
    return all;
}

}  // namespace tepui::bench
