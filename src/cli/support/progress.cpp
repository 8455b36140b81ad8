#include "cli/support/progress.hpp"

#include "cli/support/interrupt.hpp"

namespace tepui::cli {

Progress::Progress(tepui_context* context) : context_(context), was_interrupted_(interrupted()) {
    require(context_, tepui_context_set_progress(context_, on_progress, this));
}

Progress::~Progress() {
    tepui_context_set_progress(context_, nullptr, nullptr);
}

int32_t Progress::on_progress(void* self, const char* phase, double fraction) {
    auto* progress = static_cast<Progress*>(self);
    if (!progress->many_calls_) progress->draw(phase, fraction);
    return progress->stopped() ? 1 : 0;
}

bool Progress::stopped() const {
    return interrupted() && !was_interrupted_;
}

void Progress::go_on(const std::string& phase, double fraction) {
    if (stopped()) throw LibraryError(TEPUI_ERROR_CANCELLED, "interrupted");
    many_calls_ = true;
    draw(phase, fraction);
}

void Progress::draw(const std::string& phase, double fraction) {
    // What follows a colon is how far it has come.
    const std::string name = phase.substr(0, phase.find(':'));
    line_.show(stage_ + name, stage_.empty() ? phase : stage_ + ": " + phase, fraction);
}

}  // namespace tepui::cli
