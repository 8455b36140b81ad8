// What the fuzz targets share.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace tepui::test {

// Ends the process where a property of the code under test does not hold: fuzzer and replay show the input.
inline void require_that(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

// The fuzzer's bytes, taken one after the other; zeros behind their end.
class Bytes {
  public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::uint8_t next() { return at_ < size_ ? data_[at_++] : std::uint8_t(0); }
    bool empty() const { return at_ == size_; }
    std::string_view rest() const { return {reinterpret_cast<const char*>(data_) + at_, size_ - at_}; }

  private:
    const std::uint8_t* data_;
    std::size_t size_, at_ = 0;
};

// A file of these bytes that never reaches a disk, for readers that want a path.
class MemoryFile {
  public:
    explicit MemoryFile(std::string_view bytes) : file_(memfd_create("fuzzed", MFD_CLOEXEC)) {
        require_that(file_ >= 0 && write(file_, bytes.data(), bytes.size()) == ssize_t(bytes.size()),
                     "a file in memory can be made");
        path_ = "/proc/self/fd/" + std::to_string(file_);
    }
    ~MemoryFile() { close(file_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    const std::string& path() const { return path_; }

  private:
    int file_;
    std::string path_;
};

}  // namespace tepui::test

// The entry of a target: libFuzzer calls it, or replay_main.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
