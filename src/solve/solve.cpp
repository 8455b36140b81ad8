#include "solve/solve.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <optional>
#include <thread>

#include "core/parallel.hpp"
#include "core/random.hpp"
#include "solve/distinct_points.hpp"
#include "solve/ends/end.hpp"
#include "solve/ends/given_end.hpp"
#include "solve/initialisation.hpp"
#include "solve/relu/descent.hpp"
#include "solve/settled.hpp"
#include "solve/start_run.hpp"

namespace tepui {
namespace {

constexpr const char* kPhase = "solving";
// Directions of the inputs with a smaller relative singular value have a curvature below rounding.
constexpr double kUnresolved = 0x1p-26;
constexpr std::uint64_t kLongestDescent = 20;

void check(const SolveOptions& options, bool many) {
    const auto refuse = [](const std::string& name, const std::string& value, const char* expected) {
        throw Error(Status::invalid_value, name + " is " + value + ", expected " + expected);
    };
    if (options.target != SolveTarget::minimum && options.target != SolveTarget::stationary) {
        refuse("target", std::to_string(static_cast<int>(options.target)), "minimum (1) or stationary (2)");
    }
    if (many && options.starts < 1) refuse("starts", std::to_string(options.starts), "at least 1");
    if (options.max_iterations < 0)
        refuse("max_iterations", std::to_string(options.max_iterations), "at least 0");
    if (!(options.gradient_tolerance >= 0.0 && options.gradient_tolerance < 1.0)) {
        refuse("gradient_tolerance", std::to_string(options.gradient_tolerance), "a number in [0, 1)");
    }
    if (!(options.divergence_factor > 1.0)) {
        refuse("divergence_factor", std::to_string(options.divergence_factor), "more than 1");
    }
}

bool is_piecewise_linear(const Activation& activation) {
    return activation.traits().smoothness == Smoothness::piecewise_linear;
}

void check_model(const Dataset& data, const Network& network) {
    const auto count = [](Size number) { return std::to_string(number); };
    if (network.inputs != data.inputs()) {
        throw Error(Status::invalid_size, "the network has " + count(network.inputs) +
                                              " inputs, expected those of the data, " + count(data.inputs()));
    }
    if (network.output_count != data.outputs()) {
        throw Error(Status::invalid_size, "the network has " + count(network.output_count) +
                                              " outputs, expected one a target of a sample, " +
                                              count(data.outputs()));
    }
    bool kinks = is_piecewise_linear(network.activation) && network.unit_activations.empty();
    for (const Activation& activation : network.unit_activations)
        kinks = kinks || is_piecewise_linear(activation);
    const bool plain = network.output_count == 1 && network.features() == network.width &&
                       network.unit_activations.empty() && data.loss().quadratic() && data.decay().none();
    if (kinks && !plain) {
        throw Error(Status::unsupported,
                    "the network has ReLU-like neurons, whose searches take one output, one activation, no "
                    "output bias, no skip connections and the squared loss without decay");
    }
}

// What find() comes to; a numeric failure is an outcome.
template <class Find>
StartReport found_or_failed(const Network& start, Find&& find) {
    try {
        return find();
    } catch (const Error& error) {
        if (error.status() != Status::numeric) throw;
        StartReport report{StartOutcome::stalled, std::string("numeric failure: ") + error.what(), start};
        report.loss = report.gradient_relative = std::nan("");
        return report;
    }
}

StartReport run_start(const SolveSetting& setting, const Network& start) {
    return found_or_failed(start, [&] {
        if (is_piecewise_linear(start.activation)) {
            const bool lowest = setting.options->target == SolveTarget::minimum;
            return descend_to_kinks(setting, start, lowest ? IdleNeurons::return_ : IdleNeurons::stay);
        }
        return setting.options->target == SolveTarget::minimum ? minimum_or_end(setting, start)
                                                               : find_stationary(setting, start);
    });
}

// Stationary points near a random network are mostly those without outputs. A descent cut off after a random
// number of iterations, different for every start, leads among those that the loss passes on its way down.
Network lowered(const SolveSetting& setting, const Network& start, std::uint64_t seed, Size index) {
    Random random(~seed, static_cast<std::uint64_t>(index));
    // Every saddle of ReLU-like neurons has some without output.
    if (is_piecewise_linear(start.activation)) {
        Network narrow = start;
        const auto kept = static_cast<Size>(random.bits() % static_cast<std::uint64_t>(start.width + 1));
        for (Size i = kept; i < start.width; ++i) {
            std::fill_n(narrow.weights(i), narrow.inputs, 0.0);
            narrow.output(i) = 0.0;
        }
        return narrow;
    }
    SolveOptions few = *setting.options;
    few.target = SolveTarget::minimum;
    few.max_iterations =
        std::min<Size>(few.max_iterations, static_cast<Size>(random.bits() % (kLongestDescent + 1)));
    SolveSetting descent = setting;
    descent.options = &few;
    return run_start(descent, start).point;
}

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
        ended_.resize(reports_.size());
        const Dataset& data = space.data();
        if (data.collective() && data.collective()->open() && data.share() == nullptr)
            ranks_ = data.collective().get();
        // A lone start has the threads to itself, and one that ranks work on together.
        inner_.threads = alone() ? execution.threads : 1;
    }

