// A line on the terminal about what takes longer: what, how far, and, after a second, how long it still
// takes.
#pragma once
#include <chrono>
#include <map>
#include <string>

namespace tepui::cli {

class ProgressLine {
  public:
    // Draws only when standard error is a terminal.
    ProgressLine();
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    // fraction in [0, 1] of `what`, which begins anew when it falls far back. Drawn ten times a second at
    // most, so that any number of calls is cheap.
    void show(const std::string& what, double fraction) { show(what, what, fraction); }
    // text: what is drawn, which may say more than the name and change on the way.
    void show(const std::string& what, const std::string& text, double fraction);

  private:
    using Clock = std::chrono::steady_clock;
    struct Run {
        double first, last;  // fractions
        Clock::time_point begun;
    };
    static std::string to_go(const Run& run, Clock::time_point now);

    bool terminal_;
    bool drawn_ = false;
    std::map<std::string, Run> runs_;  // what is shown may alternate with its own parts
    Clock::time_point next_;
};

}  // namespace tepui::cli
