// Certificates.
#pragma once

#include "vocabulary/word.hpp"

#define TEPUI_TABLE "vocabulary/certificate.def"
#include "vocabulary/declare.inc"
