#include "cli/data/npy_file.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>

#include "cli/data/npy_header.hpp"
#include "cli/data/npy_values.hpp"
#include "cli/data/npz_file.hpp"
#include "cli/support/text_streams.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

// So many bytes, or as many as there are.
std::string read_bytes(std::istream& stream, std::size_t count) {
    std::string bytes(count, '\0');
    stream.read(bytes.data(), std::streamsize(count));
    bytes.resize(std::size_t(stream.gcount()));
    return bytes;
}

NpyHeader read_header(std::istream& stream, const std::string& name) {
    std::string start = read_bytes(stream, npy_prefix_bytes);
    const std::size_t end = npy_header_end(start, name);
    if (end > start.size()) start += read_bytes(stream, end - start.size());
    return parse_npy_header(start, name);
}

void refuse_cut_short(const NpyHeader& header, const std::string& name) {
    throw UserError(name + ": is cut short: it holds fewer values than its header says, " +
                    shape_text(header.shape));
}

// In the order of the file. What is allocated is never much more than what has been read.
std::vector<double> read_values(std::istream& stream, const NpyHeader& header, const std::string& name) {
    constexpr std::size_t block = std::size_t(1) << 16;
    std::vector<double> values;
    while (values.size() < header.count) {
        const std::size_t wanted = std::min(block, header.count - values.size());
        const std::string bytes = read_bytes(stream, wanted * header.type.size);
        if (bytes.size() < wanted * header.type.size) refuse_cut_short(header, name);
        values.resize(values.size() + wanted);
        convert_values(header.type, bytes.data(), wanted, values.data() + values.size() - wanted);
    }
    return values;
}

// room: bytes that the stream has; unknown for a pipe.
NpyArray read_stream(std::istream& stream, std::optional<std::uintmax_t> room, const std::string& name) {
    const NpyHeader header = read_header(stream, name);
    if (header.shape.size() > 2)
        throw UserError(name + ": has shape " + shape_text(header.shape) + "; at most two axes are expected");
    if (room && (*room < header.offset || (*room - header.offset) / header.type.size < header.count))
        refuse_cut_short(header, name);
    NpyArray array{header.shape, read_values(stream, header, name)};
    if (!header.fortran_order || array.shape.size() < 2) return array;
    const std::size_t rows = std::size_t(array.shape[0]), columns = std::size_t(array.shape[1]);
    std::vector<double> turned(array.values.size());
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) turned[i * columns + j] = array.values[j * rows + i];
    array.values = std::move(turned);
    return array;
}

// "[3, 1]": where the l-th value in C order stands.
std::string position(const std::vector<std::int64_t>& shape, std::size_t l) {
    std::string text;
    for (std::size_t axis = shape.size(); axis-- > 0; l /= std::size_t(shape[axis]))
        text = std::to_string(l % std::size_t(shape[axis])) + (text.empty() ? "" : ", ") + text;
    return "[" + text + "]";
}

// descr: the type, without its byte order.
std::string npy_head(const std::string& descr, const std::vector<std::int64_t>& shape) {
    const char order = std::endian::native == std::endian::little ? '<' : '>';
    std::string header = std::string("{'descr': '") + order + descr +
                         "', 'fortran_order': False, 'shape': " + shape_text(shape) + ", }";
    header.resize(117, ' ');  // so that the values begin at byte 128, as NumPy has it; two extents fit
    header += '\n';
    std::string content = "\x93NUMPY";
    content += {'\1', '\0', char(header.size()), '\0'};
    return content + header;
}

// The characters of UTF-8; what is none becomes U+FFFD.
std::u32string characters(std::string_view text) {
    std::u32string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at++]);
        const std::size_t more = lead < 0x80   ? 0
                                 : lead < 0xC0 ? 4
                                 : lead < 0xE0 ? 1
                                 : lead < 0xF0 ? 2
                                 : lead < 0xF8 ? 3
                                               : 4;
        std::uint32_t code = more == 0 ? lead : lead & (0x3FU >> more);
        std::size_t seen = 0;
        for (; more < 4 && seen < more && at < text.size() && (text[at] & 0xC0) == 0x80; ++seen)
            code = (code << 6) | (text[at++] & 0x3FU);
        const bool good = seen == more && code < 0x110000 && (code < 0xD800 || code > 0xDFFF);
        result += good ? char32_t(code) : U'\uFFFD';
    }
    return result;
}

std::string npy_of_texts(const std::vector<std::string>& texts, const std::vector<std::int64_t>& shape) {
    std::vector<std::u32string> rows;
    std::size_t longest = 1;
    for (const std::string& text : texts) {
        rows.push_back(characters(text));
        longest = std::max(longest, rows.back().size());
    }
    std::string content = npy_head("U" + std::to_string(longest), shape);
    for (std::u32string& row : rows) {
        row.resize(longest, U'\0');
        content.append(reinterpret_cast<const char*>(row.data()), longest * sizeof(char32_t));
    }
    return content;
}

}  // namespace

NpyArray read_npy(const std::string& path) {
    const ArrayPath place = parse_array_path(path);
    if (place.archive) {
        std::string bytes = read_npz_member(place);
        const std::size_t room = bytes.size();
        TextReader stream(std::move(bytes));
        return read_stream(stream, room, path);
    }
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw UserError(path + ": is a directory, not an array");
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw UserError(path + ": cannot be opened for reading");
    const std::uintmax_t size = std::filesystem::file_size(path, error);  // an error for a pipe
    return read_stream(stream, error ? std::nullopt : std::optional(size), path);
}

void require_finite(const NpyArray& array, const std::string& path) {
    for (std::size_t l = 0; l < array.values.size(); ++l)
        if (!std::isfinite(array.values[l]))
            throw UserError(path + ": the value at " + position(array.shape, l) + " is not a finite number");
}

std::string npy_content(const std::vector<std::int64_t>& shape, const double* values) {
    std::size_t count = 1;
    for (const std::int64_t extent : shape) count *= std::size_t(extent);
    return npy_head("f8", shape).append(reinterpret_cast<const char*>(values), count * sizeof(double));
}

std::string npy_texts(const std::vector<std::string>& texts) {
    return npy_of_texts(texts, {std::int64_t(texts.size())});
}

std::string npy_text(const std::string& text) {
    return npy_of_texts({text}, {});
}

}  // namespace tepui::cli
