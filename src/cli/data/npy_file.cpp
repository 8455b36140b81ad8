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

NpyHeader read_header(std::istream& stream, const std::string& name, NpyText text) {
    std::string start = read_bytes(stream, npy_prefix_bytes);
    const std::size_t end = npy_header_end(start, name);
    if (end > start.size()) start += read_bytes(stream, end - start.size());
    return parse_npy_header(start, name, text);
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

void append_utf8(char32_t code, std::string& text) {
    const auto tail = [&](int shift) { text += char(0x80 | ((code >> shift) & 0x3F)); };
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = 0xFFFD;
    if (code < 0x80) {
        text += char(code);
    } else if (code < 0x800) {
        text += char(0xC0 | (code >> 6));
        tail(0);
    } else if (code < 0x10000) {
        text += char(0xE0 | (code >> 12));
        tail(6), tail(0);
    } else {
        text += char(0xF0 | (code >> 18));
        tail(12), tail(6), tail(0);
    }
}

// One value of text, without the zeros behind it.
std::string text_of(const NpyType& type, std::string_view bytes) {
    std::u32string characters_of_it;
    if (type.kind == 'S') {
        characters_of_it = characters(bytes.substr(0, bytes.find_last_not_of('\0') + 1));
    } else {
        for (std::size_t at = 0; at + sizeof(char32_t) <= bytes.size(); at += sizeof(char32_t)) {
            char raw[sizeof(char32_t)];
            std::copy_n(bytes.data() + at, sizeof raw, raw);
            if (type.swapped) std::reverse(raw, raw + sizeof raw);
            characters_of_it += std::bit_cast<char32_t>(raw);
        }
        characters_of_it.resize(characters_of_it.find_last_not_of(U'\0') + 1);
    }
    std::string text;
    for (const char32_t code : characters_of_it) append_utf8(code, text);
    return text;
}

std::vector<std::string> read_texts(std::istream& stream, const NpyHeader& header, const std::string& name) {
    std::vector<std::string> texts;
    while (texts.size() < header.count) {
        const std::string bytes = read_bytes(stream, header.type.size);
        if (bytes.size() < header.type.size) refuse_cut_short(header, name);
        texts.push_back(text_of(header.type, bytes));
    }
    return texts;
}

template <class Value>
std::vector<Value> in_c_order(const NpyArray& array, const std::vector<Value>& values) {
    const std::size_t rows = std::size_t(array.shape[0]), columns = std::size_t(array.shape[1]);
    std::vector<Value> turned(values.size());
    for (std::size_t i = 0; i < rows && !values.empty(); ++i)
        for (std::size_t j = 0; j < columns; ++j) turned[i * columns + j] = values[j * rows + i];
    return turned;
}

// room: bytes that the stream has; unknown for a pipe.
NpyArray read_stream(std::istream& stream, std::optional<std::uintmax_t> room, const std::string& name,
                     NpyText text) {
    const NpyHeader header = read_header(stream, name, text);
    if (header.shape.size() > 2)
        throw UserError(name + ": has shape " + shape_text(header.shape) + "; at most two axes are expected");
    if (room && (*room < header.offset || (*room - header.offset) / header.type.size < header.count))
        refuse_cut_short(header, name);
    NpyArray array{header.shape, {}, {}};
    if (header.type.kind == 'U' || header.type.kind == 'S')
        array.texts = read_texts(stream, header, name);
    else
        array.values = read_values(stream, header, name);
    if (!header.fortran_order || array.shape.size() < 2) return array;
    array.values = in_c_order(array, array.values);
    array.texts = in_c_order(array, array.texts);
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

namespace {

NpyArray read_array(const std::string& path, NpyText text) {
    const ArrayPath place = parse_array_path(path);
    if (place.archive) {
        std::string bytes = read_npz_member(place);
        const std::size_t room = bytes.size();
        TextReader stream(std::move(bytes));
        return read_stream(stream, room, path, text);
    }
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw UserError(path + ": is a directory, not an array");
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw UserError(path + ": cannot be opened for reading");
    const std::uintmax_t size = std::filesystem::file_size(path, error);  // an error for a pipe
    return read_stream(stream, error ? std::nullopt : std::optional(size), path, text);
}

}  // namespace

NpyArray read_npy(const std::string& path) {
    return read_array(path, NpyText::refused);
}

NpyArray read_npy_or_text(const std::string& path) {
    return read_array(path, NpyText::allowed);
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
