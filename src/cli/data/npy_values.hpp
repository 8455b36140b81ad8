// The values of a .npy array as double.
#pragma once
#include "cli/data/npy_header.hpp"

namespace tepui::cli {

// bytes: count values of the type, at any address. Rounded to the nearest double where double is narrower; a
// boolean is 1 unless its byte is 0, as in NumPy.
void convert_values(const NpyType& type, const char* bytes, std::size_t count, double* values);

}  // namespace tepui::cli
