// What holds for the whole run of the command.
#pragma once

namespace tepui::cli {

// Standard streams are there (closed ones fail to be written, and no file of ours takes their number), a file
// beyond the size limit and a mapped one cut short are errors instead of signals, and what no one catches
// ends in one line and a status.
// file_at: the mapped file at an address, as a terminal may show it, or null; a signal handler calls it.
void prepare_process(const char* (*file_at)(const void* address));

}  // namespace tepui::cli
