// Text that a user named (columns, files), made fit for a terminal and for a picture.
#pragma once
#include <string>
#include <string_view>

namespace tepui::cli {

// Valid UTF-8 without control characters: these, marks that turn the direction of writing and bytes that are
// no UTF-8 become "\n", "\x1b", "\u202e". The line feeds of a report of many lines stay.
enum class Lines { one, many };
std::string visible(std::string_view text, Lines lines = Lines::one);

// JSON text in which such characters within strings are escaped as JSON does it, those that JSON leaves as
// they are, too.
std::string without_controls(std::string_view json);

}  // namespace tepui::cli
