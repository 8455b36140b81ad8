#include "solve/relu/descent.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/text.hpp"
#include "network/model/beside_neurons.hpp"
#include "solve/relu/carrying.hpp"
#include "solve/relu/dependent_kinks.hpp"
#include "solve/relu/face_descent.hpp"
#include "solve/relu/idle_neuron.hpp"
#include "solve/relu/stationarity_level.hpp"

namespace tepui {
namespace {

// Preactivations this small beside those of the start are those of w = 0.
constexpr double kIdle = 1e-13;

class Descent {
  public:
    Descent(const SolveSetting& setting, const Network& start, IdleNeurons idle)
        : setting_(setting), idle_(idle), start_(start), steps_(setting_) {
        for (Size i = 0; i < start.width; ++i) {
            if (carries(*setting.metric, start, i)) neurons_.push_back(i);
        }
        Network network = selected(start, neurons_);
        if (setting.data->loss().shift_invariant()) share_nothing(network);
        balance(*setting.metric, network);
        if (network.output_count == 1) make_outputs_powers(network);
        KinkSets none(network.width);
        point_ = active_point(setting, std::move(network), std::move(none));
    }

    StartReport run() {
        if (!point_) return report(StartOutcome::stalled, "the start overflows");
        for (;;) {
            if (!setting_.keep_going()) return report(StartOutcome::cancelled, "cancelled by the caller");
            if (loss_vanishes()) return report(StartOutcome::converged, "zero loss");
            const std::string beyond = without_bound();
            if (!beyond.empty()) {
                StartReport far = report(StartOutcome::stalled, beyond);
                far.ran_off = true;
                return far;
            }
            if (iterations_ >= limit()) {
                return report(StartOutcome::stalled, "iteration limit reached at relative gradient " +
                                                         scientific_text(face_gradient_level(*point_, 1.0)));
            }
            ++iterations_;
            if (drop_idle()) continue;
            const std::size_t held = kinks_held();
            if (steps_.descend()) {
                // At the minimum on the faces, all but rounding: earlier, what is released comes back.
                if (kinks_held() <= held) release(true);
                continue;
            }
            steps_.polish();
            if (release(false) || leave_dependent()) continue;
            if (idle_ == IdleNeurons::return_ && (steps_.curve_down() || bring_back())) continue;
            return conclude();
        }
    }

  private:
    std::size_t kinks_held() const {
        std::size_t count = 0;
        for (const std::vector<Size>& set : point_->kinks) count += set.size();
        return count;
    }

    bool loss_vanishes() const {
        const LossValue& value = point_->sums.loss;
        return setting_.data->loss().zero_is_least() &&
               value.loss <= setting_.options->tolerances.zero_loss_factor * value.rounding_loss;
    }

    // Neurons that have come to w = 0 leave the network of the descent. Without them the kinks of the others
    // stay.
    bool drop_idle() {
        std::vector<Size> kept;
        KinkSets kinks;
        for (Size i = 0; i < point_->network.width; ++i) {
            const double size = setting_.metric->preactivation_rms(point_->network.weights(i));
            double moves = 0.0;  // largest preactivation: a dead neuron has none above 0 but is not at w = 0
            for (Size k = 0; k < setting_.data->samples(); ++k)
                moves = std::max(moves, std::abs(point_->z(i, k)));
            if (moves == 0.0 || point_->faces[i].tangents().rows() == 0 ||
                size * output_length(point_->network, i) <= kIdle * setting_.metric->output.size) {
                continue;
            }
            kept.push_back(i);
            kinks.push_back(point_->kinks[i]);
        }
        if (static_cast<Size>(kept.size()) == point_->network.width) return false;
        std::vector<Size> neurons;
        neurons.reserve(kept.size());
        for (const Size i : kept) neurons.push_back(neurons_[i]);
        point_ = active_point(setting_, selected(point_->network, kept), std::move(kinks));
        neurons_ = std::move(neurons);
        return point_.has_value();
    }

