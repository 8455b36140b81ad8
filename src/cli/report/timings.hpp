// Where the time of one run of the command goes.
#pragma once
#include <chrono>

#include "cli/report/report.hpp"

namespace tepui::cli {

class Timings {
  public:
    // Seconds since the last call of this or of add_analysis, or since the start, count for the phase.
    void add(const std::string& phase);
    // The same stretch of time, divided as the library says: what it does not account for is nobody's.
    void add_analysis(tepui_context* context, const tepui_analysis* analysis);
    TimingsReport report() const;

  private:
    using Clock = std::chrono::steady_clock;
    void count(const std::string& phase, double seconds);

    Clock::time_point start_ = Clock::now();
    Clock::time_point last_ = start_;
    std::vector<TimingsReport::Phase> phases_;
};

}  // namespace tepui::cli
