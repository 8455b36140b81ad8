#include "solve/relu/descent.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "network/model/beside_neurons.hpp"
#include "solve/relu/carrying.hpp"
#include "solve/relu/dependent_kinks.hpp"
#include "solve/relu/face_descent.hpp"
#include "solve/relu/idle_neuron.hpp"
#include "solve/relu/kink_release.hpp"
#include "solve/relu/stationarity_level.hpp"

namespace tepui {
namespace {

// Preactivations this small beside those of the start are those of w = 0.
constexpr double kIdle = 1e-13;
// Neurons whose output is this small beside the targets' size may help nothing.
constexpr double kUseless = 1e-3;

class Descent {
  public:
    Descent(const SolveSetting& setting, const Network& start, IdleNeurons idle)
        : setting_(setting), idle_(idle), start_(start), steps_(setting_) {
        for (Size i = 0; i < start.width; ++i) {
            if (carries(*setting.metric, start, i)) neurons_.push_back(i);
        }
        Network network = selected(start, neurons_);
        if (setting.data->loss().shift_invariant()) share_nothing(network);
        if (!decays()) {
            balance(*setting.metric, network);
            if (network.output_count == 1) make_outputs_powers(network);
        }
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
                if (kinks_held() <= held) leave_all_kinks(steps_);
                continue;
            }
            steps_.polish();
            if (drop_or_grow()) continue;
            if (leave_one_kink(steps_) || leave_dependent()) continue;
            if (idle_ == IdleNeurons::return_ && (steps_.curve_down() || bring_back())) continue;
            if (leave_kinks_quietly(steps_)) continue;
            if (decays() && pushes_++ < start_.width && push_on(steps_)) continue;
            return conclude();
        }
    }

  private:
    bool decays() const { return !setting_.data->decay().none(); }
    std::size_t kinks_held() const {
        std::size_t count = 0;
        for (const std::vector<Size>& set : point_->kinks) count += set.size();
        return count;
    }

    bool loss_vanishes() const {
        const LossValue& value = point_->sums.loss;
        return setting_.data->loss().zero_is_least() &&
               point_->loss <= setting_.options->tolerances.zero_loss_factor * value.rounding_loss;
    }

