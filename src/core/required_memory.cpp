#include "core/required_memory.hpp"

#include "core/buffer.hpp"
#include "core/text.hpp"

namespace tepui {

void require_memory(double bytes, const std::string& subject, const std::string& advice) {
    constexpr double kCountable = 0x1p62;
    const Allocator& allocator = current_allocator();
    void* const all = bytes < kCountable
                          ? allocator.allocate(allocator.user, static_cast<std::size_t>(bytes), kAlignment)
                          : nullptr;
    if (all == nullptr) {
        throw Error(Status::out_of_memory, subject + " takes " + number_text(bytes) +
                                               " bytes, which could not be allocated" + advice);
    }
    allocator.release(allocator.user, all);
}

}  // namespace tepui
