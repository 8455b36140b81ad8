#include "cli/data/mapped_npy.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace tepui::cli {
namespace {

struct Header {
    std::size_t offset = 0;  // of the first value
    bool single = false;
    std::int64_t rows = 0, columns = 0;
};

// What follows 'key': in the header's dictionary.
std::string_view entry(std::string_view header, std::string_view key) {
    const std::size_t at = header.find("'" + std::string(key) + "'");
    if (at == std::string_view::npos) return {};
    const std::size_t colon = header.find(':', at);
    if (colon == std::string_view::npos) return {};
    std::string_view rest = header.substr(colon + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    return rest;
}

// "(3, 4)"
bool parse_shape(std::string_view text, Header& header) {
    std::int64_t* const extents[] = {&header.rows, &header.columns};
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    for (const char before : {'(', ','}) {
        if (at == end || *at++ != before) return false;
        while (at != end && *at == ' ') ++at;
        const auto [next, error] = std::from_chars(at, end, *extents[before == '(' ? 0 : 1]);
        if (error != std::errc()) return false;
        at = next;
    }
    return at != end && *at == ')' && header.rows > 0 && header.columns > 0;
}

std::optional<Header> parse_header(const unsigned char* start, std::size_t bytes) {
    if (bytes < 12 || std::memcmp(start, "\x93NUMPY", 6) != 0 || start[6] < 1 || start[6] > 3)
        return std::nullopt;
    const bool first_format = start[6] == 1;
    std::size_t length = start[8] + std::size_t(start[9]) * 256;
    if (!first_format) length += (start[10] + std::size_t(start[11]) * 256) * 65536;
    Header header;
    header.offset = (first_format ? 10 : 12) + length;
    if (header.offset > bytes) return std::nullopt;
    const std::string_view text(reinterpret_cast<const char*>(start) + header.offset - length, length);
    const std::string_view type = entry(text, "descr");
    header.single = type.starts_with("'<f4'");
    if (!header.single && !type.starts_with("'<f8'")) return std::nullopt;
    if (!entry(text, "fortran_order").starts_with("False")) return std::nullopt;
    if (!parse_shape(entry(text, "shape"), header)) return std::nullopt;
    const std::size_t size = header.single ? sizeof(float) : sizeof(double);
    const std::size_t room = (bytes - header.offset) / size;
    // Values where they can be read as they are, all of them there, and nothing behind.
    if (header.offset % size != 0 || std::size_t(header.rows) > room / std::size_t(header.columns))
        return std::nullopt;
    return header;
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
    const std::optional<Header> header =
        parse_header(static_cast<const unsigned char*>(start), mapped->bytes_);
    if (!header) return nullptr;
    madvise(start, mapped->bytes_, MADV_SEQUENTIAL);
    mapped->values_ = static_cast<const char*>(start) + header->offset;
    mapped->rows_ = header->rows;
    mapped->columns_ = header->columns;
    mapped->single_ = header->single;
    return mapped;
}

MappedNpy::~MappedNpy() {
    if (start_ != nullptr) munmap(start_, bytes_);
}

}  // namespace tepui::cli
