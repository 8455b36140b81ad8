// The two readers of .npy files against each other, and that of .npz archives.
#include <algorithm>
#include <bit>
#include <optional>

#include "cli/data/mapped_npy.hpp"
#include "cli/data/npy_file.hpp"
#include "cli/data/npy_header.hpp"
#include "cli/data/npz_file.hpp"
#include "cli/support/user_error.hpp"
#include "fuzz/fuzz.hpp"

using namespace tepui::cli;
using tepui::test::MemoryFile;
using tepui::test::require_that;

namespace {

std::optional<NpyArray> array_of(const std::string& path) {
    try {
        NpyArray array = read_npy(path);
        std::int64_t count = 1;
        for (const std::int64_t extent : array.shape) count *= extent;
        require_that(array.values.size() == std::size_t(count), "an array has as many values as its shape");
        return array;
    } catch (const UserError&) {
        return std::nullopt;
    }
}

void require_equal(const NpyArray& array, const MappedNpy& mapped) {
    require_that(array.shape == std::vector<std::int64_t>{mapped.rows(), mapped.columns()},
                 "both readers see one shape");
    for (std::int64_t row = 0; row < mapped.rows(); ++row)
        for (std::int64_t column = 0; column < mapped.columns(); ++column) {
            const double value = array.values[std::size_t(row * mapped.columns() + column)];
            const double other = mapped.value(row, column);
            require_that(std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(other) ||
                             (value != value && other != other),
                         "both readers see the same values");
        }
}

// What the copying reader takes can be used in place, unless the type or the place of its values forbids.
bool usable_in_place(std::string_view file) {
    const NpyHeader header =
        parse_npy_header(file.substr(0, npy_header_end(file.substr(0, npy_prefix_bytes), "")), "");
    const NpyType& type = header.type;
    return type.kind == 'f' && (type.size == 4 || type.size == 8) && !type.swapped && !header.fortran_order &&
           header.shape.size() == 2 && header.count > 0 && header.offset % type.size == 0;
}

void both_readers(std::string_view bytes) {
    const MemoryFile file(bytes);
    const std::optional<NpyArray> array = array_of(file.path());
    try {
        const auto mapped = MappedNpy::open(file.path());
        require_that(!mapped || array, "what can be used in place can be read");
        if (mapped) require_equal(*array, *mapped);
        if (array)
            require_that(usable_in_place(bytes) == (mapped != nullptr), "what can be used in place is");
    } catch (const UserError&) {
        require_that(!array, "what one reader refuses the other refuses");
    }
    if (!array) return;
    const MemoryFile again(npy_content(array->shape, array->values.data()));
    const std::optional<NpyArray> reread = array_of(again.path());
    require_that(reread && reread->shape == array->shape, "what is written has its shape");
    for (std::size_t l = 0; l < array->values.size(); ++l)
        require_that(
            std::bit_cast<std::uint64_t>(array->values[l]) == std::bit_cast<std::uint64_t>(reread->values[l]),
            "what is written has its values");
}

// Every array that can be read, in an archive of our own: it has them all, to the byte.
void archive_round_trip(const std::string& path) {
    std::vector<NpzMember> members;
    try {
        for (const std::string& name : npz_names(path)) {
            const bool again = std::any_of(members.begin(), members.end(),
                                           [&](const NpzMember& member) { return member.name == name; });
            if (!again && !name.empty()) members.push_back({name, read_npz_member({path, name, true})});
        }
    } catch (const UserError&) {
    }
    if (members.empty()) return;
    const MemoryFile written(npz_content(members));
    const std::vector<std::string> names = npz_names(written.path());
    require_that(names.size() == members.size(), "a written archive has its arrays");
    for (std::size_t l = 0; l < names.size(); ++l)
        require_that(names[l] == members[l].name &&
                         read_npz_member({written.path(), names[l], true}) == members[l].content,
                     "an array of a written archive is what was written");
}

void archive(std::string_view bytes) {
    const MemoryFile file(bytes);
    archive_round_trip(file.path());
    for (const char* member : {"", "x"}) {
        try {
            both_readers(read_npz_member({file.path(), member, true}));
        } catch (const UserError&) {
        }
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (bytes.substr(0, 2) == "PK")
        archive(bytes);
    else
        both_readers(bytes);
    return 0;
}
