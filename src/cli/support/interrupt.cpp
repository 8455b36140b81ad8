#include "cli/support/interrupt.hpp"

#include <csignal>

#include "cli/support/temporary_files.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

volatile std::sig_atomic_t flag = 0;
volatile std::sig_atomic_t listening = 0;

void on_signal(int number) {
    if (listening != 0 && flag == 0) {
        flag = number;
        return;
    }
    remove_temporaries();
    struct sigaction ending = {};
    ending.sa_handler = SIG_DFL;
    sigaction(number, &ending, nullptr);
    raise(number);  // it is blocked until this returns
}

}  // namespace

void remove_temporaries_when_ended() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction now = {};
        if (sigaction(number, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) continue;
        struct sigaction action = {};
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        sigaction(number, &action, nullptr);
    }
}

void catch_interrupt() {
    listening = 1;
    remove_temporaries_when_ended();
}

bool interrupted() {
    return flag != 0;
}

int interrupted_status() {
    return flag != 0 ? 128 + int(flag) : int(exit_interrupted);
}

}  // namespace tepui::cli
