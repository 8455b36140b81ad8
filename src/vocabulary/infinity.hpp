// Ends at infinity: units of the limit, verdicts, rules.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/infinity.def"
#include "vocabulary/declare.inc"
