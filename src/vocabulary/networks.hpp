// What neurons of a wide network are.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/networks.def"
#include "vocabulary/declare.inc"
