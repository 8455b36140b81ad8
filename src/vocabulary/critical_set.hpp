// Branches of a critical set.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/critical_set.def"
#include "vocabulary/declare.inc"
