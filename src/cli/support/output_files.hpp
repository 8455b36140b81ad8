// What the command shows and writes; every failure is a UserError.
#pragma once
#include <string>

namespace tepui::cli {

void show(const std::string& text);  // on standard output
void make_directory(const std::string& path);
void write_text(const std::string& path, const std::string& text);

}  // namespace tepui::cli
