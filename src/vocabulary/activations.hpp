// Activations and what theorems ask of them.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/activations.def"
#include "vocabulary/declare.inc"