    // Off the kinks on one side of which the loss falls: all at once, or, from the steepest on, the first
    // along which it does.
    bool release(bool all) {
        std::vector<Violation> found = violations(*point_);
        if (found.empty()) return false;
        if (all) return leave_kinks(found, true);
        std::sort(found.begin(), found.end(),
                  [](const Violation& p, const Violation& q) { return p.steepness > q.steepness; });
        return std::any_of(found.begin(), found.end(), [&](const Violation& one) {
            return leave_kinks({&one, 1}, false);
        });
    }
    // In the order of their neurons; scaled: by their slopes.
    bool leave_kinks(std::span<const Violation> found, bool scaled) {
        ParameterStep direction(point_->network.parameters.size(), 0.0);
        KinkSets held = point_->kinks;
        for (std::size_t first = 0; first < found.size();) {
            const Size neuron = found[first].release.neuron;
            const auto& members = point_->faces[neuron].members();
            std::vector<bool> left(members.size(), false);
            for (; first < found.size() && found[first].release.neuron == neuron; ++first) {
                const Violation& violation = found[first];
                const KinkFace::Member& member = members[violation.release.member];
                left[violation.release.member] = true;
                const double length =
                    scaled ? violation.slope / (member.dual_length * member.dual_length) : 1.0;
                for (std::size_t j = 0; j < member.dual.size(); ++j) {
                    direction[neuron * member.dual.size() + j] +=
                        violation.release.sign * length * member.dual[j];
                }
            }
            std::vector<Size>& set = held[neuron];
            set.clear();
            for (std::size_t l = 0; l < members.size(); ++l) {
                if (left[l]) continue;
                for (const KinkFace::Member::Parallel& parallel : members[l].parallels)
                    set.push_back(parallel.sample);
            }
            std::sort(set.begin(), set.end());
        }
        return steps_.leave_along(direction, held);
    }

    // Where samples at a kink depend on each other.
    bool leave_dependent() {
        Tolerances tolerances = setting_.options->tolerances;  // as exactly as the search does
        tolerances.stationarity = setting_.options->gradient_tolerance;
        DependentKinks found = leave_dependent_kinks(*setting_.data, *point_, tolerances);
        decided_ = found.decided;
        if (found.neuron < 0) return false;
        ParameterStep direction(point_->network.parameters.size(), 0.0);
        std::copy(found.direction.begin(), found.direction.end(),
                  direction.begin() + found.neuron * point_->network.inputs);
        KinkSets held = point_->kinks;
        held[found.neuron] = std::move(found.held);
        return steps_.leave_along(direction, held);
    }

    // A step moves one neuron on or off a kink: as many are allowed for each of them.
    Size limit() const {
        return checked_product(setting_.options->max_iterations, std::max<Size>(1, start_.width));
    }
    bool bring_back();
    std::string without_bound() const;
    Network whole() const;
    StartReport conclude() const;
    StartReport report(StartOutcome outcome, std::string reason) const;

