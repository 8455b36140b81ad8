// Refusing what cannot be held before any of it is filled.
#pragma once

#include <string>

namespace tepui {

// Asks the current allocator for so many bytes at once and gives them back; where they are not to be had,
// throws out_of_memory: "`subject` takes N bytes, which could not be allocated`advice`".
void require_memory(double bytes, const std::string& subject, const std::string& advice);

}  // namespace tepui
