// Plain aligned columns.
#pragma once
#include <string>
#include <vector>

namespace tepui::cli {

class TextTable {
  public:
    enum class Align { left, right };
    void column(std::string title, Align align);
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    // Each line starts with the indent; two blanks between columns.
    std::string text(const std::string& indent) const;

  private:
    std::vector<std::string> titles_;
    std::vector<Align> align_;
    std::vector<std::vector<std::string>> rows_;
};

// Breaks at blanks so that no line is longer than 100 columns; the first line starts with the head, the
// others with as many blanks.
std::string wrapped(const std::string& head, const std::string& text);

}  // namespace tepui::cli
