// NumPy's .npy files.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tepui::cli {

struct NpyArray {
    std::vector<std::int64_t> shape;
    std::vector<double> values;  // C order, whatever the file's
};

// Any real or boolean dtype in native byte order, C or Fortran order. Throws UserError, also when a value is
// not finite.
NpyArray read_npy(const std::string& path);

// float64, C order. shape: 1 or 2 extents. Throws UserError when the file cannot be written.
void write_npy(const std::string& path, const std::vector<std::int64_t>& shape, const double* values);

}  // namespace tepui::cli
