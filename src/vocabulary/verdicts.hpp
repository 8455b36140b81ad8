// Verdicts on points and on splits of their neurons.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/verdicts.def"
#include "vocabulary/declare.inc"
