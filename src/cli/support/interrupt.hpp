// Ctrl-C as a flag. A second Ctrl-C ends the command at once.
#pragma once

namespace tepui::cli {

void catch_interrupt();
bool interrupted();

}  // namespace tepui::cli
