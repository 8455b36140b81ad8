#include "cli/support/progress_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/support/ranks.hpp"
#include "cli/support/visible_text.hpp"

namespace tepui::cli {
namespace {

std::string duration(double seconds) {
    if (seconds < 90.0) return std::to_string(std::lround(seconds)) + " s";
    if (seconds < 90.0 * 60.0) return std::to_string(std::lround(seconds / 60.0)) + " min";
    return std::to_string(std::lround(std::min(seconds, 1e9) / 3600.0)) + " h";
}

}  // namespace

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1 && ranks().speaks()) {}

ProgressLine::~ProgressLine() {
    if (drawn_) std::fputs("\r\033[K", stderr);
}

// As fast as since it began.
std::string ProgressLine::to_go(const Run& run, Clock::time_point now) {
    const double taken = std::chrono::duration<double>(now - run.begun).count();
    const double done = run.last - run.first;
    if (taken < 1.0 || done <= 0.0) return "";
    const double left = taken * (1.0 - run.last) / done;
    return left < 1.0 ? "" : ", about " + duration(left) + " to go";
}

void ProgressLine::show(const std::string& what, const std::string& text, double fraction) {
    if (!terminal_) return;
    const Clock::time_point now = Clock::now();
    fraction = std::clamp(fraction, 0.0, 1.0);
    Run& run = runs_.try_emplace(what, Run{fraction, fraction, now}).first->second;
    constexpr double back = 0.25;  // threads that report out of turn fall back by less
    if (fraction < run.first || fraction < run.last - back) run = {fraction, fraction, now};
    run.last = fraction;
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    constexpr int cells = 30;
    const int filled = int(fraction * cells);
    std::fprintf(stderr, "\r\033[K%s [%.*s%.*s] %3.0f %%%s", visible(text).c_str(), filled,
                 "##############################", cells - filled, "..............................",
                 100.0 * fraction, to_go(run, now).c_str());
    std::fflush(stderr);
    drawn_ = true;
}

}  // namespace tepui::cli
