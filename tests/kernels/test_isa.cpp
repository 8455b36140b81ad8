#include <algorithm>

#include "kernels/isa.hpp"
#include "support/catch.hpp"

using namespace tepui::kernels;

namespace {

int lanes_of(std::string_view isa) {
    if (isa == "AVX512" || isa == "AVX512_DL") return 8;
    if (isa == "AVX2") return 4;
    if (isa == "SSE4" || isa == "NEON") return 2;
    return 0;  // not pinned
}

}  // namespace

TEST_CASE("every available ISA can be forced, and the kernels then run on it", "[isa]") {
    const auto isas = available_isas();
    REQUIRE(!isas.empty());
    const std::string_view before = active_isa();
    for (const auto isa : isas) {
        INFO(isa);
        REQUIRE(force_isa(isa));
        CHECK(active_isa() == isa);
        if (lanes_of(isa) != 0) CHECK(active_lanes() == lanes_of(isa));
        CHECK(active_lanes() >= 1);
    }
    REQUIRE(force_isa(""));
    CHECK(active_isa() == isas.front());
    REQUIRE(force_isa(before));
}

TEST_CASE("an unknown ISA is refused and changes nothing", "[isa]") {
    const std::string_view before = active_isa();
    CHECK_FALSE(force_isa("AVX9000"));
    CHECK(active_isa() == before);
    CHECK(std::ranges::count(available_isas(), before) == 1);
}
