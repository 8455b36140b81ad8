// Counts of a campaign of random cases: what the library said by what is true, and the cases it got wrong,
// with seed and text, so that they can be replayed: TEPUI_SEED=17 test_name "name of the test case".
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace tepui::test {

class TruthTable {
  public:
    void count(const std::string& truth, const std::string& said) { ++counts_[truth][said]; }
    void wrong(std::uint64_t seed, const std::string& text) {
        if (wrong_++ < kShown) shown_.push_back("seed " + std::to_string(seed) + ": " + text);
    }
    // Printed and counted, not a failure.
    void note(std::uint64_t seed, const std::string& text) {
        if (++notes_[text] <= 3) shown_notes_.push_back("seed " + std::to_string(seed) + ": " + text);
    }
    int of(const std::string& truth, const std::string& said) const {
        const auto row = counts_.find(truth);
        if (row == counts_.end()) return 0;
        const auto cell = row->second.find(said);
        return cell == row->second.end() ? 0 : cell->second;
    }
    int of(const std::string& truth) const {
        int sum = 0;
        const auto row = counts_.find(truth);
        if (row == counts_.end()) return 0;
        for (const auto& [said, count] : row->second) sum += count;
        return sum;
    }
    int wrong() const { return wrong_; }
    std::string text() const {
        std::ostringstream out;
        for (const auto& [truth, row] : counts_) {
            out << "\n  " << truth << ": ";
            for (const auto& [said, count] : row) out << said << " " << count << "  ";
        }
        out << "\n  wrong: " << wrong_;
        for (const std::string& line : shown_) out << "\n    " << line;
        for (const std::string& line : shown_notes_) out << "\n    noted: " << line;
        return out.str();
    }
    // Prints the table; fails when anything was wrong.
    void finish(const char* name) const {
        std::cout << name << text() << std::endl;
        CHECK(wrong_ == 0);
    }

  private:
    static constexpr int kShown = 24;
    std::map<std::string, std::map<std::string, int>> counts_;
    std::map<std::string, int> notes_;
    std::vector<std::string> shown_, shown_notes_;
    int wrong_ = 0;
};

// judge(seed) for `count` seeds from `first`; for the one of the environment variable TEPUI_SEED when it is
// set.
template <class Judge>
void for_seeds(std::uint64_t first, std::uint64_t count, Judge&& judge) {
    if (const char* seed = std::getenv("TEPUI_SEED")) {
        judge(std::strtoull(seed, nullptr, 10));
        return;
    }
    for (std::uint64_t seed = first; seed < first + count; ++seed) judge(seed);
}

}  // namespace tepui::test