    // `inside` receives where the starts ended, in the coordinates of the space.
    std::vector<StartReport> run(std::vector<Network>& inside) {
        take_starts(&StartQueue::find, ranks_ == nullptr ? 0 : ranks_->rank(),
                    ranks_ == nullptr ? 1 : ranks_->size());
        if (ranks_ != nullptr) {
            exchange();
            take_starts(&StartQueue::judge, 0, 1);
        }
        inside = std::move(inside_);
        return std::move(reports_);
    }

  private:
    bool alone() const { return options_.starts == 1 || space_.data().share() != nullptr; }
    bool stopped() const { return cancelled_.load(std::memory_order_relaxed); }

    // Exceptions of the listener must not leave a parallel region.
    void listen() {
        try {
            const double fraction = static_cast<double>(done_.load()) / static_cast<double>(options_.starts);
            if (!caller_.report(kPhase, fraction)) cancelled_ = true;
        } catch (...) {
            fail();
        }
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

    Network start_of(const SolveSetting& setting, Size index) const {
        Network start = initial_network(space_.data(), space_.metric(), prototype_, options_.seed, index);
        return options_.target == SolveTarget::stationary ? lowered(setting, start, options_.seed, index)
                                                          : start;
    }

    void find(const SolveSetting& setting, Size index) {
        found_[index] = run_start(setting, start_of(setting, index));
        if (ranks_ == nullptr) finish(index);
    }

    // What a rank has found, on all of them. An end at infinity each finds by itself.
    void judge(const SolveSetting& setting, Size index) {
        if (ended_[index] && !found_[index]) found_[index] = run_start(setting, start_of(setting, index));
        if (found_[index]) finish(index);  // else its rank was stopped before
    }

    void finish(Size index) {
        StartReport report = std::move(*found_[index]);
        found_[index].reset();
        inside_[index] = report.point;
        reports_[index] = settled(space_, options_, std::move(report), inner_);
    }

    // What each rank found of its starts goes to the others. One that was stopped ends the search on all.
    void exchange() {
        constexpr Size kNumbers = 6;
        const Size count = prototype_.parameter_count() + kNumbers;
        std::vector<double> numbers(static_cast<std::size_t>(count));
        ranks_->settle(Signature().add("starts").add(options_.starts).add(count).value());
        for (Size index = 0; index < options_.starts; ++index) {
            const Size owner = index % ranks_->size();
            std::string reason;
            if (owner == ranks_->rank() && found_[index]) {
                const StartReport& found = *found_[index];
                numbers = found.point.parameters;
                numbers.insert(numbers.end(),
                               {static_cast<double>(found.outcome), static_cast<double>(found.iterations),
                                found.loss, found.gradient_relative, static_cast<double>(found.reason.size()),
                                found.end ? 1.0 : 0.0});
                reason = found.reason;
            } else {
                numbers.assign(static_cast<std::size_t>(count), -1.0);
            }
            ranks_->broadcast(owner, numbers.data(), count * Size{sizeof(double)});
            const double* after = numbers.data() + count - kNumbers;
            if (after[4] < 0.0) continue;  // not begun
            reason.resize(static_cast<std::size_t>(after[4]));
            ranks_->broadcast(owner, reason.data(), static_cast<Size>(reason.size()));
            ended_[index] = after[5] > 0.0;
            if (owner == ranks_->rank() || ended_[index]) continue;
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
    std::vector<std::optional<StartReport>> found_;  // until it is judged
    std::vector<char> ended_;                        // at infinity, on the rank that ran it
    Collective* ranks_ = nullptr;                    // that each have all samples, and some of the starts
    std::atomic<Size> next_{0}, done_{0};
    std::atomic<bool> cancelled_{false};
    std::mutex mutex_;
    std::exception_ptr error_;
};

}  // namespace

StartReport solve_from(const Dataset& data, const Network& start, const SolveOptions& options,
                       const Execution& execution, InputReport* inputs) {
    check(options, false);
    check_model(data, start);
    const SearchSpace space(data, start, SearchSpace::rounding(data), execution);
    if (inputs != nullptr) *inputs = space.report();
    Execution inner;
    inner.threads = execution.threads;
    const SolveSetting setting{&space.data(), &space.metric(), &options, inner,
                               [&] { return execution.report(kPhase, 0.0); }};
    return settled(space, options, run_start(setting, space.inward(start)), inner);
}

SolveResult solve(const Dataset& data, const Network& prototype, const SolveOptions& options,
                  const Execution& execution) {
    check(options, true);
    if (prototype.width < 1)
        throw Error(Status::invalid_size,
                    "width is " + std::to_string(prototype.width) + ", expected at least 1");
    check_model(data, prototype);
    const SearchSpace space(data, prototype, std::max(kUnresolved, SearchSpace::rounding(data)), execution);
    SolveResult result;
    result.inputs = space.report();
    std::vector<Network> inside;
    result.starts = StartQueue(space, prototype, options, execution).run(inside);
    result.points = distinct_points(space, options, inside, result.starts);
    result.ends = distinct_ends(data, result.starts);
    return result;
}

SolveResult solve(const Dataset& data, const Activation& activation, Size width, const SolveOptions& options,
                  const Execution& execution) {
    return solve(data, Network(activation, width, data.inputs()), options, execution);
}

}  // namespace tepui
