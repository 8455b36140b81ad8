#include "cli/report/output_directory.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>

#include "cli/support/ranks.hpp"
#include "cli/support/text_streams.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

constexpr const char* list_name = ".tepui-files";
constexpr const char* list_head = "tepui files 1: mark of the content, name\n";

// FNV-1a and the size: tells a file that somebody changed, not one that somebody forged.
std::string mark_of(const std::string& content) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    TextWriter text;
    text << std::hex << hash << "-" << std::dec << content.size();
    return text.str();
}

std::optional<std::string> content_of(const std::string& path) {
    if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(path))) return std::nullopt;
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) return std::nullopt;
    std::string content(size, '\0');
    std::ifstream stream(path, std::ios::binary);
    if (!stream.read(content.data(), std::streamsize(size))) return std::nullopt;
    return content;
}

// A name that the command gives to files, whatever somebody wrote into the list.
bool is_ours(const std::string& name) {
    static const std::regex names(
        "report\\.json|embedding\\.json|(narrow|wide|end_[0-9]+(_way)?|point_[0-9]+(_[a-z0-9_]+)?)(_[WabC]\\."
        "npy|\\.npz)");
    return std::regex_match(name, names);
}

}  // namespace

void check_directory(const std::string& path) {
    if (path.empty() || !ranks().speaks()) return;
    std::error_code error;
    std::filesystem::path there = path;
    while (!std::filesystem::exists(there, error)) {
        if (error) throw UserError("--out " + path + ": " + error.message());
        there = there.has_relative_path() && there != there.parent_path() ? there.parent_path() : "";
        if (there.empty()) there = ".";
    }
    if (!std::filesystem::is_directory(there))
        throw UserError("--out " + path + ": " + there.string() +
                        " is no directory; a directory is expected, which is made when it is not there");
    if (access(there.c_str(), W_OK | X_OK) != 0)
        throw UserError("--out " + path + ": " + there.string() + ": " + std::strerror(errno));
}

OutputDirectory::OutputDirectory(std::string path, std::vector<std::string> inputs)
    : path_(std::move(path)), inputs_(std::move(inputs)) {
    std::error_code error;
    std::filesystem::create_directories(path_, error);
    if (error) throw UserError("--out " + path_ + ": " + error.message());
}

void OutputDirectory::add(const std::string& name, const std::string& content) {
    files_.add(path_ + "/" + name, content);
    written_.push_back({name, mark_of(content)});
}

void OutputDirectory::add_network(const std::string& stem, const Weights& weights,
                                  std::vector<NpzMember> telling) {
    std::vector<NpzMember> arrays = arrays_of(weights);
    for (const NpzMember& array : arrays) add(stem + "_" + array.name + ".npy", array.content);
    for (NpzMember& member : telling) arrays.push_back(std::move(member));
    add(stem + ".npz", npz_content(arrays));
}

bool OutputDirectory::is_input(const std::string& name) const {
    return std::any_of(inputs_.begin(), inputs_.end(), [&](const std::string& input) {
        std::error_code error;
        return std::filesystem::equivalent(path_ + "/" + name, input, error);
    });
}

// Those of the list that are still there and not written again now.
std::vector<OutputDirectory::Listed> OutputDirectory::earlier_files() const {
    std::vector<Listed> earlier;
    TextReader list(content_of(path_ + "/" + list_name).value_or(""));
    std::string line;
    std::getline(list, line);
    if (line + "\n" != list_head) return earlier;
    while (std::getline(list, line)) {
        const std::size_t blank = line.find(' ');
        if (blank == std::string::npos) continue;
        Listed listed{line.substr(blank + 1), line.substr(0, blank)};
        const bool again = std::any_of(written_.begin(), written_.end(),
                                       [&](const Listed& one) { return one.name == listed.name; });
        if (is_ours(listed.name) && !again && std::filesystem::exists(path_ + "/" + listed.name))
            earlier.push_back(std::move(listed));
    }
    return earlier;
}

// The list is in place before anything it names is: wherever this ends, the next run knows all.
void OutputDirectory::commit() {
    const std::vector<Listed> earlier = earlier_files();
    std::string list = list_head;
    for (const std::vector<Listed>& part : {written_, earlier})
        for (const Listed& one : part) list += one.mark + " " + one.name + "\n";
    OutputFiles list_file;
    list_file.add(path_ + "/" + list_name, list);
    list_file.commit();
    files_.commit();
    for (const Listed& one : earlier) {
        if (is_input(one.name)) continue;
        const std::string path = path_ + "/" + one.name;
        const std::optional<std::string> content = content_of(path);
        if (!content || mark_of(*content) != one.mark)
            warn(path + ": left where it is: of an earlier run, but changed since");
        else if (unlink(path.c_str()) != 0)
            warn(path + ": of an earlier run, cannot be removed: " + std::strerror(errno));
    }
}

}  // namespace tepui::cli
