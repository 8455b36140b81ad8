// Hears of progress: which phases, how often each, and may stop the operation at any question.
#pragma once

#include <map>
#include <string>

#include "core/execution.hpp"

namespace tepui::test {

struct Listener {
    std::map<std::string, int> phases;
    int calls = 0;
    int stop_at = 0;  // the question that is answered by no; 0: none
    bool sound = true;

    Execution execution(int threads = 1) { return {threads, &Listener::hear, this}; }

    static bool hear(void* user, const char* phase, double fraction) {
        auto& self = *static_cast<Listener*>(user);
        self.sound = self.sound && fraction >= 0.0 && fraction <= 1.0;
        ++self.phases[phase];
        return ++self.calls != self.stop_at;
    }
};

// Whatever question of `operation` is answered by no: it ends as cancelled, and asks no more.
template <class Operation>
bool stops_at_every_question(int questions, Operation&& operation) {
    for (int stop_at = 1; stop_at <= questions; ++stop_at) {
        Listener listener;
        listener.stop_at = stop_at;
        try {
            operation(listener.execution());
            return false;
        } catch (const Error& error) {
            if (error.status() != Status::cancelled || listener.calls != stop_at) return false;
        }
    }
    return true;
}

}  // namespace tepui::test
