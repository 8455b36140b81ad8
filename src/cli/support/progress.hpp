// The library's progress callback: a line on the terminal, and the way Ctrl-C reaches a running solve.
#pragma once
#include <string>

#include "cli/support/handles.hpp"
#include "cli/support/progress_line.hpp"

namespace tepui::cli {

class Progress {
  public:
    // Listens to the context until destroyed.
    explicit Progress(tepui_context* context);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // Prefix of the line, e.g. "point 2 of 5".
    void set_stage(std::string stage) { stage_ = std::move(stage); }

    // For runs of many calls, each too short to be heard of: throws after Ctrl-C as a call of the library
    // does, and shows how far the run is.
    void go_on(const std::string& phase, double fraction);

  private:
    static int32_t on_progress(void* self, const char* phase, double fraction);
    void draw(const std::string& phase, double fraction);
    bool stopped() const;

    tepui_context* context_;
    std::string stage_;
    bool many_calls_ = false;  // the run is shown, not each of its calls
    ProgressLine line_;
    bool was_interrupted_;  // an earlier Ctrl-C stopped an earlier step: only a new one stops this
};

}  // namespace tepui::cli
