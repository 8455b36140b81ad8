// The exception that is being handled, as a status and a sentence. Nothing here needs memory.
#pragma once

#include <algorithm>
#include <cstring>
#include <new>
#include <span>
#include <stdexcept>

#include "core/error.hpp"

namespace tepui {

// use(status, text)
template <class Use>
auto with_failure(Use&& use) noexcept {
    try {
        throw;
    } catch (const Error& error) {
        return use(error.status(), error.what());
    } catch (const std::bad_alloc&) {
        return use(Status::out_of_memory, "out of memory");
    } catch (const std::length_error&) {
        return use(Status::invalid_size, "a size exceeds what memory can hold");
    } catch (const std::exception& error) {
        return use(Status::internal, error.what());
    } catch (...) {
        return use(Status::internal, "an exception of unknown type, perhaps from a callback");
    }
}

// As much of the text as there is room for.
inline void copy_text(const char* text, std::span<char> to) noexcept {
    const std::size_t length = std::min(std::strlen(text), to.size() - 1);
    std::memcpy(to.data(), text, length);
    to[length] = '\0';
}

}  // namespace tepui
