// NumPy's .npy files, and arrays in .npz archives.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tepui::cli {

struct NpyArray {
    std::vector<std::int64_t> shape;  // empty: a single value
    std::vector<double> values;       // C order, whatever the file's
    std::vector<std::string> texts;   // in the place of the values, where it holds text: UTF-8
};

// path: FILE.npy or FILE.npz:NAME. Any real, integer or boolean type, any byte order, C or Fortran order, up
// to two axes. Throws UserError.
NpyArray read_npy(const std::string& path);
// The same, or an array of text.
NpyArray read_npy_or_text(const std::string& path);
// Throws UserError when a value is not finite, saying where it stands.
void require_finite(const NpyArray& array, const std::string& path);

// What a .npy file holds: float64, C order, of at most two extents.
std::string npy_content(const std::vector<std::int64_t>& shape, const double* values);
// One of text: a list, and a single one.
std::string npy_texts(const std::vector<std::string>& texts);
std::string npy_text(const std::string& text);

}  // namespace tepui::cli
