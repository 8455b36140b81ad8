// How things are computed, as options choose it.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/methods.def"
#include "vocabulary/declare.inc"
