// Memory for one call of a kernel, of the size that the call needs: on the stack, panels of the largest size
// would be more than threads with small stacks have. Aligned, with unset elements.
#pragma once

#include <algorithm>
#include <string>
#include <type_traits>

#include "core/allocator.hpp"
#include "core/buffer.hpp"
#include "core/sizes.hpp"

namespace tepui::kernels {

template <class T>
class Scratch {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    explicit Scratch(Size count) {
        const Size bytes = checked_product(std::max<Size>(count, 1), static_cast<Size>(sizeof(T)));
        data_ = static_cast<T*>(
            default_allocator().allocate(nullptr, static_cast<std::size_t>(bytes), kAlignment));
        if (data_ == nullptr)
            throw Error(Status::out_of_memory, "could not allocate " + std::to_string(bytes) + " bytes");
    }
    ~Scratch() { default_allocator().release(nullptr, data_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    T* data() const noexcept { return data_; }

  private:
    T* data_;
};

}  // namespace tepui::kernels
