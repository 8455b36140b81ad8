// Runs a check on every ISA of this machine and restores the choice.
#pragma once

#include <string>

#include "kernels/isa.hpp"
#include "support/catch.hpp"

namespace tepui::kernels::testing {

template <class Check>
void on_every_isa(const Check& check) {
    const std::string before(active_isa());
    for (const std::string_view isa : available_isas()) {
        INFO("ISA " << isa);
        REQUIRE(force_isa(isa));
        check();
    }
    REQUIRE(force_isa(before));
}

}  // namespace tepui::kernels::testing
