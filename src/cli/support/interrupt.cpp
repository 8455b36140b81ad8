#include "cli/support/interrupt.hpp"

#include <csignal>

namespace tepui::cli {
namespace {

volatile std::sig_atomic_t flag = 0;

void on_interrupt(int) {
    flag = 1;
}

}  // namespace

void catch_interrupt() {
    struct sigaction action = {};
    action.sa_handler = on_interrupt;
    action.sa_flags = int(SA_RESETHAND) | SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
}

bool interrupted() {
    return flag != 0;
}

}  // namespace tepui::cli
