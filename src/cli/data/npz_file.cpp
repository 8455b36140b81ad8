// Through minizip (zlib licence, from zlib's own sources), which asks for nothing but zlib.
#include "cli/data/npz_file.hpp"

#include <minizip/unzip.h>

#include <filesystem>
#include <memory>
#include <type_traits>
#include <vector>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

struct Closer {
    void operator()(void* archive) const { unzClose(archive); }
};
using Archive = std::unique_ptr<std::remove_pointer_t<unzFile>, Closer>;

constexpr int stored = 0, deflated = 8;
constexpr std::string_view suffix = ".npy";

Archive open_archive(const std::string& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) throw UserError(file + ": no such file");
    Archive archive(std::filesystem::is_regular_file(file, error) ? unzOpen64(file.c_str()) : nullptr);
    if (!archive) throw UserError(file + ": is no .npz archive (or is cut short)");
    return archive;
}

struct Member {
    std::string name;  // without .npy
    unz64_file_pos place{};
};

std::vector<Member> members_of(unzFile archive, const std::string& file) {
    std::vector<Member> members;
    for (int status = unzGoToFirstFile(archive); status != UNZ_END_OF_LIST_OF_FILE;
         status = unzGoToNextFile(archive)) {
        unz_file_info64 info{};
        std::string name(65536, '\0');
        Member member;
        if (status != UNZ_OK ||
            unzGetCurrentFileInfo64(archive, &info, name.data(), name.size(), nullptr, 0, nullptr, 0) !=
                UNZ_OK ||
            unzGetFilePos64(archive, &member.place) != UNZ_OK)
            throw UserError(file + ": its list of arrays cannot be read (is the file whole?)");
        name.resize(std::min<std::size_t>(info.size_filename, name.size()));
        if (!name.ends_with(suffix)) continue;
        member.name = name.substr(0, name.size() - suffix.size());
        members.push_back(std::move(member));
    }
    return members;
}

const Member& find_member(const std::vector<Member>& members, const ArrayPath& path) {
    if (members.empty()) throw UserError(path.file + ": holds no arrays (.npy)");
    if (path.member.empty() && members.size() == 1) return members[0];
    // Of two of the same name the last one counts, as in Python.
    for (auto member = members.rbegin(); member != members.rend(); ++member)
        if (member->name == path.member || member->name + std::string(suffix) == path.member) return *member;
    std::string names;
    for (std::size_t i = 0; i < members.size() && i < 20; ++i) names += (i ? ", " : "") + members[i].name;
    if (members.size() > 20) names += ", ... (" + std::to_string(members.size() - 20) + " more)";
    if (path.member.empty())
        throw UserError(path.file + ": holds " + counted(std::int64_t(members.size()), "array") +
                        "; name one, e.g. " + path.file + ":" + members[0].name + " (there are " + names +
                        ")");
    throw UserError(path.file + ": has no array \"" + path.member + "\"; there are " + names);
}

// What the archive says of the member, as far as it can be true.
void check_info(const unz_file_info64& info, const ArrayPath& path, const std::string& name) {
    if ((info.flag & 1) != 0) throw UserError(name + ": is encrypted");
    if (info.compression_method != stored && info.compression_method != deflated)
        throw UserError(name + ": is compressed by a method other than NumPy's (deflate)");
    // A bit of deflated data unpacks to 129 bytes at most: 258 bytes are the longest match, of 2 bits.
    constexpr std::uint64_t most = 1032;
    const bool possible = info.compression_method == stored
                              ? info.uncompressed_size == info.compressed_size
                              : info.uncompressed_size / most <= info.compressed_size;
    if (!possible || info.compressed_size > std::filesystem::file_size(path.file))
        throw UserError(name + ": the archive's sizes contradict each other");
}

}  // namespace

ArrayPath parse_array_path(const std::string& path) {
    ArrayPath result{path, "", false};
    std::error_code error;
    const std::size_t at = path.rfind(".npz:");
    if (at != std::string::npos && !std::filesystem::exists(path, error)) {
        result.file = path.substr(0, at + 4);
        result.member = path.substr(at + 5);
        result.archive = true;
        if (result.member.empty())
            throw UserError(path + ": the name of an array is expected behind the colon");
    } else {
        result.archive = path.ends_with(".npz");
    }
    return result;
}

std::vector<std::string> npz_names(const std::string& file) {
    std::vector<std::string> names;
    for (Member& member : members_of(open_archive(file).get(), file)) names.push_back(std::move(member.name));
    return names;
}

std::string read_npz_member(const ArrayPath& path) {
    const Archive archive = open_archive(path.file);
    const std::vector<Member> members = members_of(archive.get(), path.file);
    const Member& member = find_member(members, path);
    const std::string name = path.file + ":" + member.name;
    unz64_file_pos place = member.place;
    unz_file_info64 info{};
    if (unzGoToFilePos64(archive.get(), &place) != UNZ_OK ||
        unzGetCurrentFileInfo64(archive.get(), &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK)
        throw UserError(name + ": cannot be found in the archive");
    check_info(info, path, name);
    std::string bytes;
    int got = unzOpenCurrentFile(archive.get()) == UNZ_OK ? 1 : -1;
    std::vector<char> block(std::size_t(1) << 20);
    while (got > 0) {
        got = unzReadCurrentFile(archive.get(), block.data(), unsigned(block.size()));
        if (got > 0) bytes.append(block.data(), std::size_t(got));
    }
    const bool whole = got == 0 && bytes.size() == info.uncompressed_size;
    if (unzCloseCurrentFile(archive.get()) != UNZ_OK || !whole)
        throw UserError(name + ": cannot be unpacked: the archive is damaged");
    return bytes;
}

}  // namespace tepui::cli
