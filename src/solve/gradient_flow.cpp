#include "solve/gradient_flow.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/euclidean.hpp"
#include "core/random.hpp"
#include "core/text.hpp"
#include "solve/relu/sliding_field.hpp"

namespace tepui {
namespace {

constexpr double kLongestStep = 0.05;  // of a neuron, relative to its own length
// Changes between recorded points.
constexpr double kShownTime = 1.01, kShownLoss = 1e-3, kShownSize = 1.1;
constexpr double kZeroLoss = 1e-12;
// A loss that has fallen by less than this, relative to the first one, and neurons that have grown by less
// over the last third of the time are at rest.
constexpr double kAtRest = 1e-4, kGrown = 1.02;
constexpr double kNoise = 1e-13;  // relative differences of the loss below this are not measured
constexpr double kShortestStep = 1e-14;
constexpr Size kFewestSteps = 64;

// use(p) for every parameter of a neuron.
template <class Use>
void each_of(const Layout& layout, Size neuron, Use&& use) {
    for (Size j = 0; j < layout.inputs; ++j) use(layout.weight(neuron, j));
    for (Size o = 0; o < layout.output_count; ++o) use(layout.coefficient(neuron, o));
}

// Of a neuron's part of the parameters, or of their velocities.
double neuron_length(const Layout& layout, Size neuron, const std::vector<double>& of) {
    double square = 0.0;
    each_of(layout, neuron, [&](Size p) { square += of[p] * of[p]; });
    return std::sqrt(square);
}

class Flow {
  public:
    Flow(const Dataset& data, const Network& start, const FlowOptions& options, const Execution& execution)
        : field_(data, start), options_(options), execution_(execution), point_(start) {}

    FlowRecord run() {
        const double first_loss = field_.loss();
        if (!std::isfinite(first_loss))
            throw Error(Status::invalid_value,
                        "initial_scale is " + scientific_text(options_.initial_scale) +
                            ": the loss at the start overflows, a smaller one is expected");
        length_ = longest(field_.velocity(0.0));
        if (!std::isfinite(length_)) length_ = 1.0;
        keep();
        record_.end = FlowEnd::step_limit;
        while (step_ < options_.max_steps) {
            if (wants_to_stop()) {
                record_.end = FlowEnd::cancelled;
                break;
            }
            if (field_.loss() <= kZeroLoss * first_loss) {
                record_.end = FlowEnd::zero_loss;
                break;
            }
            if (step_ >= kFewestSteps && step_ % 64 == 0 && at_rest()) {
                record_.end = FlowEnd::at_rest;
                break;
            }
            if (!advance()) {
                record_.end = FlowEnd::stuck;
                break;
            }
            if (worth_keeping(first_loss)) keep();
        }
        if (record_.curve.back().step != step_) keep();
        return std::move(record_);
    }

  private:
    using Clock = std::chrono::steady_clock;

    // Tells the listener how far the flow is: every few dozen steps, and as many times a second where they
    // are slow.
    bool wants_to_stop() {
        const Clock::time_point now = Clock::now();
        if (step_ % 64 != 0 && now - told_ < std::chrono::milliseconds(25)) return false;
        told_ = now;
        return !execution_.report("gradient flow",
                                  static_cast<double>(step_) / static_cast<double>(options_.max_steps));
    }

    static double length_of(const Network& network, Size i) {
        return neuron_length(network, i, network.parameters);
    }

    // The longest step that moves no neuron too far.
    double longest(const std::vector<double>& velocity) const {
        double most = 0.0;  // relative speed of a neuron
        for (Size i = 0; i < point_.width; ++i) {
            const double size = length_of(point_, i);
            if (size > 0.0) most = std::max(most, neuron_length(point_, i, velocity) / size);
        }
        return most > 0.0 ? kLongestStep / most : HUGE_VAL;
    }

