#include "solve/start_queue.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <optional>
#include <thread>

#include "core/parallel.hpp"
#include "solve/one_start.hpp"
#include "solve/settled.hpp"

namespace tepui {
namespace {

// The starts, taken by the threads of one team as they come. The calling thread alone talks to the listener:
// between the iterations of its own starts, and while it waits for the others.
class StartQueue {
  public:
    StartQueue(const SearchSpace& space, const Network& prototype, const SolveOptions& options,
               const Execution& execution)
        : space_(space), prototype_(space.inward(prototype)), options_(options), caller_(execution) {
        Network origin = prototype;
        for (Network* network : {&origin, &prototype_})
            std::fill(network->parameters.begin(), network->parameters.end(), 0.0);
        StartReport waiting{StartOutcome::cancelled, "cancelled before it began", std::move(origin)};
        waiting.loss = waiting.gradient_relative = std::nan("");
        reports_.resize(static_cast<std::size_t>(options.starts), waiting);
        inside_.resize(reports_.size(), prototype_);
        found_.resize(reports_.size());
        const Dataset& data = space.data();
        if (data.collective() && data.collective()->open() && data.share() == nullptr)
            ranks_ = data.collective().get();
        // A lone start has the threads to itself, and one that ranks work on together.
        inner_.threads = alone() ? execution.threads : 1;
    }

    FinishedStarts run() {
        take_starts(&StartQueue::find, ranks_ == nullptr ? 0 : ranks_->rank(),
                    ranks_ == nullptr ? 1 : ranks_->size());
        if (ranks_ != nullptr) {
            exchange();
            take_starts(&StartQueue::settle, 0, 1);
        }
        return {std::move(reports_), std::move(inside_)};
    }

  private:
    bool alone() const { return options_.starts == 1 || space_.data().share() != nullptr; }
    bool stopped() const { return cancelled_.load(std::memory_order_relaxed); }

    // Exceptions of the listener must not leave a parallel region.
    void listen() {
        try {
            const double fraction = static_cast<double>(done_.load()) / static_cast<double>(options_.starts);
            if (!caller_.report(how_far().c_str(), fraction)) cancelled_ = true;
        } catch (...) {
            fail();
        }
    }

    std::string how_far() const {
        const auto text = [](const std::atomic<Size>& count) { return std::to_string(count.load()); };
        return std::string(kSolving) + ": " + text(done_) + " of " + std::to_string(options_.starts) +
               " starts done, " + text(converged_) + " converged, " + text(at_infinity_) + " at infinity";
    }

    void fail() {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!error_) error_ = std::current_exception();
        cancelled_ = true;
    }

    using Step = void (StartQueue::*)(const SolveSetting&, Size index);

    // The starts first, first + stride, ...
    void take_starts(Step step, Size first, Size stride) {
        next_ = done_ = 0;
        const Size count = (options_.starts - first + stride - 1) / stride;
        const auto work = [&](bool calling) {
            const SolveSetting setting{&space_.data(), &space_.metric(), &options_, inner_, [this, calling] {
                                           if (calling) listen();
                                           return !stopped();
                                       }};
            for (Size turn = next_++; turn < count; turn = next_++, ++done_) {
                if (stopped()) continue;  // the starts not begun say so
                try {
                    (this->*step)(setting, first + turn * stride);
                } catch (...) {
                    fail();
                }
            }
        };
        const Size team = alone() ? 1 : std::clamp<Size>(count, 1, caller_.threads);
        if (team == 1) {
            work(true);
        } else {
            run_team(static_cast<int>(team), [&](Team&) {
                const bool calling = omp_get_thread_num() == 0;
                work(calling);
                while (calling && done_.load() < count) {
                    listen();
                    std::this_thread::sleep_for(std::chrono::milliseconds(5));
                }
            });
        }
        if (error_) std::rethrow_exception(error_);
    }

    void find(const SolveSetting& setting, Size index) {
        found_[index] = run_numbered_start(setting, prototype_, index);
        if (ranks_ == nullptr) settle(setting, index);
    }

    // What a rank has found, on all of them. Ends at infinity do not travel: each rank finds them again.
    void settle(const SolveSetting& setting, Size index) {
        if (!found_[index]) return;  // its rank was stopped before
        StartReport report = std::move(*found_[index]);
        found_[index].reset();
        if (report.outcome == StartOutcome::at_infinity && !report.end)
            report = run_numbered_start(setting, prototype_, index);
        inside_[index] = report.point;
        reports_[index] = settled(space_, options_, std::move(report), inner_);
        const StartOutcome outcome = reports_[index].outcome;
        if (outcome == StartOutcome::converged) ++converged_;
        if (outcome == StartOutcome::at_infinity) ++at_infinity_;
    }

    // What each rank found of its starts goes to the others. One that was stopped ends the search on all.
    void exchange() {
        constexpr Size kNumbers = 5;
        const Size count = prototype_.parameter_count() + kNumbers;
        std::vector<double> numbers(static_cast<std::size_t>(count));
        ranks_->settle(Signature().add("starts").add(options_.starts).add(count).value());
        for (Size index = 0; index < options_.starts; ++index) {
            const Size owner = index % ranks_->size();
            std::string reason;
            if (owner == ranks_->rank() && found_[index]) {
                const StartReport& found = *found_[index];
                numbers = found.point.parameters;
                numbers.insert(
                    numbers.end(),
                    {static_cast<double>(found.outcome), static_cast<double>(found.iterations), found.loss,
                     found.gradient_relative, static_cast<double>(found.reason.size())});
                reason = found.reason;
            } else {
                numbers.assign(static_cast<std::size_t>(count), -1.0);
            }
            ranks_->broadcast(owner, numbers.data(), count * Size{sizeof(double)});
            const double* after = numbers.data() + count - kNumbers;
            if (after[4] < 0.0) continue;  // not begun
            reason.resize(static_cast<std::size_t>(after[4]));
            ranks_->broadcast(owner, reason.data(), static_cast<Size>(reason.size()));
            if (owner == ranks_->rank()) continue;
            StartReport found{static_cast<StartOutcome>(after[0]), std::move(reason), prototype_};
            found.iterations = static_cast<Size>(after[1]);
            found.loss = after[2];
            found.gradient_relative = after[3];
            found.point.parameters.assign(numbers.begin(), numbers.end() - kNumbers);
            found_[index] = std::move(found);
        }
    }

    const SearchSpace& space_;
    Network prototype_;
    const SolveOptions& options_;
    const Execution& caller_;
    Execution inner_;
    std::vector<StartReport> reports_;
    std::vector<Network> inside_;
    std::vector<std::optional<StartReport>> found_;  // until it is settled
    Collective* ranks_ = nullptr;                    // that each have all samples, and some of the starts
    std::atomic<Size> next_{0}, done_{0}, converged_{0}, at_infinity_{0};
    std::atomic<bool> cancelled_{false};
    std::mutex mutex_;
    std::exception_ptr error_;
};

}  // namespace

FinishedStarts run_starts(const SearchSpace& space, const Network& prototype, const SolveOptions& options,
                          const Execution& execution) {
    return StartQueue(space, prototype, options, execution).run();
}

}  // namespace tepui
