#include "cli/support/text_table.hpp"

#include <algorithm>

#include "cli/support/text_streams.hpp"

namespace tepui::cli {

void TextTable::column(std::string title, Align align) {
    titles_.push_back(std::move(title));
    align_.push_back(align);
}

std::string TextTable::text(const std::string& indent) const {
    std::vector<std::size_t> width(titles_.size());
    for (std::size_t c = 0; c < titles_.size(); ++c) {
        width[c] = titles_[c].size();
        for (const auto& row : rows_) width[c] = std::max(width[c], row[c].size());
    }
    std::string text;
    const auto add = [&](const std::vector<std::string>& cells) {
        std::string line = indent;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            const std::string fill(width[c] - cells[c].size(), ' ');
            line += (c ? "  " : "") + (align_[c] == Align::right ? fill + cells[c] : cells[c] + fill);
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    };
    add(titles_);
    for (const auto& row : rows_) add(row);
    return text;
}

std::string wrapped(const std::string& head, const std::string& text) {
    constexpr std::size_t columns = 100;
    std::string result;
    std::string line = head;
    bool fresh = true;
    TextReader words(text);
    for (std::string word; words >> word; fresh = false) {
        if (!fresh && line.size() + 1 + word.size() > columns) {
            result += line + "\n";
            line = std::string(head.size(), ' ');
            fresh = true;
        }
        line += (fresh ? "" : " ") + word;
    }
    return result + line + "\n";
}

}  // namespace tepui::cli
