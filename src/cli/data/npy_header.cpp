#include "cli/data/npy_header.hpp"

#include <bit>
#include <charconv>
#include <limits>
#include <optional>

#include "cli/data/python_literal.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

using Kind = PythonLiteral::Kind;

// Longer ones are no array of numbers. NumPy itself stops at 10,000.
constexpr std::size_t longest_header = std::size_t(1) << 20;

[[noreturn]] void refuse_header(const std::string& name) {
    throw UserError(name + ": the .npy header is not that of a plain array of numbers");
}

[[noreturn]] void refuse_type(const std::string& name, const std::string& what) {
    throw UserError(name + ": " + what + "; real numbers, integers or booleans are expected, e.g. float64");
}

unsigned long long byte(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

std::size_t header_start(std::string_view prefix) {
    return prefix[6] == 1 ? 10 : 12;
}

// NumPy's names for the types of C, as this machine's C has them.
struct NamedType {
    std::string_view name;
    NpyType type;
};
constexpr NamedType named_types[] = {
    {"?", {'b', 1}},
    {"bool", {'b', 1}},
    {"bool_", {'b', 1}},
    {"bool8", {'b', 1}},
    {"b", {'i', 1}},
    {"byte", {'i', 1}},
    {"int8", {'i', 1}},
    {"B", {'u', 1}},
    {"ubyte", {'u', 1}},
    {"uint8", {'u', 1}},
    {"h", {'i', 2}},
    {"short", {'i', 2}},
    {"int16", {'i', 2}},
    {"H", {'u', 2}},
    {"ushort", {'u', 2}},
    {"uint16", {'u', 2}},
    {"i", {'i', 4}},
    {"intc", {'i', 4}},
    {"int32", {'i', 4}},
    {"I", {'u', 4}},
    {"uintc", {'u', 4}},
    {"uint32", {'u', 4}},
    {"l", {'i', sizeof(long)}},
    {"int", {'i', 8}},
    {"int_", {'i', 8}},
    {"int64", {'i', 8}},
    {"L", {'u', sizeof(long)}},
    {"uint", {'u', 8}},
    {"uint64", {'u', 8}},
    {"q", {'i', 8}},
    {"longlong", {'i', 8}},
    {"p", {'i', sizeof(void*)}},
    {"intp", {'i', sizeof(void*)}},
    {"Q", {'u', 8}},
    {"ulonglong", {'u', 8}},
    {"P", {'u', sizeof(void*)}},
    {"uintp", {'u', sizeof(void*)}},
    {"e", {'f', 2}},
    {"half", {'f', 2}},
    {"float16", {'f', 2}},
    {"f", {'f', 4}},
    {"single", {'f', 4}},
    {"float32", {'f', 4}},
    {"d", {'f', 8}},
    {"double", {'f', 8}},
    {"float", {'f', 8}},
    {"float_", {'f', 8}},
    {"float64", {'f', 8}},
    {"g", {'f', sizeof(long double)}},
    {"longdouble", {'f', sizeof(long double)}},
    {"longfloat", {'f', sizeof(long double)}},
    {"float128", {'f', 16}},
};

bool is_readable(const NpyType& type) {
    switch (type.kind) {
        case 'b':
            return type.size == 1;
        case 'i':
        case 'u':
            return type.size == 1 || type.size == 2 || type.size == 4 || type.size == 8;
        // Wider than double is what this machine's C calls long double, as in NumPy.
        default:
            return type.size == 2 || type.size == 4 || type.size == 8 ||
                   (type.size == sizeof(long double) && sizeof(long double) == 16);
    }
}

// "U12" is text of up to 12 characters of four bytes, "S12" of bytes.
std::optional<NpyType> text_type(std::string_view code, bool swapped) {
    if (code.empty() || (code[0] != 'U' && code[0] != 'S' && code[0] != 'a')) return std::nullopt;
    NpyType type{code[0] == 'U' ? 'U' : 'S', 0, swapped};
    const char* const end = code.data() + code.size();
    const auto [stop, error] = std::from_chars(code.data() + 1, end, type.size);
    constexpr std::size_t longest = std::size_t(1) << 30;
    if (stop != end || error != std::errc() || type.size == 0 || type.size > longest) return std::nullopt;
    if (type.kind == 'U') type.size *= sizeof(char32_t);
    return type;
}

NpyType parse_type(const std::string& descr, const std::string& name, NpyText text) {
    std::string_view code = descr;
    NpyType type;
    bool found = false;
    constexpr bool little = std::endian::native == std::endian::little;
    bool swapped = false;
    if (!code.empty() && std::string_view("<>=|").find(code[0]) != std::string_view::npos) {
        swapped = (code[0] == '<' && !little) || (code[0] == '>' && little);
        code.remove_prefix(1);
    }
    const bool ordered = code.size() != descr.size();
    for (const NamedType& named : named_types)
        if (named.name == code && (!ordered || code.size() == 1)) {
            type = named.type;
            found = true;
        }
    if (!found && code.size() > 1 && std::string_view("biuf").find(code[0]) != std::string_view::npos) {
        type.kind = code[0];
        const char* const end = code.data() + code.size();
        const auto [stop, error] = std::from_chars(code.data() + 1, end, type.size);
        found = stop == end && error == std::errc() && is_readable(type);
    }
    if (found) {
        type.swapped = swapped && type.size > 1;
        return type;
    }
    if (text == NpyText::allowed)
        if (const std::optional<NpyType> found_text = text_type(code, swapped)) return *found_text;
    const char kind = code.empty() ? ' ' : code[0];
    const std::string shown = "dtype " + descr;
    if (kind == 'O') refuse_type(name, "holds Python objects (" + shown + ")");
    if (kind == 'c' || kind == 'F' || kind == 'D' || kind == 'G')
        refuse_type(name, "holds complex numbers (" + shown + ")");
    if (kind == 'U' || kind == 'S' || kind == 'a') refuse_type(name, "holds text (" + shown + ")");
    if (kind == 'M' || kind == 'm') refuse_type(name, "holds dates or times (" + shown + ")");
    if (kind == 'V') refuse_type(name, "is a structured array (" + shown + ")");
    refuse_type(name, "has " + shown);
}

// The number of values; sizes that no array can have are refused.
std::size_t count_values(const std::vector<std::int64_t>& shape, std::size_t size, const std::string& name) {
    std::size_t count = 1, room = std::size_t(std::numeric_limits<std::int64_t>::max()) / size;
    for (const std::int64_t extent : shape) {
        if (extent < 0) refuse_header(name);
        // As in NumPy, the extents beside a zero have to make sense, too.
        if (extent > 0 && std::size_t(extent) > room)
            throw UserError(name + ": the shape in its header, " + shape_text(shape) +
                            ", asks for more values than any memory holds");
        if (extent > 0) room /= std::size_t(extent);
        count *= std::size_t(extent);
    }
    return count;
}

std::vector<std::int64_t> parse_shape(const PythonLiteral& value, const std::string& name) {
    if (value.kind != Kind::tuple) refuse_header(name);
    std::vector<std::int64_t> shape;
    for (const PythonLiteral& extent : value.items) {
        if (extent.kind == Kind::huge_integer)
            throw UserError(name + ": the shape in its header asks for more values than any memory holds");
        if (extent.kind != Kind::integer) refuse_header(name);
        shape.push_back(extent.integer);
    }
    return shape;
}

}  // namespace

