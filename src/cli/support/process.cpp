#include "cli/support/process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <new>
#include <string_view>

#include "cli/support/temporary_files.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

// Destructors of JSON values allocate and must not throw: out of memory, they end up here.
[[noreturn]] void on_terminate() {
    remove_temporaries();
    std::string_view line = "tepui: out of memory\n";
    try {
        if (const std::exception_ptr error = std::current_exception()) std::rethrow_exception(error);
        line = "tepui: internal error\n";
    } catch (const std::bad_alloc&) {
    } catch (...) {
        line = "tepui: internal error\n";
    }
    [[maybe_unused]] const ssize_t count = ::write(STDERR_FILENO, line.data(), line.size());
    _exit(exit_library);
}

}  // namespace

void prepare_process() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(descriptor, F_GETFD) < 0) open("/dev/null", O_RDONLY);
    std::signal(SIGXFSZ, SIG_IGN);
    std::set_terminate(on_terminate);
}

}  // namespace tepui::cli
