// Archives written by minizip into memory, so that a file is put in place whole like any other.
#include <minizip/zip.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "cli/data/npz_file.hpp"

namespace tepui::cli {
namespace {

// What minizip takes for a file.
struct Memory {
    std::string bytes;
    std::size_t at = 0;
};

Memory& memory_of(voidpf stream) {
    return *static_cast<Memory*>(stream);
}

voidpf open_memory(voidpf memory, const void*, int) {
    return memory;
}

uLong read_memory(voidpf, voidpf stream, void* buffer, uLong size) {
    Memory& memory = memory_of(stream);
    const std::size_t count = std::min<std::size_t>(size, memory.bytes.size() - memory.at);
    std::memcpy(buffer, memory.bytes.data() + memory.at, count);
    memory.at += count;
    return uLong(count);
}

// Less than what was asked: memory has run out, and no exception may cross minizip.
uLong write_memory(voidpf, voidpf stream, const void* buffer, uLong size) {
    Memory& memory = memory_of(stream);
    try {
        if (memory.bytes.size() < memory.at + size) memory.bytes.resize(memory.at + size);
    } catch (const std::exception&) {
        return 0;
    }
    std::memcpy(memory.bytes.data() + memory.at, buffer, size);
    memory.at += size;
    return size;
}

ZPOS64_T tell_memory(voidpf, voidpf stream) {
    return memory_of(stream).at;
}

long seek_memory(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
    Memory& memory = memory_of(stream);
    const std::size_t from = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                             : origin == ZLIB_FILEFUNC_SEEK_CUR ? memory.at
                                                                : memory.bytes.size();
    if (from + offset > memory.bytes.size()) return -1;
    memory.at = from + std::size_t(offset);
    return 0;
}

int close_memory(voidpf, voidpf) {
    return 0;
}

int memory_is_whole(voidpf, voidpf) {
    return 0;
}

bool add(zipFile archive, const NpzMember& member) {
    zip_fileinfo info{};
    info.dosDate = (1U << 21) | (1U << 16);  // 1 January 1980, as NumPy has it: the same bytes on any day
    constexpr int no_compression = 0;
    constexpr unsigned most = 1U << 30;
    const int zip64 = member.content.size() > 0xFFFFFFFEU ? 1 : 0;
    if (zipOpenNewFileInZip64(archive, (member.name + ".npy").c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                              no_compression, 0, zip64) != ZIP_OK)
        return false;
    for (std::size_t at = 0; at < member.content.size(); at += most) {
        const auto count = unsigned(std::min<std::size_t>(most, member.content.size() - at));
        if (zipWriteInFileInZip(archive, member.content.data() + at, count) != ZIP_OK) return false;
    }
    return zipCloseFileInZip(archive) == ZIP_OK;
}

}  // namespace

std::string npz_content(const std::vector<NpzMember>& members) {
    Memory memory;
    zlib_filefunc64_def functions{open_memory, read_memory,  write_memory,    tell_memory,
                                  seek_memory, close_memory, memory_is_whole, &memory};
    const zipFile archive = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
    if (archive == nullptr) throw std::bad_alloc();
    bool whole = std::all_of(members.begin(), members.end(),
                             [&](const NpzMember& member) { return add(archive, member); });
    whole = zipClose(archive, nullptr) == ZIP_OK && whole;
    if (!whole) throw std::bad_alloc();  // nothing else can fail in memory
    return std::move(memory.bytes);
}

}  // namespace tepui::cli