    // On every sample: at w = 0; of those that only are switched off decay leaves nothing.
    bool gives_nothing(Size i) const {
        const bool off = decays() && point_->sums.slopes.below == 0.0;
        const double* z = point_->z.row(i);
        return std::all_of(z, z + setting_.data->samples(),
                           [&](double value) { return value == 0.0 || (off && value < 0.0); });
    }
    // Without the others the kinks of those that are kept stay.
    bool keep(const std::vector<Size>& kept, double most, const Network& from) {
        std::vector<Size> neurons;
        KinkSets kinks;
        for (const Size i : kept) {
            neurons.push_back(neurons_[i]);
            kinks.push_back(point_->kinks[i]);
        }
        std::optional<ActivePoint> left = active_point(setting_, selected(from, kept), std::move(kinks));
        if (!left || !(left->loss <= most)) return false;
        point_ = std::move(left);
        neurons_ = std::move(neurons);
        return true;
    }
    // Neurons that have come to w = 0 leave the network of the descent.
    bool drop_idle() {
        std::vector<Size> kept;
        for (Size i = 0; i < point_->network.width; ++i) {
            if (!gives_nothing(i) && point_->faces[i].tangents().rows() > 0 && size_of(i) > kIdle)
                kept.push_back(i);
        }
        return static_cast<Size>(kept.size()) < point_->network.width &&
               keep(kept, HUGE_VAL, point_->network);
    }
    // Decay takes a neuron that helps nothing to 0: one that is nearly there is taken there at once, or,
    // where it helps, grows as it is: its cells are as small as it is.
    bool drop_or_grow() {
        for (Size i = 0; decays() && i < point_->network.width; ++i) {
            if (size_of(i) > kUseless) continue;
            std::vector<Size> kept;
            for (Size l = 0; l < point_->network.width; ++l)
                if (l != i) kept.push_back(l);
            if (keep(kept, point_->loss + point_->loss_noise(), mean_in_bias(i))) return true;
            ParameterStep itself(point_->network.parameters.size(), 0.0);
            const auto add = [&](Size p) { itself[p] = point_->network.parameters[p]; };
            for (Size j = 0; j < point_->network.inputs; ++j) add(point_->network.weight(i, j));
            for (Size o = 0; o < point_->network.output_count; ++o) add(point_->network.coefficient(i, o));
            if (steps_.leave_along(itself, point_->kinks)) return true;
        }
        return false;
    }
    // What the neuron gives on the mean, in the output bias.
    Network mean_in_bias(Size i) const {
        Network network = point_->network;
        if (!network.output_bias) return network;
        const Dataset& data = *setting_.data;
        const Slopes& slopes = point_->sums.slopes;
        double sum = 0.0;
        for (Size k = 0; k < data.samples(); ++k) {
            const double z = point_->z(i, k);
            sum += data.weight(k) * z * (z > 0.0 ? slopes.above : slopes.below);
        }
        add_to_output_bias(network, i, sum / setting_.metric->weight_sum);
        return network;
    }
    // Of a neuron's output, beside the targets' size.
    double size_of(Size i) const {
        const Network& network = point_->network;
        return setting_.metric->preactivation_rms(network.weights(i)) * output_length(network, i) /
               setting_.metric->output.size;
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
    Size pushes_ = 0;
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
    Network wider = with_neurons(here, here.width + 1);
    for (Size i = 0; i < here.width; ++i) copy_neuron(here, i, wider, i);
    // Decay holds both at 0: they grow together.
    for (Size o = 0; o < here.output_count && !decays(); ++o) wider.output(here.width, o) = found->outputs[o];
    KinkSets kinks = point_->kinks;
    kinks.emplace_back();
    std::optional<ActivePoint> joined = active_point(setting_, std::move(wider), kinks);
    if (!joined) return false;
    ActivePoint kept = std::move(*point_);
    point_ = std::move(joined);
    neurons_.push_back(static_cast<Size>(absent - present.begin()));
    const Network& there = point_->network;
    const Size last = there.width - 1;
    ParameterStep direction(there.parameters.size(), 0.0);
    std::copy(found->weights.begin(), found->weights.end(), direction.begin() + there.weight(last, 0));
    for (Size o = 0; o < there.output_count && decays(); ++o)
        direction[there.coefficient(last, o)] = found->outputs[o];
    if (steps_.leave_along(direction, kinks)) return true;
    point_ = std::move(kept);
    neurons_.pop_back();
    return false;
}

// Why the weights have no end to come to; empty: they may have one.
std::string Descent::without_bound() const {
    const Network& network = point_->network;
    if (point_->loss < setting_.metric->output.separated_loss)
        return "every class is told apart: output weights grow without bound";
    for (Size i = 0; i < network.width; ++i) {
        if (size_of(i) <= setting_.options->divergence_factor || gives_nothing(i)) continue;
        return "the output of neuron " + std::to_string(neurons_[i]) + " is " + scientific_text(size_of(i)) +
               " times the size of the targets";
    }
    return {};
}

// All neurons of the start. Those that left end as w = 0, a = 0, under decay off; one that had no output
// weights from the beginning keeps its hidden weights if it is stationary there.
Network Descent::whole() const {
    if (!point_) return start_;
    Network active = point_->network;
    if (!decays()) balance(*setting_.metric, active);
    Network result = with_neurons(active, start_.width);
    for (Size i = 0; i < active.width; ++i) copy_neuron(active, i, result, neurons_[i]);
    std::vector<Size> waiting;
    for (Size i = 0; i < start_.width; ++i) {
        const bool left = std::find(neurons_.begin(), neurons_.end(), i) == neurons_.end();
        if (left && decays()) switch_off(setting_, result, i);
        if (!left || decays() || output_length(start_, i) > 0.0) continue;
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
    result.loss = point_->loss;
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
