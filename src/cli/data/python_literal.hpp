// Python's literals, as far as they occur in the headers of .npy files: strings, whole numbers, True, False,
// None, and tuples, lists and dictionaries of these.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tepui::cli {

struct PythonLiteral {
    enum class Kind { string, integer, huge_integer, boolean, none, tuple, list, dictionary };
    Kind kind = Kind::none;
    std::string string;
    std::int64_t integer = 0;          // a boolean's, too: 0 or 1
    std::vector<PythonLiteral> items;  // of a dictionary: key, value, key, value, ...

    // The value that counts: the last one given for the key. Null when there is none.
    const PythonLiteral* find(std::string_view key) const;
};

// The whole text as one literal, read as ast.literal_eval does; none when it is something else. Bounded in
// depth, whatever the text. python2: long integers may end in L.
std::optional<PythonLiteral> parse_python_literal(std::string_view text, bool python2);

}  // namespace tepui::cli
