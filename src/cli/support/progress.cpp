#include "cli/support/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/support/interrupt.hpp"

namespace tepui::cli {

Progress::Progress(tepui_context* context)
    : context_(context), terminal_(isatty(STDERR_FILENO) == 1), was_interrupted_(interrupted()) {
    require(context_, tepui_context_set_progress(context_, on_progress, this));
}

Progress::~Progress() {
    clear();
    tepui_context_set_progress(context_, nullptr, nullptr);
}

int32_t Progress::on_progress(void* self, const char* phase, double fraction) {
    auto* progress = static_cast<Progress*>(self);
    if (progress->terminal_) progress->draw(phase, fraction);
    return progress->stopped() ? 1 : 0;
}

bool Progress::stopped() const {
    return interrupted() && !was_interrupted_;
}

void Progress::require_no_interrupt() const {
    if (stopped()) throw LibraryError(TEPUI_ERROR_CANCELLED, "interrupted");
}

void Progress::draw(const char* phase, double fraction) {
    constexpr int cells = 30;
    const int filled = int(std::clamp(fraction, 0.0, 1.0) * cells);
    std::fprintf(stderr, "\r\033[K%s%s%s [%.*s%.*s] %3.0f %%", stage_.c_str(), stage_.empty() ? "" : ": ",
                 phase, filled, "##############################", cells - filled,
                 "..............................", 100.0 * fraction);
    std::fflush(stderr);
    drawn_ = true;
}

void Progress::clear() {
    if (drawn_) std::fputs("\r\033[K", stderr);
    drawn_ = false;
}

}  // namespace tepui::cli
