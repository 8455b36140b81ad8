// Calls the variant of a HWY_EXPORTed kernel that belongs to the ISA in use (isa.hpp).
//
// The choice is our own hwy::ChosenTarget rather than Highway's process-wide one: forcing an ISA here must
// not slow down another library in the process that happens to use Highway, and a choice made there must not
// reach us.
#pragma once

#include <hwy/targets.h>

namespace tepui::kernels {

// Initialised from the CPU and TEPUI_ISA at first use.
const hwy::ChosenTarget& chosen_target();

}  // namespace tepui::kernels

// With a single compiled target Highway's table has one entry and no selection takes place.
#if (HWY_TARGETS & (HWY_TARGETS - 1)) == 0
#define TEPUI_DISPATCH(function) HWY_STATIC_DISPATCH(function)
#else
#define TEPUI_DISPATCH(function) \
    (*(HWY_DISPATCH_TABLE(function)[::tepui::kernels::chosen_target().GetIndex()]))
#endif
