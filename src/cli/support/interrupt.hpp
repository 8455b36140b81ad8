// Ctrl-C, SIGTERM and SIGHUP.
#pragma once

namespace tepui::cli {

// From here on the first of them is a flag: what was found until then is reported. The second ends the
// command at once.
void catch_interrupt();
bool interrupted();
// What the command returns then: 128 and the number of the signal, the shell's convention.
int interrupted_status();

// From here on a signal that ends the command removes its temporary files first.
void remove_temporaries_when_ended();

}  // namespace tepui::cli
