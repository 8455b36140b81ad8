// The library's progress callback: a line on the terminal, and the way Ctrl-C reaches a running solve.
#pragma once
#include <string>

#include "cli/support/handles.hpp"

namespace tepui::cli {

class Progress {
  public:
    // Listens to the context until destroyed. Draws only when standard error is a terminal.
    explicit Progress(tepui_context* context);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // Prefix of the line, e.g. "point 2 of 5".
    void set_stage(std::string stage) { stage_ = std::move(stage); }

    // Throws after Ctrl-C as a call of the library does: for runs of many calls, each too short to hear of
    // it.
    void require_no_interrupt() const;

  private:
    static int32_t on_progress(void* self, const char* phase, double fraction);
    void draw(const char* phase, double fraction);
    void clear();
    bool stopped() const;

    tepui_context* context_;
    std::string stage_;
    bool terminal_;
    bool drawn_ = false;
    bool was_interrupted_;  // an earlier Ctrl-C stopped an earlier step: only a new one stops this
};

}  // namespace tepui::cli
