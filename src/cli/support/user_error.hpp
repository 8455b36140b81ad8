// Something the caller of the command can put right: one sentence, shown on one line.
#pragma once
#include <stdexcept>

namespace tepui::cli {

struct UserError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// What the command returns to the shell.
enum ExitStatus {
    exit_ok = 0,
    exit_bad_input = 2,
    exit_not_stationary = 3,  // no stationary point: nothing could be classified
    exit_library = 4,
    exit_interrupted = 130  // 128 + SIGINT, the shell's convention; other signals likewise
};

}  // namespace tepui::cli
