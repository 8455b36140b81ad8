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

void say(std::string_view text) {
    [[maybe_unused]] const ssize_t count = ::write(STDERR_FILENO, text.data(), text.size());
}

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
    say(line);
    _exit(exit_library);
}

// Before the initialisers of other parts of the command, which allocate, too.
[[gnu::constructor(101)]] void listen_to_terminate() {
    std::set_terminate(on_terminate);
}

const char* (*mapped_file_at)(const void* address) = nullptr;

// A mapped file that another program cut short, or whose disk fails. Any other bus error ends us as ever.
void on_bus_error(int number, siginfo_t* info, void*) {
    const char* const file = mapped_file_at(info->si_addr);
    if (file == nullptr) {
        std::signal(number, SIG_DFL);
        return;  // to the instruction that failed, and fails again
    }
    remove_temporaries();
    say("tepui: ");
    say(file);
    say(": cannot be read any more; it was cut short while in use, or its disk failed\n");
    _exit(exit_bad_input);
}

}  // namespace

void prepare_process(const char* (*file_at)(const void* address)) {
    mapped_file_at = file_at;
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(descriptor, F_GETFD) < 0) open("/dev/null", O_RDONLY);
    std::signal(SIGXFSZ, SIG_IGN);
    struct sigaction action = {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGBUS, &action, nullptr);
}

}  // namespace tepui::cli
