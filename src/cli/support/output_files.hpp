// What the command shows and writes; every failure is a UserError.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/support/temporary_files.hpp"

namespace tepui::cli {

// On standard output and as one line on standard error; what a terminal would act on is made visible.
void show(const std::string& text);
void complain(const std::string& message);
void warn(const std::string& message);

void write_all(int descriptor, const std::string& content, const std::string& failure);

// Files first: those that `write` writes are there whatever becomes of standard output, and the text is shown
// where they cannot be written.
void write_and_show(const std::function<void()>& write, const std::string& text);

// Files that appear together: each is written beside its target under a name of its own, flushed, and takes
// the target's place when all are whole. Pipes and devices are written as they stand, after the others: there
// is nothing to take the place of.
class OutputFiles {
  public:
    void add(const std::string& path, const std::string& content);
    void commit();

  private:
    struct File {
        std::string target;
        std::unique_ptr<TemporaryFile> temporary;  // null: written as it stands
        std::string content;                       // of these
    };
    std::vector<File> files_;
};

}  // namespace tepui::cli
