// What stands before the values of a .npy array (numpy.lib.format, versions 1.0 to 3.0). Nothing in it is
// believed: sizes are held against what is there.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tepui::cli {

// A plain type of real numbers, or of text.
struct NpyType {
    // f: floating point, i: signed, u: unsigned, b: boolean; where text is allowed U: Unicode, S: bytes
    char kind = 'f';
    std::size_t size = 8;  // bytes of a value
    bool swapped = false;  // in the byte order that is not this machine's
};

struct NpyHeader {
    NpyType type;
    bool fortran_order = false;
    std::vector<std::int64_t> shape;  // empty: a single value
    std::size_t offset = 0;           // of the first value
    std::size_t count = 0;            // values; their bytes are fewer than 2^63
};

// What tells how long the header is: the first bytes of any .npy file.
constexpr std::size_t npy_prefix_bytes = 12;
// Up to where the header goes. Throws UserError unless the prefix is that of a .npy file.
std::size_t npy_header_end(std::string_view prefix, const std::string& name);
// Whether an array of text will do.
enum class NpyText { refused, allowed };
// start: the file's first bytes, the whole header among them. name: the file's, for messages. Throws
// UserError.
NpyHeader parse_npy_header(std::string_view start, const std::string& name, NpyText text = NpyText::refused);

// "(3, 4)", as NumPy writes it.
std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace tepui::cli
