// Arrays in NumPy's .npz archives, as "FILE.npz:NAME" calls them.
#pragma once
#include <string>

namespace tepui::cli {

// "file.npz:X" apart; member is empty when the archive alone is named.
struct ArrayPath {
    std::string file;
    std::string member;
    bool archive = false;
};

// A file of that very name, colon and all, counts first.
ArrayPath parse_array_path(const std::string& path);

// The bytes of the member's .npy file, unpacked and checked against their sum. Without a name: of the only
// array in the archive. Throws UserError, also when sizes in the archive contradict each other.
std::string read_npz_member(const ArrayPath& path);

}  // namespace tepui::cli
