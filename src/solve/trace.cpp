#include "solve/trace.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "core/required_memory.hpp"
#include "core/text.hpp"
#include "network/model/slopes.hpp"
#include "solve/relu/descent.hpp"

namespace tepui {
namespace {

// Sizes of neurons with less than this between them belong together: all idle or none.
constexpr double kGap = 3.0;

void check(const Activation& activation, Size width, const TraceOptions& options) {
    if (!is_relu_like(activation)) {
        throw Error(Status::unsupported, "activation " + std::string(activation.name()) +
                                             " is smooth, expected relu, leaky_relu or abs");
    }
    const double scale = options.flow.initial_scale;
    if (width < 1)
        throw Error(Status::invalid_size, "m is " + std::to_string(width) + ", expected at least 1");
    if (!(scale > 0.0) || !std::isfinite(scale)) {
        throw Error(Status::invalid_value,
                    "initial_scale is " + number_text(scale) + ", a positive finite number is expected");
    }
    if (options.flow.max_steps < 1) {
        throw Error(Status::invalid_value,
                    "max_steps is " + std::to_string(options.flow.max_steps) + ", expected at least 1");
    }
}

// Refuses what cannot be held before any of it is filled: the field's n (d + 3 m) numbers and a few networks.
void require_memory_for(const Dataset& data, Size width) {
    constexpr double kNetworks = 4.0;
    const auto n = static_cast<double>(data.samples()), d = static_cast<double>(data.inputs()),
               m = static_cast<double>(width);
    const double bytes = sizeof(double) * (n * (d + 3.0 * m) + kNetworks * m * (d + 1.0));
    require_memory(
        bytes, "m is " + std::to_string(width) + ": following " + std::to_string(data.samples()) + " samples",
        "; fewer neurons or samples are expected");
}

// What each neuron adds to the output: |a_i| times the root mean square of its preactivation.
std::vector<double> contributions(const InputMetric& metric, const Network& network) {
    std::vector<double> sizes;
    for (Size i = 0; i < network.width; ++i)
        sizes.push_back(std::abs(network.output(i)) * metric.preactivation_rms(network.weights(i)));
    return sizes;
}

// Every way to take the smallest neurons out that does not part two of similar size; from none idle to all.
std::vector<Network> narrowings(const InputMetric& metric, const Network& network) {
    const std::vector<double> sizes = contributions(metric, network);
    std::vector<Size> order(sizes.size());
    std::iota(order.begin(), order.end(), Size{0});
    std::sort(order.begin(), order.end(),
              [&](Size p, Size q) { return std::tie(sizes[p], p) < std::tie(sizes[q], q); });
    std::vector<Network> result;
    Network narrow = network;
    for (std::size_t idle = 0; idle <= order.size(); ++idle) {
        if (idle > 0) {
            std::fill_n(narrow.weights(order[idle - 1]), narrow.inputs, 0.0);
            narrow.output(order[idle - 1]) = 0.0;
        }
        const bool parts =
            idle > 0 && idle < order.size() && sizes[order[idle]] < kGap * sizes[order[idle - 1]];
        if (!parts) result.push_back(narrow);
    }
    return result;
}

class Tracer {
  public:
    Tracer(const Dataset& data, const TraceOptions& options, const Execution& execution)
        : options_(options), execution_(execution), metric_(measure_inputs(data)) {
        Execution inner;
        inner.threads = execution.threads;
        setting_ = {&data, &metric_, &options.solve, inner, [this] { return go_on(); }};
    }

    TracedPlateau settle(const Plateau& plateau, const FlowRecord& flow) {
        const Network& nearby = flow.networks[plateau.slowest];
        const double level = flow.curve[plateau.slowest].loss;
        TracedPlateau best{plateau, false, StartReport{StartOutcome::stalled, {}, nearby}, {}, HUGE_VAL, {}};
        for (const Network& narrow : narrowings(metric_, nearby)) {
            StartReport report = descend_to_kinks(setting_, narrow, IdleNeurons::stay);
            const double difference = level - report.loss;
            const bool better = report.outcome == StartOutcome::converged
                                    ? best.point.outcome != StartOutcome::converged ||
                                          std::abs(difference) < std::abs(best.loss_difference)
                                    : best.point.reason.empty();
            if (!better) continue;
            best.point = std::move(report);
            best.loss_difference = difference;
        }
        const double unit = options_.same_loss * flow.curve.front().loss;
        best.found = best.point.outcome == StartOutcome::converged && std::abs(best.loss_difference) <= unit;
        const std::vector<double> sizes = contributions(metric_, best.point.point);
        for (Size i = 0; i < nearby.width; ++i) {
            if (sizes[i] == 0.0) best.idle.push_back(i);
        }
        if (best.point.outcome == StartOutcome::converged) {
            best.report.emplace(classify_directional(*setting_.data, best.point.point, options_.tolerances,
                                                     options_.directional, setting_.execution));
        }
        return best;
    }

  private:
    bool go_on() {
        stopped_ = stopped_ || !execution_.report("exact points", 0.0);
        return !stopped_;
    }

    const TraceOptions& options_;
    const Execution& execution_;
    InputMetric metric_;
    SolveSetting setting_;
    bool stopped_ = false;
};

}  // namespace

TraceResult trace(const Dataset& data, const Activation& activation, Size width, const TraceOptions& options,
                  const Execution& execution) {
    check(activation, width, options);
    require_memory_for(data, width);
    const Network start =
        small_network(activation, width, data.inputs(), options.flow.initial_scale, options.flow.seed);
    TraceResult result;
    result.flow = gradient_flow(data, start, options.flow, execution);
    Tracer tracer(data, options, execution);
    for (const Plateau& plateau : find_plateaus(result.flow.curve, options.contrast, options.least_fall))
        result.plateaus.push_back(tracer.settle(plateau, result.flow));
    return result;
}

}  // namespace tepui
