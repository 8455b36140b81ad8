// A .npy array in place: mapped into memory, so that a file larger than memory can be used and none is
// copied.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace tepui::cli {

class MappedNpy {
  public:
    // Null when the file is not what can be used in place: a 2-D array of float64 or float32 in native byte
    // order and C order, whole, of a non-empty regular file. Such files are left to read_npy. Throws
    // UserError about a header that is none.
    static std::shared_ptr<const MappedNpy> open(const std::string& path);
    MappedNpy(const MappedNpy&) = delete;
    MappedNpy& operator=(const MappedNpy&) = delete;
    ~MappedNpy();

    std::int64_t rows() const { return rows_; }
    std::int64_t columns() const { return columns_; }
    const double* doubles() const { return single_ ? nullptr : static_cast<const double*>(values_); }
    const float* floats() const { return single_ ? static_cast<const float*>(values_) : nullptr; }
    double value(std::int64_t row, std::int64_t column) const {
        const std::int64_t at = row * columns_ + column;
        return single_ ? double(floats()[at]) : doubles()[at];
    }

  private:
    MappedNpy() = default;
    struct Entry;
    static std::atomic<Entry*> entries;
    friend const char* mapped_file_at(const void* address);

    Entry* entry_ = nullptr;
    void* start_ = nullptr;
    std::size_t bytes_ = 0;
    const void* values_ = nullptr;
    std::int64_t rows_ = 0, columns_ = 0;
    bool single_ = false;
};

// The file whose values lie at this address, as a terminal may show it; null: none. When another program cuts
// a file short, what was there is gone, and reading it is a signal: may be called by its handler.
const char* mapped_file_at(const void* address);

}  // namespace tepui::cli
