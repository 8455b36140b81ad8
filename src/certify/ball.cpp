#include "certify/ball.hpp"

namespace tepui::balls {
namespace {

constexpr Bits kBoundBits = 64;  // of a bound before it becomes a double

struct Endpoint {
    arf_t value;
    Endpoint() { arf_init(value); }
    ~Endpoint() { arf_clear(value); }
    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;
};

}  // namespace

double lower_bound(arb_srcptr ball) {
    Endpoint end;
    arb_get_lbound_arf(end.value, ball, kBoundBits);
    return arf_get_d(end.value, ARF_RND_FLOOR);
}

double upper_bound(arb_srcptr ball) {
    Endpoint end;
    arb_get_ubound_arf(end.value, ball, kBoundBits);
    return arf_get_d(end.value, ARF_RND_CEIL);
}

double magnitude_bound(arb_srcptr ball) {
    Endpoint end;
    arb_get_abs_ubound_arf(end.value, ball, kBoundBits);
    return arf_get_d(end.value, ARF_RND_CEIL);
}

double middle(arb_srcptr ball) {
    return arf_get_d(arb_midref(ball), ARF_RND_NEAR);
}

Size sign(arb_srcptr ball) {
    if (arb_is_positive(ball)) return 1;
    return arb_is_negative(ball) ? -1 : 0;
}

void widen(arb_ptr ball, double radius) {
    Endpoint distance;
    arf_set_d(distance.value, radius);
    arb_add_error_arf(ball, distance.value);
}

std::string decimal(arb_srcptr ball, Size digits) {
    char* text = arb_get_str(ball, digits, 0);
    std::string result(text);
    flint_free(text);
    return result;
}

std::string backend() {
#if __FLINT_RELEASE >= 30000  // Arb is part of it
    return std::string("FLINT ").append(FLINT_VERSION);
#else
    return std::string("Arb ").append(arb_version).append(", FLINT ").append(FLINT_VERSION);
#endif
}

}  // namespace tepui::balls
