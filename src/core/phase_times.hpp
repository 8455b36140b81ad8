// Where the wall-clock time of an operation goes, by the names of its phases.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

namespace tepui {

class PhaseTimes {
  public:
    struct Phase {
        const char* name;  // static
        double seconds;
    };

    // Ends the phase before and begins this one; entered again, a phase goes on counting. From one thread.
    void enter(const char* name) {
        leave();
        current_ = 0;
        const auto size = static_cast<int>(phases_.size());
        while (current_ < size && std::string_view(phases_[static_cast<std::size_t>(current_)].name) != name)
            ++current_;
        if (current_ == size) phases_.push_back({name, 0.0});
        since_ = Clock::now();
    }
    void leave() {
        if (current_ < 0) return;
        phases_[static_cast<std::size_t>(current_)].seconds +=
            std::chrono::duration<double>(Clock::now() - since_).count();
        current_ = -1;
    }
    // In the order in which they were first entered.
    const std::vector<Phase>& phases() const noexcept { return phases_; }

  private:
    using Clock = std::chrono::steady_clock;
    std::vector<Phase> phases_;
    int current_ = -1;  // none
    Clock::time_point since_;
};

}  // namespace tepui
