#include "solve/ends/beside_growing.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/activation_ends.hpp"
#include "network/model/beside_neurons.hpp"
#include "solve/ends/at_infinity.hpp"
#include "solve/ends/growing_limit.hpp"
#include "solve/ends/remaining_data.hpp"
#include "solve/relu/carrying.hpp"

namespace tepui {
namespace {

// Of a loss: two that differ by less are one.
constexpr double kSameLoss = 1e-9;

// What is left beside neurons that grow, and what the run came to there.
class Rest {
  public:
    Rest(const SolveSetting& setting, const SampleInputs& inputs, const Network& network,
         const std::vector<Size>& labels, const GrowingNeurons& growing)
        : setting_(setting),
          inputs_(inputs),
          network_(network),
          labels_(labels),
          growing_(growing),
          others_(others_of(network, growing)),
          remaining_(remaining_samples(setting, growing)),
          data_(data_of(*setting.data, inputs, remaining_)),
          metric_(measure_inputs(data_)),
          inputs_of_rest_(data_) {}

    // The end there, of neurons numbered as in the whole; nothing where it is none, or lies higher than that.
    bool run(const RunFrom& run, double highest) {
        SolveSetting of_rest = setting_;
        of_rest.data = &data_;
        of_rest.metric = &metric_;
        StartReport found = run(of_rest, without(network_, growing_, others_));
        iterations_ = found.iterations;
        std::optional<EndReport> end = end_of_remaining(of_rest, found);
        if (!end || !(end->loss <= highest)) return false;
        finite_ = found.point;
        end_ = std::move(*end);
        for (BoundaryUnit& unit : end_.limit.units)
            for (Size& neuron : unit.neurons) neuron = others_[neuron];
        return true;
    }

    Size iterations() const { return iterations_; }

    // The end of the whole; the signs across the growing neurons decide with what was found of the rest.
    std::optional<EndReport> end() {
        EndReport whole = end_;
        const std::optional<Separation> within = whole.separation;
        if (!lift(inputs_, remaining_, network_.output_count, whole)) return std::nullopt;
        std::optional<BoundaryNetwork> limit = with_growing(whole.limit, inputs_, network_, growing_);
        if (!limit) return std::nullopt;
        std::optional<Separation> separation = separation_along(*limit, within);
        if (!separation) return std::nullopt;
        std::optional<std::vector<Across>> of_growing = std::vector<Across>();
        if (end_.verdict == EndVerdict::minimum && end_.loss > 0.0) of_growing = judge();
        if (!of_growing) return std::nullopt;
        falls_ = *of_growing;
        whole.limit = *limit;
        for (Size u = Size(limit->units.size() - growing_.neurons.size()); u < Size(limit->units.size()); ++u)
            for (Size o = 0; o < limit->output_count; ++o) whole.limit.coefficient(u, 0, o) = 0.0;
        whole.separation = std::move(*separation);
        for (Across& across : *of_growing) {
            if (across.sign == AcrossSign::grows) continue;
            whole.verdict = EndVerdict::undetermined;
            whole.rule = across.sign == AcrossSign::open ? EndRule::sign_open : EndRule::not_measured;
            across.fall = {};
        }
        if (of_growing->empty() && !whole.across.empty())
            of_growing->assign(growing_.neurons.size(), undecided("what is left is not decided"));
        whole.across.insert(whole.across.end(), of_growing->begin(), of_growing->end());
        return whole;
    }

    // Networks with a sample that pulls brought out of its tail.
    void offer_falls(Lowest& lower) const {
        constexpr double kAhead[] = {8.0, 30.0, 120.0};
        if (!finite_ || metric_.constant_input != network_.inputs - 1) return;
        Network next = with_rest(*finite_);
        for (std::size_t of = 0; of < falls_.size(); ++of) {
            if (falls_[of].sign != AcrossSign::falls) continue;
            const std::vector<double>& v = falls_[of].fall.direction;
            double at = 0.0;
            for (std::size_t j = 0; j < v.size(); ++j) at += v[j] * inputs_.h(falls_[of].sample, Size(j));
            for (const double size : kAhead) {
                for (double z = -24.0; z <= 8.0; z += 2.0) {
                    double* w = next.weights(growing_.neurons[of].neuron);
                    for (std::size_t j = 0; j < v.size(); ++j) w[j] = size * v[j];
                    w[v.size() - 1] += (-growing_.neurons[of].side * z - size * at) / metric_.mean.back();
                    lower.offer(setting_, next);
                }
            }
        }
    }

  private:
    static Remaining remaining_samples(const SolveSetting& setting, const GrowingNeurons& growing) {
        Remaining remaining;
        for (Size o = 0; o < setting.data->outputs(); ++o) remaining.classes.push_back(o);
        for (Size k = 0; k < setting.data->samples(); ++k)
            if (!growing.apart[k]) remaining.samples.push_back(k);
        return remaining;
    }

    // Whether what is left may tell samples apart, too: then no growing neuron is the only one.
    bool helps() const {
        const std::vector<BoundaryUnit>& units = end_.limit.units;
        return end_.separation || std::any_of(units.begin(), units.end(), [&](const BoundaryUnit& unit) {
                   if (!unit.kept.empty()) return false;
                   if (unit.kind == UnitKind::saturated) return is_one_sided(unit);
                   if (unit.kind != UnitKind::rectified) return false;
                   const Size u = Size(&unit - units.data());
                   const std::vector<double> z =
                       inputs_of_rest_.preactivations(end_.limit.weights(u, 0).data());
                   return std::all_of(z.begin(), z.end(), [](double value) { return value <= 0.0; });
               });
    }

