// An owned, 64-byte aligned, zero-initialised array of doubles or integers. Move-only.
#pragma once

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>

#include "core/allocator.hpp"
#include "core/sizes.hpp"

namespace tepui {

inline constexpr Size kAlignment = 64;

template <class T>
class Buffer {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    Buffer() = default;
    explicit Buffer(Size count) : allocator_(current_allocator()), size_(count) {
        const Size bytes = checked_product(count, static_cast<Size>(sizeof(T)));
        if (count == 0) return;
        data_ = static_cast<T*>(
            allocator_.allocate(allocator_.user, static_cast<std::size_t>(bytes), kAlignment));
        if (data_ == nullptr) {
            throw Error(Status::out_of_memory, "could not allocate " + std::to_string(bytes) + " bytes");
        }
        std::fill_n(data_, count, T{});
    }
    Buffer(Buffer&& other) noexcept
        : allocator_(other.allocator_),
          data_(std::exchange(other.data_, nullptr)),
          size_(std::exchange(other.size_, 0)) {}
    Buffer& operator=(Buffer&& other) noexcept {
        std::swap(allocator_, other.allocator_);
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() {
        if (data_ != nullptr) allocator_.release(allocator_.user, data_);
    }

    T* data() noexcept { return data_; }
    const T* data() const noexcept { return data_; }
    Size size() const noexcept { return size_; }
    // The analyzer takes an empty buffer to be indexed wherever a size is unknown to it.
    T& operator[](Size i) noexcept { return data_[i]; }  // NOLINT(clang-analyzer-core*)
    const T& operator[](Size i) const noexcept { return data_[i]; }
    std::span<T> span() noexcept { return {data_, static_cast<std::size_t>(size_)}; }
    std::span<const T> span() const noexcept { return {data_, static_cast<std::size_t>(size_)}; }
    void fill(T value) noexcept { std::fill_n(data_, size_, value); }

  private:
    Allocator allocator_ = default_allocator();
    T* data_ = nullptr;
    Size size_ = 0;
};

}  // namespace tepui
