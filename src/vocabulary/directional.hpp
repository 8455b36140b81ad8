// Verdicts on networks of ReLU-like neurons.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/directional.def"
#include "vocabulary/declare.inc"
