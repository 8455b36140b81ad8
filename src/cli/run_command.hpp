// The command but for its process: parses the command line, runs what it asks for, and says what went wrong.
#pragma once

namespace tepui::cli {

// The exit status.
int run_command(int count, char** arguments);

}  // namespace tepui::cli
