// MPFR's state is the thread's: the range of exponents and the flags belong to whoever else uses MPFR there.
// Balls want the widest range, and leave everything as they found it.
#pragma once

#include <mpfr.h>

#include "core/parallel.hpp"

namespace tepui::balls {

class MpfrState {
  public:
    MpfrState() noexcept : flags_(mpfr_flags_save()), least_(mpfr_get_emin()), most_(mpfr_get_emax()) {
        mpfr_set_emin(mpfr_get_emin_min());
        mpfr_set_emax(mpfr_get_emax_max());
        thread_local const Caches caches;
        static_cast<void>(caches);
    }
    ~MpfrState() {
        mpfr_set_emin(least_);
        mpfr_set_emax(most_);
        mpfr_flags_restore(flags_, MPFR_FLAGS_ALL);
    }
    MpfrState(const MpfrState&) = delete;
    MpfrState& operator=(const MpfrState&) = delete;

  private:
    // Constants that MPFR keeps for a thread are given back when the thread ends.
    struct Caches {
        Caches() noexcept {}
        ~Caches() { mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE); }
    };
    mpfr_flags_t flags_;
    mpfr_exp_t least_, most_;
};

// parallel_for of tasks that compute with balls. One thread where MPFR was built for one.
template <class Body>
void for_each_task(int threads, Size count, Body&& body) {
    parallel_for(mpfr_buildopt_tls_p() ? threads : 1, count, [&](Size task, Size) {
        const MpfrState state;
        body(task);
    });
}

}  // namespace tepui::balls
