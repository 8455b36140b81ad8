#include "solve/solve.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numeric>
#include <thread>

#include "core/parallel.hpp"
#include "core/random.hpp"
#include "solve/initialisation.hpp"
#include "solve/relu/descent.hpp"
#include "solve/start_run.hpp"
#include "solve/symmetry.hpp"

namespace tepui {
namespace {

constexpr const char* kPhase = "solving";
// Losses and parameters that agree this well belong to one point: a degenerate point is known to 1e-4 only
// when its gradient has vanished to 1e-12.
constexpr double kSameLoss = 1e-8;
constexpr double kSamePoint = 1e-3;
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

StartReport run_start(const SolveSetting& setting, const Network& start) {
    try {
        if (is_piecewise_linear(start.activation)) {
            const bool lowest = setting.options->target == SolveTarget::minimum;
            return descend_to_kinks(setting, start, lowest ? IdleNeurons::return_ : IdleNeurons::stay);
        }
        return setting.options->target == SolveTarget::minimum ? find_minimum(setting, start)
                                                               : find_stationary(setting, start);
    } catch (const Error& error) {
        if (error.status() != Status::numeric) throw;
        StartReport report{StartOutcome::stalled, std::string("numeric failure: ") + error.what(), start};
        report.loss = report.gradient_relative = std::nan("");
        return report;
    }
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
    StartQueue(const Dataset& data, const InputMetric& metric, const Activation& activation, Size width,
               const SolveOptions& options, const Execution& execution)
        : data_(data),
          metric_(metric),
          activation_(activation),
          width_(width),
          options_(options),
          caller_(execution) {
        StartReport waiting{StartOutcome::cancelled, "cancelled before it began",
                            Network(activation, width, data.inputs())};
        waiting.loss = waiting.gradient_relative = std::nan("");
        reports_.resize(static_cast<std::size_t>(options.starts), waiting);
        // A lone start has the threads to itself.
        inner_.threads = options.starts == 1 ? execution.threads : 1;
    }

    std::vector<StartReport> run() {
        const Size team = options_.starts == 1 ? 1 : std::min<Size>(caller_.threads, options_.starts);
        if (team == 1) {
            work(true);
        } else {
            run_team(static_cast<int>(team), [this](Team&) {
                const bool calling = omp_get_thread_num() == 0;
                work(calling);
                while (calling && done_.load() < options_.starts) {
                    listen();
                    std::this_thread::sleep_for(std::chrono::milliseconds(5));
                }
            });
        }
        if (error_) std::rethrow_exception(error_);
        return std::move(reports_);
    }

  private:
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

    void work(bool calling) {
        const SolveSetting setting{&data_, &metric_, &options_, inner_, [this, calling] {
                                       if (calling) listen();
                                       return !stopped();
                                   }};
        for (Size index = next_++; index < options_.starts; index = next_++, ++done_) {
            if (stopped()) continue;  // the starts not begun say so
            try {
                Network start = initial_network(data_, metric_, activation_, width_, options_.seed, index);
                if (options_.target == SolveTarget::stationary)
                    start = lowered(setting, start, options_.seed, index);
                reports_[static_cast<std::size_t>(index)] = run_start(setting, start);
            } catch (...) {
                fail();
            }
        }
    }

    const Dataset& data_;
    const InputMetric& metric_;
    const Activation& activation_;
    Size width_;
    const SolveOptions& options_;
    const Execution& caller_;
    Execution inner_;
    std::vector<StartReport> reports_;
    std::atomic<Size> next_{0}, done_{0};
    std::atomic<bool> cancelled_{false};
    std::mutex mutex_;
    std::exception_ptr error_;
};

NeuronMetric neuron_metric(const InputMetric& metric, const Activation& activation) {
    NeuronMetric result;
    result.length = [&metric](const double* w) { return metric.preactivation_rms(w); };
    result.output_scale = 0.0;
    if (activation.kind() == ActivationKind::sin && metric.constant_input >= 0) {
        result.constant_input = metric.constant_input;
        result.constant_value = metric.mean[static_cast<std::size_t>(metric.constant_input)];
    }
    return result;
}

// Neurons that no sample switches on are all alike, whatever their weights.
Network without_dead_neurons(const Dataset& data, const Network& network) {
    Network result = network;
    if (!is_piecewise_linear(network.activation)) return result;
    std::vector<double> x(static_cast<std::size_t>(network.inputs));
    std::vector<bool> dead(static_cast<std::size_t>(network.width), true);
    for (Size k = 0; k < data.samples(); ++k) {
        data.sample(k, x.data());
        for (Size i = 0; i < network.width; ++i) {
            double z = 0.0, u = 0.0;
            for (Size j = 0; j < network.inputs; ++j)
                z += network.weights(i)[j] * x[static_cast<std::size_t>(j)];
            network.activation.evaluate(1, &z, {.value = &u});
            if (data.weight(k) * u != 0.0) dead[static_cast<std::size_t>(i)] = false;
        }
    }
    for (Size i = 0; i < network.width; ++i) {
        if (!dead[static_cast<std::size_t>(i)]) continue;
        std::fill_n(result.weights(i), result.inputs, 0.0);
        result.output(i) = 0.0;
    }
    return result;
}

std::vector<DistinctPoint> distinct_points(const Dataset& data, std::vector<StartReport>& starts,
                                           const InputMetric& metric, const Activation& activation) {
    const NeuronMetric distance = neuron_metric(metric, activation);
    const double unit = metric.weight_sum * metric.target_rms * metric.target_rms;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        if (starts[i].outcome == StartOutcome::converged) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return starts[i].loss < starts[j].loss; });
    std::vector<DistinctPoint> points;
    std::vector<Network> alive;  // the same points without dead neurons
    for (const std::size_t i : order) {
        StartReport& start = starts[i];
        Network network = without_dead_neurons(data, start.point);
        for (std::size_t p = points.size(); p-- > 0 && start.distinct < 0;) {
            if (start.loss - points[p].loss > kSameLoss * start.loss + 1e-20 * unit) break;
            if (match_neurons(alive[p], network, distance, kSamePoint)) start.distinct = static_cast<Size>(p);
        }
        if (start.distinct < 0) {
            start.distinct = static_cast<Size>(points.size());
            points.push_back({start.point, start.loss, start.gradient_relative, 0});
            alive.push_back(std::move(network));
        }
        ++points[static_cast<std::size_t>(start.distinct)].hits;
    }
    return points;
}

}  // namespace

StartReport solve_from(const Dataset& data, const Network& start, const SolveOptions& options,
                       const Execution& execution) {
    check(options, false);
    if (start.inputs != data.inputs()) {
        throw Error(Status::invalid_size, "the network has " + std::to_string(start.inputs) +
                                              " inputs, expected those of the data, " +
                                              std::to_string(data.inputs()));
    }
    const InputMetric metric = measure_inputs(data);
    Execution inner;
    inner.threads = execution.threads;
    const SolveSetting setting{&data, &metric, &options, inner,
                               [&] { return execution.report(kPhase, 0.0); }};
    return run_start(setting, start);
}

SolveResult solve(const Dataset& data, const Activation& activation, Size width, const SolveOptions& options,
                  const Execution& execution) {
    check(options, true);
    if (width < 1)
        throw Error(Status::invalid_size, "width is " + std::to_string(width) + ", expected at least 1");
    const InputMetric metric = measure_inputs(data);
    SolveResult result;
    result.starts = StartQueue(data, metric, activation, width, options, execution).run();
    result.points = distinct_points(data, result.starts, metric, activation);
    return result;
}

}  // namespace tepui