    // Of the growing neurons, at the limit of the rest. Nothing when something overflows one step on.
    std::optional<std::vector<Across>> judge() const {
        if (helps())
            return std::vector<Across>(growing_.neurons.size(),
                                       undecided("what is left may tell samples apart, too"));
        const Tolerances& tolerances = setting_.options->tolerances;
        const BoundaryPoint here = boundary_point(data_, end_.limit);
        const std::optional<BoundaryPoint> there =
            one_step_on(data_, here, newton_step(here, data_.samples(), tolerances));
        if (!there) return std::nullopt;
        const std::optional<BoundaryNetwork> limit =
            with_growing(here.network, inputs_of_rest_, network_, growing_);
        const std::optional<BoundaryNetwork> slack =
            with_growing(there->network, inputs_of_rest_, network_, growing_);
        if (!limit || !slack) return std::nullopt;
        const AcrossContext context{
            &data_, &*limit, &here.sums.outputs, &*slack, &there->sums.outputs, tolerances.rounding_factor};
        std::vector<Across> result;
        for (std::size_t of = 0; of < growing_.neurons.size(); ++of) {
            result.push_back(across_growing(
                context, Size(limit->units.size() - growing_.neurons.size() + of), growing_.neurons[of].side,
                told_apart_alone(*setting_.data, inputs_, network_, labels_, growing_, of)));
            if (result.back().sample >= 0) result.back().sample = remaining_.samples[result.back().sample];
        }
        return result;
    }

    // The growth with what tells samples of the rest apart, as much of that as leaves this one.
    std::optional<Separation> separation_along(const BoundaryNetwork& limit,
                                               const std::optional<Separation>& within) const {
        constexpr int kHalvings = 40;
        std::vector<double> motion = motion_of(limit, growing_);
        Separation result;
        result.group =
            within ? within->group : std::vector<Size>(std::size_t(std::max<Size>(limit.output_count, 2)), 0);
        const auto least_lead = [&](const std::vector<double>& along, double& least, double& most) {
            const std::vector<double> of = leads_along(*setting_.data, limit, labels_, along);
            least = HUGE_VAL;
            most = 0.0;
            for (std::size_t k = 0; k < of.size(); ++k) {
                if (!growing_.apart[k]) continue;
                least = std::min(least, of[k]);
                most = std::max(most, of[k]);
            }
            return least > 0.0;
        };
        double least, most;
        if (!least_lead(motion, least, most)) return std::nullopt;
        for (Size k = 0; k < setting_.data->samples(); ++k)
            result.samples += growing_.apart[k] && setting_.data->weight(k) > 0.0 ? 1 : 0;
        result.direction = motion;
        result.margin = least / most;
        if (!within) return result;
        const std::size_t biases = std::size_t(limit.output_bias ? limit.output_count : 0),
                          room = motion.size() - within->direction.size();
        std::vector<double> inside = within->direction;
        inside.insert(inside.end() - std::ptrdiff_t(biases), room, 0.0);
        double share = 1.0;
        for (int halving = 0; halving < kHalvings; ++halving, share *= 0.5) {
            for (std::size_t c = 0; c < motion.size(); ++c)
                result.direction[c] = motion[c] + share * inside[c];
            if (!least_lead(result.direction, least, most)) continue;
            result.margin = std::min(least / most, within->margin);
            result.samples += within->samples;
            return result;
        }
        return std::nullopt;
    }

    // That network of the rest and the growing neurons as they are.
    Network with_rest(const Network& rest) const {
        Network result = network_;
        for (std::size_t i = 0; i < others_.size(); ++i) copy_neuron(rest, Size(i), result, others_[i]);
        std::copy_n(rest.parameters.data() + neuron_parameters(rest), parameters_beside(rest),
                    result.parameters.data() + neuron_parameters(result));
        for (const GrowingNeuron& of : growing_.neurons)
            add_to_output_bias(result, of.neuron, -tail_value(result.activation_of(of.neuron), of.side));
        return result;
    }

    const SolveSetting& setting_;
    const SampleInputs& inputs_;
    const Network& network_;
    const std::vector<Size>& labels_;
    const GrowingNeurons& growing_;
    std::vector<Size> others_;
    Remaining remaining_;
    Dataset data_;
    InputMetric metric_;
    SampleInputs inputs_of_rest_;
    EndReport end_;
    std::optional<Network> finite_;
    Size iterations_ = 0;
    std::vector<Across> falls_;
};

}  // namespace

BesideGrowing beside_growing(const SolveSetting& setting, const StartReport& report, const RunFrom& run) {
    BesideGrowing result;
    const Dataset& data = *setting.data;
    const std::optional<std::vector<Size>> labels = classes_of(data);
    if (!labels || report.point.skip || !data.decay().none()) return result;
    Network network = report.point;
    if (data.loss().shift_invariant()) share_nothing(network);
    const SampleInputs inputs(data);
    const double highest = report.loss + kSameLoss * std::abs(report.loss);
    for (const GrowingNeurons& growing : find_growing_neurons(setting, inputs, network, *labels)) {
        if (!setting.keep_going()) break;
        Rest rest(setting, inputs, network, *labels, growing);
        if (!rest.run(run, highest)) continue;
        std::optional<EndReport> end = rest.end();
        if (!end) continue;
        const bool decided = end->verdict != EndVerdict::undetermined;
        if (decided || !result.judged) {
            StartReport there = report;
            there.iterations += rest.iterations();
            result.judged = at_infinity(std::move(there), std::move(*end));
            rest.offer_falls(result.lower);
        }
        if (decided) break;
    }
    return result;
}

}  // namespace tepui