    bool advance() {
        const double loss = field_.loss();
        double first_limit = 0.0;
        for (;; length_ *= 0.5) {
            const std::vector<double> velocity = field_.velocity(length_);
            const double limit = longest(velocity);
            if (!std::isfinite(limit)) return false;
            if (first_limit == 0.0) first_limit = limit;
            if (length_ < kShortestStep * std::max(time_, first_limit)) return false;
            length_ = std::min(length_, limit);
            Network next = point_;
            double slope = 0.0;
            for (std::size_t j = 0; j < velocity.size(); ++j) {
                next.parameters[j] += length_ * velocity[j];
                slope += velocity[j] * velocity[j];
            }
            const double decrease = loss - field_.move_to(next);
            const bool measured = length_ * slope > kNoise * loss;
            if (measured && !(decrease > 0.0)) {
                field_.move_to(point_);
                continue;
            }
            point_ = std::move(next);
            time_ += length_;
            ++step_;
            if (!measured || decrease > 0.5 * length_ * slope) {
                length_ *= 1.1;
            } else if (decrease < 0.1 * length_ * slope) {
                length_ *= 0.7;
            }
            return true;
        }
    }

    // When the loss, the size of a neuron or the time has changed by as much as a picture shows.
    bool worth_keeping(double first_loss) const {
        const FlowPoint& last = record_.curve.back();
        if (step_ <= kFewestSteps || time_ > kShownTime * last.time) return true;
        if (std::abs(last.loss - field_.loss()) > kShownLoss * first_loss) return true;
        for (Size i = 0; i < point_.width; ++i) {
            const double now = length_of(point_, i), past = length_of(record_.networks.back(), i);
            if (now > kShownSize * past || past > kShownSize * now) return true;
        }
        return false;
    }

    void keep() {
        record_.curve.push_back({step_, time_, field_.loss()});
        record_.networks.push_back(point_);
    }

    // Over the last third of the time the loss has hardly fallen and no small neuron has grown.
    bool at_rest() const {
        std::size_t before = record_.curve.size();
        while (before > 0 && record_.curve[before - 1].time > 2.0 / 3.0 * time_) --before;
        if (before == 0) return false;
        const double first_loss = record_.curve.front().loss;
        if (record_.curve[before - 1].loss - field_.loss() > kAtRest * first_loss) return false;
        const Network& then = record_.networks[before - 1];
        for (Size i = 0; i < point_.width; ++i) {
            if (length_of(point_, i) > kGrown * length_of(then, i)) return false;
        }
        return true;
    }

    SlidingField field_;
    const FlowOptions& options_;
    const Execution& execution_;
    Network point_;
    FlowRecord record_;
    double time_ = 0.0, length_ = 0.0;
    Size step_ = 0;
    Clock::time_point told_;
};

}  // namespace

Network small_network(const Network& like, double scale, std::uint64_t seed) {
    Network network = like;
    std::fill(network.parameters.begin(), network.parameters.end(), 0.0);
    const Size outputs = network.output_count;
    for (Size i = 0; i < network.width; ++i) {
        Random random(seed, static_cast<std::uint64_t>(i));
        double square = 0.0;
        for (Size j = 0; j < network.inputs; ++j) {
            double& w = network.weights(i)[j];
            w = scale * random.normal() / std::sqrt(static_cast<double>(network.inputs));
            square += w * w;
        }
        if (outputs == 1) {
            network.output(i) = std::copysign(std::sqrt(square), random.uniform() - 0.5);
            continue;
        }
        std::vector<double> direction(static_cast<std::size_t>(outputs));
        for (double& component : direction) component = random.normal();
        const double length = norm_of(direction);
        for (Size o = 0; o < outputs; ++o) network.output(i, o) = std::sqrt(square) * direction[o] / length;
    }
    return network;
}

FlowRecord gradient_flow(const Dataset& data, const Network& start, const FlowOptions& options,
                         const Execution& execution) {
    return Flow(data, start, options, execution).run();
}

}  // namespace tepui
