// Status numbers.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/status.def"
#include "vocabulary/declare.inc"
