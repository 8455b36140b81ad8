// Streams of text that say when memory ends: those of the standard library go on without what did not fit.
#pragma once
#include <sstream>

namespace tepui::cli {

struct TextWriter : std::ostringstream {
    TextWriter() { exceptions(std::ios::badbit); }
};

struct TextReader : std::istringstream {
    explicit TextReader(std::string text) : std::istringstream(std::move(text)) {
        exceptions(std::ios::badbit);
    }
};

}  // namespace tepui::cli
