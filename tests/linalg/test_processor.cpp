// The table of processors: what cpuid says of real ones, and what their makers say of their units.
#include "linalg/processor.hpp"

#include "support/catch.hpp"

using namespace tepui::linalg;

namespace {

Processor intel(int model, const char* brand) {
    return {"GenuineIntel", 6, model, brand, true, true};
}

Processor amd(int family, int model) {
    return {"AuthenticAMD", family, model, "AMD EPYC", true, true};
}

}  // namespace

TEST_CASE("servers of Intel have two 512-bit units, but for the lesser ones of their first generations") {
    for (const char* brand :
         {"Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz", "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz",
          "Intel(R) Xeon(R) Gold 5122 CPU @ 3.60GHz", "Intel(R) Xeon(R) CPU @ 2.00GHz",
          "Intel(R) Xeon(R) W-2145 CPU @ 3.70GHz", "Intel(R) Core(TM) i9-7900X CPU @ 3.30GHz"}) {
        CAPTURE(brand);
        CHECK(vector_units(intel(0x55, brand)).fma512_full);
    }
    for (const char* brand :
         {"Intel(R) Xeon(R) Gold 5118 CPU @ 2.30GHz", "Intel(R) Xeon(R) Silver 4114 CPU @ 2.20GHz",
          "Intel(R) Xeon(R) Bronze 3106 CPU @ 1.70GHz", "Intel(R) Xeon(R) D-2123IT CPU @ 2.20GHz"}) {
        CAPTURE(brand);
        CHECK_FALSE(vector_units(intel(0x55, brand)).fma512_full);
        CHECK(vector_units(intel(0x55, brand)).fma256);
    }
    for (const int model : {0x6a, 0x8f, 0xcf, 0xad}) {
        CAPTURE(model);
        CHECK(vector_units(intel(model, "Intel(R) Xeon(R) Silver 4314 CPU @ 2.40GHz")).fma512_full);
    }
}

TEST_CASE("clients of Intel and models that nobody knows gain nothing from 512 bits") {
    for (const int model : {0x7e, 0x8c, 0x8d, 0xa7, 0xfe}) {
        CAPTURE(model);
        CHECK_FALSE(vector_units(intel(model, "")).fma512_full);
    }
    CHECK_FALSE(vector_units({"CentaurHauls", 6, 0x6a, "", true, true}).fma512_full);
}

TEST_CASE("Zen 4 runs 512 bits in two steps, Zen 5 in one, its mobile parts in two") {
    for (const int model : {0x11, 0x61, 0x74, 0xa0}) CHECK_FALSE(vector_units(amd(0x19, model)).fma512_full);
    for (const int model : {0x02, 0x11, 0x44, 0x70}) CHECK(vector_units(amd(0x1a, model)).fma512_full);
    for (const int model : {0x24, 0x60}) CHECK_FALSE(vector_units(amd(0x1a, model)).fma512_full);
    CHECK(vector_units(amd(0x19, 0x11)).amd);
}

TEST_CASE("what the operating system does not enable is not used") {
    Processor processor = intel(0x8f, "");
    processor.fma512 = false;
    CHECK_FALSE(vector_units(processor).fma512_full);
    CHECK(vector_units(processor).fma256);
}

TEST_CASE("this processor says who it is") {
    const Processor processor = this_processor();
#if defined(__x86_64__)
    CHECK(processor.vendor.size() == 12);
    CHECK(processor.family >= 6);
    CHECK_FALSE(processor.brand.empty());
#else
    CHECK(processor.vendor.empty());
#endif
}
