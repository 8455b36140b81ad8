// How an operation runs: its thread count and who is told about its progress.
#pragma once

#include "core/error.hpp"
#include "core/sizes.hpp"

namespace tepui {

struct Execution {
    // Called from the calling thread only. Returns false to cancel. Null: nobody listens.
    using Progress = bool (*)(void* user, const char* phase, double fraction);

    int threads = 1;  // >= 1, already resolved
    Progress progress = nullptr;
    void* progress_user = nullptr;

    // False when the listener wants to stop.
    bool report(const char* phase, double fraction) const {
        return progress == nullptr || progress(progress_user, phase, fraction);
    }
    void report_or_throw(const char* phase, double fraction) const {
        if (!report(phase, fraction))
            throw Error(Status::cancelled, std::string("cancelled during ") + phase);
    }
};

}  // namespace tepui
