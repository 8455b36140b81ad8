// How searches end.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/solve.def"
#include "vocabulary/declare.inc"
