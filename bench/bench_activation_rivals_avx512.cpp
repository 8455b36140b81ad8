// Compiled for AVX-512 as a whole; called only where the CPU has it.
#include <immintrin.h>
#include <sleef.h>

#include <array>

#include "bench_activation_rivals.hpp"

namespace tepui::bench {
namespace {

constexpr double kSqrtHalf = 0.70710678118654752440;
constexpr double kDensity = 0.39894228040143267794;

// The names are the vector function ABI's; glibc declares them only to the vectoriser.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
__m512d _ZGVeN8v_exp(__m512d);
__m512d _ZGVeN8v_expm1(__m512d);
__m512d _ZGVeN8v_log1p(__m512d);
__m512d _ZGVeN8v_tanh(__m512d);
__m512d _ZGVeN8v_erf(__m512d);
__m512d _ZGVeN8v_erfc(__m512d);
}
// NOLINTEND(bugprone-reserved-identifier)

struct Libmvec {
    static __m512d exp(__m512d x) { return _ZGVeN8v_exp(x); }
    static __m512d expm1(__m512d x) { return _ZGVeN8v_expm1(x); }
    static __m512d log1p(__m512d x) { return _ZGVeN8v_log1p(x); }
    static __m512d tanh(__m512d x) { return _ZGVeN8v_tanh(x); }
    static __m512d erf(__m512d x) { return _ZGVeN8v_erf(x); }
    static __m512d erfc(__m512d x) { return _ZGVeN8v_erfc(x); }
};
struct Sleef {
    static __m512d exp(__m512d x) { return Sleef_expd8_u10avx512f(x); }
    static __m512d expm1(__m512d x) { return Sleef_expm1d8_u10avx512f(x); }
    static __m512d log1p(__m512d x) { return Sleef_log1pd8_u10avx512f(x); }
    static __m512d tanh(__m512d x) { return Sleef_tanhd8_u35avx512f(x); }
    static __m512d erf(__m512d x) { return Sleef_erfd8_u10avx512f(x); }
    static __m512d erfc(__m512d x) { return Sleef_erfcd8_u15avx512f(x); }
};
// The fastest of each: SLEEF's exp with libmvec's rest.
struct Mixed : Libmvec {
    static __m512d exp(__m512d x) { return Sleef_expd8_u10avx512f(x); }
};

inline __m512d set(double x) {
    return _mm512_set1_pd(x);
}
inline __m512d neg(__m512d x) {
    return _mm512_xor_pd(x, set(-0.0));
}

template <class M>
struct Tanh {  // tanh and exp
    static void evaluate(__m512d z, __m512d& v, __m512d& f, __m512d& s) {
        const __m512d e = M::exp(_mm512_mul_pd(_mm512_abs_pd(z), set(-2)));
        v = M::tanh(z);
        const __m512d d = _mm512_add_pd(e, set(1));
        f = _mm512_div_pd(_mm512_mul_pd(e, set(4)), _mm512_mul_pd(d, d));
        s = _mm512_mul_pd(_mm512_mul_pd(v, f), set(-2));
    }
};
template <class M>
struct TanhFromExpm1 {  // m = expm1(2 |z|): tanh = m / (m + 2), sech^2 = 4 (m + 1) / (m + 2)^2, no overflow
                        // by a clamp
    static void evaluate(__m512d z, __m512d& v, __m512d& f, __m512d& s) {
        const __m512d m = M::expm1(_mm512_min_pd(_mm512_mul_pd(_mm512_abs_pd(z), set(2)), set(700)));
        const __m512d r = _mm512_div_pd(set(1), _mm512_add_pd(m, set(2)));
        const __m512d t = _mm512_mul_pd(m, r);
        v = _mm512_or_pd(t, _mm512_and_pd(z, set(-0.0)));
        f = _mm512_mul_pd(_mm512_mul_pd(_mm512_fmadd_pd(m, set(4), set(4)), r), r);
        s = _mm512_mul_pd(_mm512_mul_pd(v, f), set(-2));
    }
};
template <class M>
struct Sigmoid {
    static void evaluate(__m512d z, __m512d& v, __m512d& f, __m512d& s) {
        const __m512d e = M::exp(neg(_mm512_abs_pd(z)));
        const __m512d r = _mm512_div_pd(set(1), _mm512_add_pd(e, set(1)));
        const __m512d small = _mm512_mul_pd(e, r);
        v = _mm512_mask_blend_pd(_mm512_cmp_pd_mask(z, set(0), _CMP_LT_OQ), r, small);
        f = _mm512_mul_pd(small, r);
        s = _mm512_mul_pd(f, _mm512_fnmadd_pd(v, set(2), set(1)));
    }
};
template <class M>
struct Softplus {
    static void evaluate(__m512d z, __m512d& v, __m512d& f, __m512d& s) {
        const __m512d e = M::exp(neg(_mm512_abs_pd(z)));
        const __m512d r = _mm512_div_pd(set(1), _mm512_add_pd(e, set(1)));
        const __m512d small = _mm512_mul_pd(e, r);
        v = _mm512_add_pd(_mm512_max_pd(z, set(0)), M::log1p(e));
        f = _mm512_mask_blend_pd(_mm512_cmp_pd_mask(z, set(0), _CMP_LT_OQ), r, small);
        s = _mm512_mul_pd(small, r);
    }
};
template <class M>
inline __m512d gauss(__m512d z) {
    const __m512d square = _mm512_mul_pd(z, z);
    const __m512d e = M::exp(_mm512_mul_pd(square, set(-0.5)));
    const __m512d error = _mm512_fmsub_pd(z, z, square);
    return _mm512_fmadd_pd(e, _mm512_mul_pd(error, set(-0.5)), e);
}
template <class M>
struct Erf {
    static void evaluate(__m512d z, __m512d& v, __m512d& f, __m512d& s) {
        v = M::erf(_mm512_mul_pd(z, set(kSqrtHalf)));
        f = _mm512_mul_pd(gauss<M>(z), set(2 * kDensity));
        s = _mm512_mul_pd(neg(z), f);
    }
};
template <class M>
struct Gelu {
    static void evaluate(__m512d z, __m512d& v, __m512d& f, __m512d& s) {
        const __m512d phi = _mm512_mul_pd(M::erfc(_mm512_mul_pd(z, set(-kSqrtHalf))), set(0.5));
        const __m512d density = _mm512_mul_pd(gauss<M>(z), set(kDensity));
        v = _mm512_mul_pd(z, phi);
        f = _mm512_fmadd_pd(z, density, phi);
        s = _mm512_mul_pd(_mm512_fnmadd_pd(z, z, set(2)), density);
    }
};

template <class Formula>
void loop(std::size_t n, const double* z, double* v, double* f, double* s) {
    for (std::size_t k = 0; k + 8 <= n; k += 8) {
        __m512d value;
        __m512d first;
        __m512d second;
        Formula::evaluate(_mm512_loadu_pd(z + k), value, first, second);
        _mm512_storeu_pd(v + k, value);
        _mm512_storeu_pd(f + k, first);
        _mm512_storeu_pd(s + k, second);
    }
}

template <class M>
void add(std::vector<Rival>& all, const std::array<const char*, 6>& names) {
    all.push_back({names[0], loop<Tanh<M>>});
    all.push_back({names[1], loop<TanhFromExpm1<M>>});
    all.push_back({names[2], loop<Sigmoid<M>>});
    all.push_back({names[3], loop<Softplus<M>>});
    all.push_back({names[4], loop<Erf<M>>});
    all.push_back({names[5], loop<Gelu<M>>});
}

}  // namespace

void add_vector_rivals(std::vector<Rival>& all) {
    add<Libmvec>(all, {"tanh/libmvec", "tanh/libmvec_expm1", "sigmoid/libmvec", "softplus/libmvec",
                       "erf/libmvec", "gelu/libmvec"});
    add<Sleef>(all, {"tanh/sleef", "tanh/sleef_expm1", "sigmoid/sleef", "softplus/sleef", "erf/sleef",
                     "gelu/sleef"});
    add<Mixed>(all, {"tanh/mixed", "tanh/mixed_expm1", "sigmoid/mixed", "softplus/mixed", "erf/mixed",
                     "gelu/mixed"});
}

}  // namespace tepui::bench
