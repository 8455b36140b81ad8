#include "cli/data/mapped_npy.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string_view>

#include "cli/data/npy_header.hpp"
#include "cli/support/visible_text.hpp"

namespace tepui::cli {
namespace {

// The header, when the values behind it can be read as they are.
std::optional<NpyHeader> usable_header(std::string_view file, const std::string& path) {
    if (file.size() < npy_prefix_bytes) return std::nullopt;
    const std::string_view start = file.substr(0, npy_header_end(file.substr(0, npy_prefix_bytes), path));
    const NpyHeader header = parse_npy_header(start, path);
    const NpyType& type = header.type;
    const bool usable = type.kind == 'f' && (type.size == sizeof(double) || type.size == sizeof(float)) &&
                        !type.swapped && !header.fortran_order && header.shape.size() == 2 &&
                        header.count > 0 && header.offset % type.size == 0 &&
                        header.count <= (file.size() - header.offset) / type.size;
    return usable ? std::optional(header) : std::nullopt;
}

}  // namespace

// Never freed: a signal handler may be walking along them.
struct MappedNpy::Entry {
    std::string path;
    const char* begin = nullptr;
    const char* end = nullptr;
    std::atomic<bool> there = true;
    Entry* next = nullptr;
};

std::atomic<MappedNpy::Entry*> MappedNpy::entries = nullptr;

const char* mapped_file_at(const void* address) {
    const auto* const at = static_cast<const char*>(address);
    for (const MappedNpy::Entry* entry = MappedNpy::entries.load(); entry != nullptr; entry = entry->next)
        if (entry->there && at >= entry->begin && at < entry->end) return entry->path.c_str();
    return nullptr;
}

std::shared_ptr<const MappedNpy> MappedNpy::open(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    struct stat status {};
    void* start = MAP_FAILED;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        start = mmap(nullptr, std::size_t(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (start == MAP_FAILED) return nullptr;
    std::shared_ptr<MappedNpy> mapped(new MappedNpy);
    mapped->start_ = start;
    mapped->bytes_ = std::size_t(status.st_size);
    const auto* const text = static_cast<const char*>(start);
    mapped->entry_ = new Entry;
    mapped->entry_->path = visible(path);
    mapped->entry_->begin = text;
    mapped->entry_->end = text + mapped->bytes_;
    mapped->entry_->next = entries.load();
    entries.store(mapped->entry_);
    const std::optional<NpyHeader> header = usable_header({text, mapped->bytes_}, path);
    if (!header) return nullptr;
    madvise(start, mapped->bytes_, MADV_SEQUENTIAL);
    mapped->values_ = text + header->offset;
    mapped->rows_ = header->shape[0];
    mapped->columns_ = header->shape[1];
    mapped->single_ = header->type.size == sizeof(float);
    return mapped;
}

MappedNpy::~MappedNpy() {
    if (entry_ != nullptr) entry_->there = false;
    if (start_ != nullptr) munmap(start_, bytes_);
}

}  // namespace tepui::cli
