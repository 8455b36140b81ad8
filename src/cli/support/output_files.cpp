#include "cli/support/output_files.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>

#include "cli/support/ranks.hpp"
#include "cli/support/user_error.hpp"
#include "cli/support/visible_text.hpp"

namespace tepui::cli {
namespace {

// A reader that leaves is an error to report, not the end of the command.
class WithoutBrokenPipes {
  public:
    WithoutBrokenPipes() {
        struct sigaction ignore = {};
        ignore.sa_handler = SIG_IGN;
        sigaction(SIGPIPE, &ignore, &before_);
    }
    ~WithoutBrokenPipes() { sigaction(SIGPIPE, &before_, nullptr); }
    WithoutBrokenPipes(const WithoutBrokenPipes&) = delete;
    WithoutBrokenPipes& operator=(const WithoutBrokenPipes&) = delete;

  private:
    struct sigaction before_ = {};
};

void write_as_it_stands(const std::string& path, const std::string& content) {
    const WithoutBrokenPipes ignored;
    const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) throw UserError(path + ": cannot be written: " + std::strerror(errno));
    try {
        write_all(descriptor, content, path + ": cannot be written");
    } catch (const UserError&) {
        close(descriptor);
        throw;
    }
    if (close(descriptor) != 0) throw UserError(path + ": cannot be written: " + std::strerror(errno));
}

// The file that a link leads to: the link stays.
std::string real_path(const std::string& path) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::canonical(path, error);
    return error ? path : real.string();
}

}  // namespace

void write_all(int descriptor, const std::string& content, const std::string& failure) {
    for (std::size_t done = 0; done < content.size();) {
        const ssize_t count = ::write(descriptor, content.data() + done, content.size() - done);
        if (count >= 0) {
            done += std::size_t(count);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            pollfd ready = {descriptor, POLLOUT, 0};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            throw UserError(failure + ": " + std::strerror(errno));
        }
    }
}

void show(const std::string& text) {
    if (!ranks().speaks()) return;
    write_all(STDOUT_FILENO, visible(text, Lines::many), "standard output cannot be written");
}

void complain(const std::string& message) {
    if (!ranks().speaks()) return;
    std::cerr << "tepui: " + visible(message) + "\n" << std::flush;
}

void warn(const std::string& message) {
    complain("warning: " + message);
}

void write_and_show(const std::function<void()>& write, const std::string& text) {
    if (!ranks().speaks()) return;
    std::exception_ptr failure;
    try {
        write();
    } catch (...) {
        failure = std::current_exception();
    }
    try {
        show(text);
    } catch (const UserError&) {
        if (!failure) throw;
    }
    if (failure) std::rethrow_exception(failure);
}

void OutputFiles::add(const std::string& path, const std::string& content) {
    const std::string target = real_path(path);
    struct stat there = {};
    const bool exists = stat(target.c_str(), &there) == 0;
    if (exists && S_ISDIR(there.st_mode))
        throw UserError(path + ": cannot be written: " + std::strerror(EISDIR));
    if (exists && !S_ISREG(there.st_mode)) {
        files_.push_back({target, nullptr, content});
        return;
    }
    // To take the place of a file that must not be written would be no better than to write it.
    if (exists && access(target.c_str(), W_OK) != 0)
        throw UserError(path + ": cannot be written: " + std::strerror(errno));
    const std::filesystem::path directory = std::filesystem::path(target).parent_path();
    auto temporary = std::make_unique<TemporaryFile>(directory.empty() ? "." : directory.string());
    temporary->write(content, exists ? there.st_mode & 07777U : 0U, path);
    files_.push_back({target, std::move(temporary), {}});
}

void OutputFiles::commit() {
    for (const File& file : files_)
        if (file.temporary) file.temporary->move_to(file.target);
    for (const File& file : files_)
        if (!file.temporary) write_as_it_stands(file.target, file.content);
    files_.clear();
}

}  // namespace tepui::cli
