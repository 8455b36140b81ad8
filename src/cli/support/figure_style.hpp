// How pictures look: colours that the colour-blind can tell apart (Okabe and Ito), and a second sign
// (hatching or shape) for every colour.
#pragma once
#include <string>

#include "vocabulary/verdicts.hpp"

namespace tepui::cli {

struct VerdictStyle {
    const char* name;   // in a legend
    const char* line;   // full colour
    const char* tint;   // of areas
    const char* hatch;  // of the lines on them
    const char* text;   // of words on them
    int hatching;       // gnuplot fill pattern of areas; -1: none
    int shape;          // gnuplot point type
};
VerdictStyle verdict_style(Verdict verdict);

// Without its directories.
std::string file_name_of(const std::string& path);

}  // namespace tepui::cli
