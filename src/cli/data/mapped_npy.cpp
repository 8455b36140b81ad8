#include "cli/data/mapped_npy.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string_view>

#include "cli/data/npy_header.hpp"

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
    if (start_ != nullptr) munmap(start_, bytes_);
}

}  // namespace tepui::cli
