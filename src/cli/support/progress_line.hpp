// A line on the terminal about what takes longer: what, how far, and, after a second, how long it still
// takes.
#pragma once
#include <chrono>
#include <string>

namespace tepui::cli {

class ProgressLine {
  public:
    // Draws only when standard error is a terminal.
    ProgressLine();
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    // fraction in [0, 1] of `what`, which begins anew when it has another name or falls far back. Drawn ten
    // times a second at most, so that any number of calls is cheap.
    void show(const std::string& what, double fraction);

  private:
    using Clock = std::chrono::steady_clock;
    std::string to_go(Clock::time_point now, double fraction) const;

    bool terminal_;
    bool drawn_ = false;
    std::string what_;
    double first_ = 0.0, last_ = 0.0;  // fractions
    Clock::time_point begun_, next_;
};

}  // namespace tepui::cli
