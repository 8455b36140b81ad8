// How an operation runs: its thread count, who is told about its progress, and who keeps its times.
#pragma once

#include "core/error.hpp"
#include "core/phase_times.hpp"
#include "core/sizes.hpp"

namespace tepui {

struct Execution {
    // Called from the calling thread only. Returns false to cancel. Null: nobody listens.
    using Progress = bool (*)(void* user, const char* phase, double fraction);

    int threads = 1;  // >= 1, already resolved
    Progress progress = nullptr;
    void* progress_user = nullptr;
    PhaseTimes* times = nullptr;  // entered by the calling thread only; null: nobody asks

    // False when the listener wants to stop.
    bool report(const char* phase, double fraction) const {
        return progress == nullptr || progress(progress_user, phase, fraction);
    }
    // Time counts for this phase from now on.
    void enter(const char* phase) const {
        if (times != nullptr) times->enter(phase);
    }
    void report_or_throw(const char* phase, double fraction) const {
        if (!report(phase, fraction))
            throw Error(Status::cancelled, std::string("cancelled during ") + phase);
    }
};

}  // namespace tepui
