#include "linalg/processor.hpp"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <string_view>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tepui::linalg {
namespace {

bool among(int model, std::initializer_list<int> models) {
    return std::find(models.begin(), models.end(), model) != models.end();
}

// Skylake-SP, Cascade Lake and Cooper Lake share one model number, and the lesser ones have their second
// 512-bit unit turned off. Gold 5122 and 5222 are the exceptions of their row.
bool lacks_second_unit(std::string_view brand) {
    const auto says = [&](std::string_view word) { return brand.find(word) != std::string_view::npos; };
    if (says("Gold 5122") || says("Gold 5222")) return false;
    return says("Silver") || says("Bronze") || says("Gold 5") || says("Xeon(R) D-");
}

// Two 512-bit units: Intel's servers. Its clients (Ice Lake, Tiger Lake, Rocket Lake) have one, made of both
// 256-bit units.
bool intel_full_512(const Processor& processor) {
    constexpr int skylake_server = 0x55;
    if (processor.family != 6) return false;
    if (processor.model == skylake_server) return !lacks_second_unit(processor.brand);
    return among(processor.model, {0x6a, 0x6c,    // Ice Lake-SP, -D
                                   0x8f, 0xcf,    // Sapphire Rapids, Emerald Rapids
                                   0xad, 0xae});  // Granite Rapids, -D
}

// Zen 4 (family 0x19) runs 512 bits in two steps, and so do the mobile Zen 5.
bool amd_full_512(const Processor& processor) {
    return processor.family == 0x1a &&
           (processor.model <= 0x1f ||                               // Turin
            (processor.model >= 0x40 && processor.model <= 0x4f) ||  // Granite Ridge
            (processor.model >= 0x70 && processor.model <= 0x77));   // Strix Halo
}

}  // namespace

Processor this_processor() {
    Processor processor;
#if defined(__x86_64__)
    __builtin_cpu_init();
    processor.fma256 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    processor.fma512 = processor.fma256 && __builtin_cpu_supports("avx512f") &&
                       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512vl");
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    if (__get_cpuid(0, &a, &b, &c, &d) != 0) {
        char text[12];
        std::memcpy(text, &b, 4);
        std::memcpy(text + 4, &d, 4);
        std::memcpy(text + 8, &c, 4);
        processor.vendor.assign(text, sizeof text);
    }
    if (__get_cpuid(1, &a, &b, &c, &d) != 0) {
        const unsigned family = a >> 8 & 0xf;
        const unsigned model = a >> 4 & 0xf;
        const bool extended_model = family == 6 || family == 15;
        processor.family = static_cast<int>(family == 15 ? family + (a >> 20 & 0xff) : family);
        processor.model = static_cast<int>(extended_model ? model + (a >> 12 & 0xf0) : model);
    }
    for (unsigned leaf = 0x80000002U; leaf <= 0x80000004U && __get_cpuid(leaf, &a, &b, &c, &d) != 0; ++leaf) {
        for (const unsigned part : {a, b, c, d}) {
            char text[4];
            std::memcpy(text, &part, 4);
            processor.brand.append(text, std::find(text, text + 4, '\0'));
        }
    }
#endif
    return processor;
}

CpuVectorUnits vector_units(const Processor& processor) {
    CpuVectorUnits units;
    units.amd = processor.vendor == "AuthenticAMD";
    units.fma256 = processor.fma256;
    units.fma512_full = processor.fma512 && (units.amd                            ? amd_full_512(processor)
                                             : processor.vendor == "GenuineIntel" ? intel_full_512(processor)
                                                                                  : false);
    return units;
}

}  // namespace tepui::linalg
