// Counts of a campaign of random cases: what the library said by what is true, and the cases it got wrong,
// with seed and text, so that they can be replayed: TEPUI_SEED=17 test_name "name of the test case".
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace tepui::test {

// Three digits, for sizes of any order.
inline std::string digits(double value) {
    std::ostringstream text;
    text.precision(3);
    text << value;
    return text.str();
}

class TruthTable {
  public:
    void count(const std::string& truth, const std::string& said) { ++counts_[truth][said]; }
    // kind: "verdict", "index", ...: counted apart, and of each the first are shown.
    void wrong(const std::string& kind, std::uint64_t seed, const std::string& text) {
        ++wrong_;
        Wrong& of_kind = kinds_[kind];
        ++of_kind.count;
        if (of_kind.seeds.insert(seed).second && of_kind.seeds.size() <= kShown)
            of_kind.shown.push_back("seed " + std::to_string(seed) + ": " + text);
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
    std::vector<std::string> truths() const {
        std::vector<std::string> all;
        for (const auto& row : counts_) all.push_back(row.first);
        return all;
    }
    std::string text() const {
        std::ostringstream out;
        for (const auto& [truth, row] : counts_) {
            out << "\n  " << truth << ": ";
            for (const auto& [said, count] : row) out << said << " " << count << "  ";
        }
        out << "\n  wrong: " << wrong_;
        for (const auto& [kind, wrong] : kinds_) {
            out << "\n  wrong " << kind << ": " << wrong.count << ", of " << wrong.seeds.size() << " seeds";
            for (const std::string& line : wrong.shown) out << "\n    " << line;
        }
        return out.str();
    }
    // Prints the table; fails when anything was wrong.
    void finish(const char* name) const {
        std::cout << name << text() << std::endl;
        CHECK(wrong_ == 0);
    }

  private:
    static constexpr std::size_t kShown = 12;
    struct Wrong {
        int count = 0;
        std::set<std::uint64_t> seeds;
        std::vector<std::string> shown;
    };
    std::map<std::string, std::map<std::string, int>> counts_;
    std::map<std::string, Wrong> kinds_;
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
