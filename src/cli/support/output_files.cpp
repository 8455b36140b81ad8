#include "cli/support/output_files.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/support/user_error.hpp"

namespace tepui::cli {

void show(const std::string& text) {
    std::cout << text << std::flush;
    if (!std::cout) throw UserError("standard output cannot be written");
}

void make_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw UserError("--out " + path + ": " + error.message());
}

void write_text(const std::string& path, const std::string& text) {
    std::ofstream stream(path, std::ios::binary);
    stream << text;
    stream.close();
    if (!stream) throw UserError(path + ": cannot be written");
}

}  // namespace tepui::cli
