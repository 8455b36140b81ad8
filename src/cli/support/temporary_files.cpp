#include "cli/support/temporary_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/support/interrupt.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {

// Entries are never freed: a signal handler may be walking along them.
struct TemporaryFile::Entry {
    std::string path;
    std::atomic<bool> there = false;
    Entry* next = nullptr;
};

std::atomic<TemporaryFile::Entry*> TemporaryFile::entries = nullptr;

TemporaryFile::Entry* TemporaryFile::enter(const std::string& path) {
    auto* entry = new Entry;
    entry->path = path;
    entry->next = entries.load();
    entries.store(entry);
    return entry;
}

TemporaryFile::TemporaryFile(const std::string& directory) {
    static int number = 0;
    remove_temporaries_when_ended();
    // An old file of this name is one that a killed command of the same process number left behind.
    for (int attempt = 0; attempt < 1000 && descriptor_ < 0; ++attempt) {
        entry_ = enter(directory + "/.tepui-" + std::to_string(getpid()) + "-" + std::to_string(++number) +
                       ".tmp");
        entry_->there = true;
        descriptor_ = open(entry_->path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor_ >= 0) return;
        const int error = errno;
        entry_->there = false;
        if (error != EEXIST)
            throw UserError(directory + ": no file can be made there: " + std::strerror(error));
    }
    throw UserError(directory + ": no file can be made there: it is full of .tepui-*.tmp");
}

TemporaryFile::~TemporaryFile() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!entry_->there) return;
    unlink(entry_->path.c_str());
    entry_->there = false;
}

void TemporaryFile::write(const std::string& content, unsigned mode, const std::string& name) {
    write_all(descriptor_, content, name + ": cannot be written");
    if (mode != 0 && fchmod(descriptor_, mode) != 0)
        throw UserError(name + ": its permissions cannot be kept: " + std::strerror(errno));
    // EINVAL: the file system has nothing to flush.
    if (fsync(descriptor_) != 0 && errno != EINVAL)
        throw UserError(name + ": cannot be written: " + std::strerror(errno));
    const int closed = close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) throw UserError(name + ": cannot be written: " + std::strerror(errno));
}

void TemporaryFile::move_to(const std::string& target) {
    if (std::rename(entry_->path.c_str(), target.c_str()) != 0)
        throw UserError(target + ": cannot be written: " + std::strerror(errno));
    entry_->there = false;
}

void remove_temporaries() {
    for (const TemporaryFile::Entry* entry = TemporaryFile::entries.load(); entry != nullptr;
         entry = entry->next)
        if (entry->there) unlink(entry->path.c_str());
}

}  // namespace tepui::cli
