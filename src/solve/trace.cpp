#include "solve/trace.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "classification/directional/several_outputs.hpp"
#include "core/required_memory.hpp"
#include "core/text.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/model/slopes.hpp"
#include "solve/aligned_neurons.hpp"
#include "solve/one_start.hpp"
#include "solve/relu/carrying.hpp"

namespace tepui {
namespace {

// Sizes of neurons with less than this between them belong together: all idle or none.
constexpr double kGap = 3.0;

void check(const Dataset& data, const Network& like, const TraceOptions& options) {
    if (!is_relu_like(like.activation)) {
        throw Error(Status::unsupported, "activation " + std::string(like.activation.name()) +
                                             " is smooth, expected relu, leaky_relu or abs");
    }
    require_searchable(data, like);
    const double scale = options.flow.initial_scale;
    if (like.width < 1)
        throw Error(Status::invalid_size, "m is " + std::to_string(like.width) + ", expected at least 1");
    if (!(scale > 0.0) || !std::isfinite(scale)) {
        throw Error(Status::invalid_value,
                    "initial_scale is " + number_text(scale) + ", a positive finite number is expected");
    }
    if (options.flow.max_steps < 1) {
        throw Error(Status::invalid_value,
                    "max_steps is " + std::to_string(options.flow.max_steps) + ", expected at least 1");
    }
}

// What each neuron adds to the output: |a_i| times the root mean square of its preactivation.
std::vector<double> contributions(const InputMetric& metric, const Network& network) {
    std::vector<double> sizes;
    for (Size i = 0; i < network.width; ++i)
        sizes.push_back(output_length(network, i) * metric.preactivation_rms(network.weights(i)));
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
            clear_neuron(narrow, order[idle - 1]);
        }
        const bool parts =
            idle > 0 && idle < order.size() && sizes[order[idle]] < kGap * sizes[order[idle - 1]];
        if (!parts) result.push_back(narrow);
    }
    return result;
}

bool ended(const StartReport& start) {
    return start.outcome == StartOutcome::converged || start.outcome == StartOutcome::at_infinity;
}

// One output, nothing beside the neurons, the squared loss without decay: its theory tells more.
bool is_plain(const Dataset& data, const Network& network) {
    return network.output_count == 1 && !network.output_bias && !network.skip &&
           data.loss().kind() == LossKind::squared && data.decay().none();
}

class Tracer {
  public:
    Tracer(const Dataset& data, const TraceOptions& options, const Execution& execution)
        : options_(options), solve_(options.solve), execution_(execution), metric_(measure_inputs(data)) {
        solve_.target = SolveTarget::stationary;  // small neurons wait
        Execution inner;
        inner.threads = execution.threads;
        setting_ = {&data, &metric_, &solve_, inner, [this] { return go_on(); }};
    }

    TracedPlateau settle(const Plateau& plateau, const FlowRecord& flow) {
        const Network& nearby = flow.networks[plateau.slowest];
        const double level = flow.curve[plateau.slowest].loss;
        TracedPlateau best{plateau, false, StartReport{StartOutcome::stalled, {}, nearby}, {}, HUGE_VAL,
                           {},      {}};
        const auto consider = [&](StartReport&& report) {
            const double difference = std::abs(level - report.loss);
            const bool better = ended(report)
                                    ? !ended(best.point) || difference < std::abs(best.loss_difference)
                                    : best.point.reason.empty();
            if (!better) return;
            best.loss_difference = level - report.loss;
            best.point = std::move(report);
        };
        for (const Network& narrow : narrowings(metric_, nearby)) {
            consider(run_start(setting_, narrow));
            // Of several outputs a descent takes aligned neurons apart.
            if (narrow.output_count == 1) continue;
            const AlignedNeurons aligned = gather_aligned(metric_, narrow);
            if (aligned.groups.empty()) continue;
            StartReport report = run_start(setting_, aligned.network);
            spread_aligned(aligned, report.point);
            consider(std::move(report));
        }
        const double unit = options_.same_loss * flow.curve.front().loss;
        best.found = ended(best.point) && std::abs(best.loss_difference) <= unit;
        const std::vector<double> sizes = contributions(metric_, best.point.point);
        for (Size i = 0; i < nearby.width; ++i) {
            if (sizes[i] > 0.0) continue;
            best.idle.push_back(i);
            // Decay would leave those that are switched off elsewhere.
            if (!setting_.data->decay().none()) clear_neuron(best.point.point, i);
        }
        if (best.point.outcome == StartOutcome::converged) best.verdict = judge(best.point.point, best.idle);
        if (best.point.end)
            best.at_infinity = DistinctEnd{
                best.point.end, 1, approach_path(*setting_.data, *best.point.end, setting_.execution)};
        return best;
    }

  private:
    PlateauVerdict judge(const Network& point, const std::vector<Size>& idle) const {
        const Dataset& data = *setting_.data;
        PlateauVerdict result;
        const auto take = [&](auto&& report, auto&& falls) {
            for (std::size_t i = 0; i < report.neurons.size(); ++i)
                if (falls(report.neurons[i])) result.escapes.push_back(static_cast<Size>(i));
            result.verdict = report.verdict;
            result.reason = sentence_of(report.rule);
            result.witness = std::move(report.witness);
        };
        if (is_plain(data, point)) {
            take(classify_directional(data, point, options_.tolerances, options_.directional,
                                      setting_.execution),
                 [](const DirectionalNeuron& neuron) { return neuron.escape; });
            return result;
        }
        OutputsReport report =
            classify_kinked_model(data, point, options_.tolerances, options_.directional, setting_.execution);
        const bool grows = report.rule == OutputsRule::decayed_neuron_grows;
        take(std::move(report), [](const OutputsNeuron& neuron) {
            return neuron.escape == Answer::yes && neuron.curvature < 0.0;
        });
        // Those at the origin are alike: they grow together.
        if (grows) result.escapes = idle;
        return result;
    }

    bool go_on() {
        stopped_ = stopped_ || !execution_.report("exact points", 0.0);
        return !stopped_;
    }

    const TraceOptions& options_;
    SolveOptions solve_;
    const Execution& execution_;
    InputMetric metric_;
    SolveSetting setting_;
    bool stopped_ = false;
};

}  // namespace

void require_trace_memory(const Dataset& data, const Layout& layout) {
    constexpr double kNetworks = 4.0;
    const auto n = static_cast<double>(data.samples()), d = static_cast<double>(layout.inputs),
               m = static_cast<double>(layout.width), outputs = static_cast<double>(layout.output_count),
               parameters = static_cast<double>(layout.parameter_count());
    require_memory(
        sizeof(double) * (n * (d + 3.0 * m + 2.0 * outputs) + kNetworks * parameters),
        "m is " + std::to_string(layout.width) + ": following " + std::to_string(data.samples()) + " samples",
        "; fewer neurons or samples are expected");
}

TraceResult trace(const Dataset& data, const Network& like, const TraceOptions& options,
                  const Execution& execution) {
    check(data, like, options);
    require_trace_memory(data, like);
    const Network start = small_network(like, options.flow.initial_scale, options.flow.seed);
    TraceResult result;
    result.flow = gradient_flow(data, start, options.flow, execution);
    Tracer tracer(data, options, execution);
    for (const Plateau& plateau : find_plateaus(result.flow.curve, options.contrast, options.least_fall))
        result.plateaus.push_back(tracer.settle(plateau, result.flow));
    return result;
}

}  // namespace tepui
