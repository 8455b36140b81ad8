// Arrays in NumPy's .npz archives, as "FILE.npz:NAME" calls them.
#pragma once
#include <string>
#include <vector>

namespace tepui::cli {

// "file.npz:X" apart; member is empty when the archive alone is named.
struct ArrayPath {
    std::string file;
    std::string member;
    bool archive = false;
};

// A file of that very name, colon and all, counts first.
ArrayPath parse_array_path(const std::string& path);

// The names of its arrays, in the order of the archive. Throws UserError.
std::vector<std::string> npz_names(const std::string& file);

// The bytes of the member's .npy file, unpacked and checked against their sum. Without a name: of the only
// array in the archive. Throws UserError, also when sizes in the archive contradict each other.
std::string read_npz_member(const ArrayPath& path);

// An archive of these arrays, as numpy.savez writes one: stored, not compressed.
struct NpzMember {
    std::string name;     // without .npy
    std::string content;  // of its .npy file
};
std::string npz_content(const std::vector<NpzMember>& members);

}  // namespace tepui::cli