std::size_t npy_header_end(std::string_view prefix, const std::string& name) {
    if (prefix.size() < npy_prefix_bytes || prefix.substr(0, 6) != "\x93NUMPY")
        throw UserError(name + ": is no .npy file");
    if (prefix[6] < 1 || prefix[6] > 3 || prefix[7] != 0)
        throw UserError(name + ": is a .npy file of format " + std::to_string(byte(prefix, 6)) + "." +
                        std::to_string(byte(prefix, 7)) + "; 1.0, 2.0 and 3.0 are known");
    std::size_t length = byte(prefix, 8) + byte(prefix, 9) * 256;
    if (prefix[6] != 1) length += (byte(prefix, 10) + byte(prefix, 11) * 256) * 65536;
    if (length > longest_header) refuse_header(name);
    return header_start(prefix) + length;
}

NpyHeader parse_npy_header(std::string_view start, const std::string& name, NpyText text) {
    NpyHeader header;
    header.offset = npy_header_end(start, name);
    if (header.offset > start.size()) throw UserError(name + ": is cut short: it ends within its header");
    const std::size_t from = header_start(start);
    const std::string_view written = start.substr(from, header.offset - from);
    const std::optional<PythonLiteral> entries = parse_python_literal(written, start[6] < 3);
    if (!entries || entries->kind != Kind::dictionary) refuse_header(name);
    for (std::size_t key = 0; key < entries->items.size(); key += 2) {
        const PythonLiteral& item = entries->items[key];
        if (item.kind != Kind::string ||
            (item.string != "descr" && item.string != "fortran_order" && item.string != "shape"))
            refuse_header(name);
    }
    const PythonLiteral* const descr = entries->find("descr");
    const PythonLiteral* const order = entries->find("fortran_order");
    const PythonLiteral* const shape = entries->find("shape");
    if (!descr || !order || !shape || order->kind != Kind::boolean) refuse_header(name);
    if (descr->kind == Kind::list || descr->kind == Kind::tuple)
        refuse_type(name, "is a structured array (one with named fields)");
    if (descr->kind != Kind::string) refuse_header(name);
    header.type = parse_type(descr->string, name, text);
    header.fortran_order = order->integer != 0;
    header.shape = parse_shape(*shape, name);
    header.count = count_values(header.shape, header.type.size, name);
    return header;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
    return "(" + text + (shape.size() == 1 ? ",)" : ")");
}

}  // namespace tepui::cli
