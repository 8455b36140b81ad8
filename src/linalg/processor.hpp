// What the processor says of itself, and what that means for matrix products.
#pragma once

#include <string>

namespace tepui::linalg {

struct Processor {
    std::string vendor;   // as cpuid spells it: "GenuineIntel", "AuthenticAMD"
    int family = 0;       // with the extended family added
    int model = 0;        // with the extended model above it
    std::string brand;    // e.g. "Intel(R) Xeon(R) Gold 5118 CPU @ 2.30GHz"; hypervisors shorten it
    bool fma256 = false;  // AVX2 and FMA, enabled by the operating system
    bool fma512 = false;  // AVX-512 F, DQ, BW, VL, likewise
};
Processor this_processor();

struct CpuVectorUnits {
    bool fma256 = false;
    bool fma512_full = false;  // 512-bit multiply-adds reach twice the flops of 256-bit ones
    bool amd = false;
};

// Cpuid has no bit for the number or width of multiply-add units: a table of models tells. A model that it
// does not know counts as one whose 512-bit units gain nothing. The same processor always gets the same
// answer, and with it the same last bits of results.
CpuVectorUnits vector_units(const Processor& processor);

}  // namespace tepui::linalg
