// What outputs are compared with targets by.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/losses.def"
#include "vocabulary/declare.inc"
