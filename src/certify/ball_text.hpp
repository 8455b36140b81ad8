// Balls and bounds as decimal text that contains them. The same in every locale.
#pragma once

#include <string>

#include "certify/ball.hpp"
#include "certify/certificate.hpp"

namespace tepui::balls {

// "[1.25 +/- 3.1e-30]": a decimal ball that contains this one, with at most so many digits of the middle.
std::string decimal(const Ball& ball, Size digits);

// Three digits, not below the value.
std::string at_most(double value);
std::string at_least(double value);  // not above it
// Ten digits, outwards.
std::string interval_text(const Interval& interval);

}  // namespace tepui::balls