    SolveSetting setting_;
    IdleNeurons idle_;
    Network start_;
    std::vector<Size> neurons_;  // of the start that the point's are
    FaceDescent steps_;
    std::optional<ActivePoint>& point_ = steps_.point();
    Size iterations_ = 0;
    std::uint64_t returns_ = 0;
    bool decided_ = true;  // whether any neuron may leave its kinks
};

// A neuron joins the others at w = 0, and moves.
bool Descent::bring_back() {
    std::vector<bool> present(start_.width, false);
    for (const Size i : neurons_) present[i] = true;
    const auto absent = std::find(present.begin(), present.end(), false);
    if (absent == present.end()) return false;
    const std::optional<FallingDirection> found = falling_direction(setting_, point_->network, returns_++);
    if (!found) return false;
    const Network& here = point_->network;
    const Size d = here.inputs;
    Network wider = with_neurons(here, here.width + 1);
    for (Size i = 0; i < here.width; ++i) copy_neuron(here, i, wider, i);
    for (Size o = 0; o < here.output_count; ++o) wider.output(here.width, o) = found->outputs[o];
    KinkSets kinks = point_->kinks;
    kinks.emplace_back();
    std::optional<ActivePoint> joined = active_point(setting_, std::move(wider), kinks);
    if (!joined) return false;
    ActivePoint kept = std::move(*point_);
    point_ = std::move(joined);
    neurons_.push_back(static_cast<Size>(absent - present.begin()));
    ParameterStep direction(point_->network.parameters.size(), 0.0);
    std::copy(found->weights.begin(), found->weights.end(),
              direction.begin() + (point_->network.width - 1) * d);
    if (steps_.leave_along(direction, kinks)) return true;
    point_ = std::move(kept);
    neurons_.pop_back();
    return false;
}

// Why the weights have no end to come to; empty: they may have one.
std::string Descent::without_bound() const {
    const Network& network = point_->network;
    if (point_->sums.loss.loss < setting_.metric->output.separated_loss)
        return "every class is told apart: output weights grow without bound";
    for (Size i = 0; i < network.width; ++i) {
        const double size =
            output_length(network, i) * setting_.metric->preactivation_rms(network.weights(i));
        if (size <= setting_.options->divergence_factor * setting_.metric->output.size) continue;
        return "the output of neuron " + std::to_string(neurons_[i]) + " is " +
               scientific_text(size / setting_.metric->output.size) + " times the size of the targets";
    }
    return {};
}

// All neurons of the start. Those that left end as w = 0, a = 0; one that had no output weights from the
// beginning keeps its hidden weights if it is stationary there.
Network Descent::whole() const {
    if (!point_) return start_;
    Network active = point_->network;
    balance(*setting_.metric, active);
    Network result = with_neurons(active, start_.width);
    for (Size i = 0; i < active.width; ++i) copy_neuron(active, i, result, neurons_[i]);
    std::vector<Size> waiting;
    for (Size i = 0; i < start_.width; ++i) {
        const bool left = std::find(neurons_.begin(), neurons_.end(), i) == neurons_.end();
        if (!left || output_length(start_, i) > 0.0) continue;
        std::copy_n(start_.weights(i), start_.inputs, result.weights(i));
        waiting.push_back(i);
    }
    if (waiting.empty()) return result;
    const KinkValue sums = kink_sums(*setting_.data, result, {}, setting_.execution);
    for (const Size i : waiting) {
        for (Size o = 0; o < result.output_count; ++o) {
            const Size at = sums.row(i, o);
            if (std::abs(sums.psi[at]) > sums.psi_rounding[at])
                std::fill_n(result.weights(i), result.inputs, 0.0);
        }
    }
    return result;
}

StartReport Descent::report(StartOutcome outcome, std::string reason) const {
    StartReport result{outcome, std::move(reason), whole()};
    result.iterations = iterations_;
    if (!point_) {
        result.loss = result.gradient_relative = std::nan("");
        return result;
    }
    result.loss = point_->sums.loss.loss;
    result.gradient_relative = stationarity_level(setting_, result.point, 1.0);
    return result;
}

StartReport Descent::conclude() const {
    const double level = face_gradient_level(*point_, 1.0);
    StartReport stuck = report(StartOutcome::stalled, "");
    stuck.reason = "no step lowers the loss at relative gradient " +
                   scientific_text(std::max(level, stuck.gradient_relative));
    const Tolerances& tolerances = setting_.options->tolerances;
    if (!(stationarity_level(setting_, stuck.point, tolerances.rounding_factor) <= tolerances.stationarity))
        return stuck;
    for (const Violation& violation : violations(*point_)) {
        if (point_->faces[violation.release.neuron].degenerate())
            continue;  // no matter of one kink at a time
        if (!(violation.slope > tolerances.stationarity * violation.terms)) continue;
        stuck.reason = "no step off its kinks lowers the loss, whose slope there is " +
                       scientific_text(violation.slope / violation.terms) + " of its terms";
        return stuck;
    }
    if (level > setting_.options->gradient_tolerance) {
        stuck.outcome = StartOutcome::converged;
        stuck.reason = "gradient within the tolerance of verdicts";
        return stuck;
    }
    const std::size_t kinks = kinks_held();
    if (!decided_) {
        return report(StartOutcome::converged,
                      "gradient vanishes on " + std::to_string(kinks) +
                          " kinks, too many on one neuron to decide whether it may leave them");
    }
    return report(StartOutcome::converged, kinks == 0
                                               ? std::string("gradient vanishes inside a cell")
                                               : "gradient vanishes on " + std::to_string(kinks) + " kinks");
}

}  // namespace

StartReport descend_to_kinks(const SolveSetting& setting, const Network& start, IdleNeurons idle) {
    return Descent(setting, start, idle).run();
}

}  // namespace tepui
