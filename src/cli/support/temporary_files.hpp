// Files that are being written have names of their own until they are whole: whatever ends the command, they
// are removed.
#pragma once
#include <atomic>
#include <string>

namespace tepui::cli {

// A new, empty file in a directory; it is there until it is moved or this is destroyed.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& directory);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    // Writes to the disk and closes. Every failure is a UserError that speaks of `name`.
    void write(const std::string& content, unsigned mode, const std::string& name);
    // Takes the place of the target, in the same directory.
    void move_to(const std::string& target);

  private:
    struct Entry;
    friend void remove_temporaries();
    static std::atomic<Entry*> entries;
    static Entry* enter(const std::string& path);

    Entry* entry_ = nullptr;
    int descriptor_ = -1;
};

// All that are there now; may be called by a signal handler.
void remove_temporaries();

}  // namespace tepui::cli
