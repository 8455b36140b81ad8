// Which instruction set the kernels run on: chosen once from what the CPU offers, or forced.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tepui::kernels {

// Names: "AVX512", "AVX2", "SSE4", "NEON", "BASELINE", ... best first; the subset compiled in and supported
// by this CPU.
std::vector<std::string_view> available_isas();
std::string available_isa_names();  // with spaces between them

// The one in use: the best available, or the one named by the environment variable TEPUI_ISA, which is read
// once, at first use.
std::string_view active_isa();

// What TEPUI_ISA held at first use when it is not one of available_isas(); else, or once force_isa has chosen
// another, empty.
std::string_view refused_isa();

// Forces one of available_isas() for the whole process, or frees the choice again with "". Returns false when
// the name is not available (nothing changes then). Not to be called while another thread computes.
bool force_isa(std::string_view name);

// double lanes of a vector in the active ISA.
int active_lanes();

}  // namespace tepui::kernels
