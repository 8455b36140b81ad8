#include "kernels/isa.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/isa.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/dispatch.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// Not inlinable into callers of another target: the table holds its address.
int count_double_lanes() {
    return static_cast<int>(hwy::HWY_NAMESPACE::Lanes(HWY_FULL(double)()));
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cstdint>
#include <cstdlib>
#include <string>

namespace tepui::kernels {
namespace {

HWY_EXPORT(count_double_lanes);

constexpr std::int64_t kFallbacks = HWY_SCALAR | HWY_EMU128;

std::string_view name_of(std::int64_t target) {
    switch (target) {
        case HWY_AVX3:
            return "AVX512";
        case HWY_AVX3_DL:
            return "AVX512_DL";
        case HWY_SCALAR:
        case HWY_EMU128:
            return "BASELINE";
        default:
            return hwy::TargetName(target);
    }
}

// Compiled in and supported by this CPU; the lowest bit is the best target.
std::int64_t usable_targets() {
    return hwy::SupportedTargets() & HWY_TARGETS;
}

std::int64_t target_named(std::string_view name) {
    for (std::int64_t rest = usable_targets(); rest != 0; rest &= rest - 1) {
        const std::int64_t target = rest & -rest;
        if (name_of(target) == name) return target;
    }
    return 0;
}

struct Choice {
    hwy::ChosenTarget chosen;
    std::int64_t target = 0;
    std::string refused;

    Choice() {
        const char* wanted = std::getenv("TEPUI_ISA");
        const bool any = wanted == nullptr || *wanted == '\0';
        const std::int64_t named = any ? best() : target_named(wanted);
        set(named != 0 ? named : best());
        if (named == 0) refused = wanted;
    }
    static std::int64_t best() {
        const std::int64_t usable = usable_targets();
        return usable & -usable;
    }
    void set(std::int64_t wanted) {
        target = wanted;
        refused.clear();
        chosen.Update(wanted & ~kFallbacks);
    }
};

Choice& choice() {
    static Choice instance;
    return instance;
}

}  // namespace

const hwy::ChosenTarget& chosen_target() {
    return choice().chosen;
}

std::vector<std::string_view> available_isas() {
    std::vector<std::string_view> names;
    for (std::int64_t rest = usable_targets(); rest != 0; rest &= rest - 1)
        names.push_back(name_of(rest & -rest));
    return names;
}

std::string available_isa_names() {
    std::string names;
    for (const std::string_view name : available_isas()) {
        if (!names.empty()) names += ' ';
        names += name;
    }
    return names;
}

std::string_view active_isa() {
    return name_of(choice().target);
}

std::string_view refused_isa() {
    return choice().refused;
}

bool force_isa(std::string_view name) {
    const std::int64_t target = name.empty() ? Choice::best() : target_named(name);
    if (target == 0) return false;
    choice().set(target);
    return true;
}

int active_lanes() {
    return TEPUI_DISPATCH(count_double_lanes)();
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
