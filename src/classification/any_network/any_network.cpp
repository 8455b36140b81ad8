#include "classification/any_network/any_network.hpp"

#include <cmath>
#include <numeric>

#include "classification/any_network/closed_form.hpp"
#include "classification/any_network/combination.hpp"
#include "classification/any_network/compressed_hessian.hpp"
#include "classification/any_network/free_escapes.hpp"
#include "classification/any_network/merging.hpp"
#include "classification/point/cost_model.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {
namespace {

constexpr std::size_t kMaxEscapes = 16;  // groups whose ways down are measured

// The reduced point with everything known about it.
class ReducedPoint {
  public:
    // given: the point as it was given, on its own data.
    ReducedPoint(PointOnData& given, NetworkReport& report, const AnalysisOptions& options)
        : given_(given), report_(report), least_(given.least(true)), exact_zeros_(options.exact_zeros) {
        if (!is_given()) {
            own_.emplace(report.projected ? *report.projected : given.data(), report.grouping.narrow,
                         given.tolerances(), given.execution(), PointOnData::SecondOrder::none);
            own_->know_least(least_);
        }
        narrow_ = own_ ? &*own_ : &given_;
        analyze_narrow(options);
        const Size bordered = narrow().width + 2 * static_cast<Size>(report.grouping.others().size());
        fits_ = chosen_hessian_method(options, bordered * (narrow().inputs + 1)) == HessianMethod::dense;
    }

    void classify() {
        if (!report_.grouping.others().empty()) {
            with_free_.emplace(narrow_->with_same_function(
                [&](const Network& network) { return with_free_neurons(network, report_.grouping); }));
            free_ = classify_free_groups(*with_free_, report_.grouping,
                                         report_.least ? std::optional(point_.rule) : std::nullopt);
        }
        report_groups();
        // Where it is too large to be formed the narrow point's own Hessian speaks alone: the index stays
        // unknown and nothing becomes a minimum.
        const bool bordered = !report_.grouping.others().empty();
        if (bordered && fits_) {
            narrow_->execution().report_or_throw("compressed Hessian", 0.0);
            compressed_.emplace(narrow_->data(), report_.grouping, free_, newton_step(),
                                narrow_->tolerances(), narrow_->execution());
        }
        const SpectralReport& spectrum = compressed_ ? compressed_->spectrum() : point_.hessian;
        const GroupVerdict verdict =
            combine(point_, report_.grouping, report_.groups, spectrum.inertia.negative > 0);
        report_.verdict = point_.unclear ? point_.verdict : verdict.verdict;
        report_.rule = point_.unclear ? point_.rule : verdict.rule;
        if (bordered && !fits_ && !report_.least && verdict.verdict == Verdict::local_minimum) {
            report_.verdict = Verdict::undetermined;
            report_.rule = Rule::narrow_point_undetermined;
        }
        count(spectrum);
        report_.strict = verdict.verdict == Verdict::local_minimum && report_.index.nullity.most == 0;
    }

    // The best measured way down of a saddle.
    void find_witness(WaysDown ways_down) {
        if (report_.verdict != Verdict::saddle) return;
        if (ways_down == WaysDown::needed && !must_be_measured(report_.rule)) return;
        const Lift lift(report_.grouping, report_.network,
                        report_.projected ? &report_.analysed_space() : nullptr, report_.fitted,
                        report_.gauge);
        report_.witness = best_measured(escapes(lift), given_.data(), given_.residuals(), given_.execution());
        if (!must_be_measured(report_.rule) || report_.witness) return;
        for (GroupReport& group : report_.groups) {
            if (group.verdict != Verdict::saddle || !must_be_measured(group.rule)) continue;
            group.verdict = report_.verdict = Verdict::undetermined;
            group.rule = report_.rule = Rule::semidefinite_inner_hessian;
        }
    }

  private:
    const Network& narrow() const { return report_.grouping.narrow; }
    const std::vector<double>& newton_step() const {
        static const std::vector<double> none;
        return report_.narrow ? report_.narrow->newton_step : none;
    }

    // Nothing was merged, turned or projected.
    bool is_given() const {
        return !report_.projected && report_.gauge.given() && narrow().width == report_.network.width &&
               narrow().parameters == report_.network.parameters;
    }

    // A network of no neurons has no parameters but those beside them, in which it is linear: a minimum.
    void analyze_narrow(const AnalysisOptions& options) {
        if (narrow().width > 0) {
            AnalysisOptions complete = options;
            complete.scope = AnalysisScope::complete;
            report_.narrow = analyze(*narrow_, complete, true);  // judged once, in the given network
        }
        if (report_.narrow) {
            point_ = report_.narrow->point;
        } else if (given_.data().loss().convex() || parameters_beside(narrow()) == 0) {
            point_.verdict = Verdict::local_minimum;
            point_.rule = Rule::hessian_positive_definite;
        }
        if (least_.unclear) {
            point_.verdict = Verdict::undetermined;
            point_.rule = least_.at_kink ? Rule::kink : Rule::residuals_within_slack;
            point_.unclear = true;
        }
        if (report_.least) {
            point_.verdict = Verdict::local_minimum;
            point_.rule = rule_of(least_);
            point_.least = true;
            point_.global = report_.global;
        }
    }

    void report_groups() {
        for (const NeuronGroup& group : report_.grouping.parents()) {
            const NeuronReport& neuron = report_.narrow->neurons[group.parent];
            GroupReport report{point_.verdict, point_.rule, neuron.inner.inertia, neuron.inner.counted};
            if (report_.least) {
                report.inertia = {0, narrow().inputs, 0};
                report.counted = true;
            }
            if (group.members.size() > 1 && !report_.least) {
                const SplitVerdict found = split_verdict(point_, neuron, group.gamma);
                report.verdict = found.verdict;
                report.rule = found.rule;
            }
            report_.groups.push_back(report);
        }
        for (const FreeGroup& free : free_)
            report_.groups.push_back({free.verdict, free.rule, free.psi.inertia, true});
        if (!point_.unclear) return;
        for (GroupReport& group : report_.groups) {
            group.verdict = point_.verdict;
            group.rule = point_.rule;
        }
    }

    void count(const SpectralReport& spectrum) {
        const Size d = narrow().inputs, width = report_.network.width;
        const Size order = compressed_ ? compressed_->order() : narrow().parameter_count();
        IndexBounds total =
            sign_counts(spectrum, order, exact_zeros_ ? spectrum.inertia.zero : point_.explained_zeros)
                .bounds();
        for (const NeuronGroup& group : report_.grouping.parents()) {
            if (group.members.size() < 2) continue;
            const SignCounts inner = report_.least ? SignCounts{0, d, 0, 0}
                                                   : sign_counts(report_.narrow->neurons[group.parent], d);
            total += split_index(check_gamma(group.gamma), inner, d);
        }
        for (std::size_t g = 0; g < free_.size(); ++g) {
            const NeuronGroup& group = report_.grouping.others()[g];
            total += compressed_ ? free_index(group, free_[g], d)
                                 : unknown_rows(static_cast<Size>(group.members.size()) * (d + 1));
        }
        const Size order_wide = width * (d + 1) + parameters_beside(narrow());
        if (point_.unclear) total = unknown_rows(order_wide);
        total = within(total, order_wide, report_.verdict == Verdict::local_minimum);
        // Each fitted sample takes one direction from those that the others do not see.
        const Size rows = width + (report_.network.skip ? 1 : 0);
        const Size unseen =
            rows * (report_.network.inputs - d) - (report_.fitted ? report_.fitted->count() : 0);
        total += {{0, 0}, {unseen, unseen}};
        report_.index = total;
    }

    std::vector<Witness> escapes(const Lift& lift) const {
        std::vector<Witness> found;
        if (point_.verdict == Verdict::saddle) {
            if (point_.witness) found.push_back(lift.follow(*point_.witness, -1));
            return found;
        }
        std::vector<SplitAtSaddle> apart;
        const std::vector<NeuronGroup>& groups = report_.grouping.groups;
        std::size_t measured = 0;
        for (std::size_t g = 0; g < groups.size() && measured < kMaxEscapes; ++g) {
            if (report_.groups[g].verdict != Verdict::saddle) continue;
            ++measured;
            if (groups[g].kind == GroupKind::parent) {
                const Size parent = groups[g].parent;
                apart.push_back({parent, &report_.narrow->neurons[parent], groups[g].gamma});
                continue;
            }
            const FreeGroup& free = free_[g - static_cast<std::size_t>(narrow().width)];
            for (Witness& witness : free_escapes(*with_free_, lift, groups[g], free, static_cast<Size>(g)))
                found.push_back(std::move(witness));
        }
        const std::vector<std::optional<Witness>> ways = split_escapes(*narrow_, apart);
        for (std::size_t q = 0; q < ways.size(); ++q)
            if (ways[q]) found.push_back(lift.follow(*ways[q], apart[q].neuron));
        if (compressed_ && compressed_->spectrum().inertia.negative > 0) {
            const SpectralReport& spectrum = compressed_->spectrum();
            found.push_back(lift.straight(compressed_->wide_rates(lift, spectrum.v_negative),
                                          0.5 * spectrum.curvature_negative));
        }
        return found;
    }

    PointOnData& given_;
    NetworkReport& report_;
    const LeastLoss least_;
    const bool exact_zeros_;
    std::optional<PointOnData> own_;        // the narrow point where it is not the given one
    PointOnData* narrow_ = nullptr;         // one of the two
    std::optional<PointOnData> with_free_;  // the narrow one with free neurons
    PointReport point_;
    std::vector<FreeGroup> free_;
    bool fits_ = true;  // the compressed Hessian may be formed
    std::optional<CompressedHessian> compressed_;
};

void check(const Dataset& data, const Network& network) {
    if (network.inputs != data.inputs()) {
        throw Error(Status::invalid_size,
                    "network has " + std::to_string(network.inputs) +
                        " inputs, expected those of the data set: " + std::to_string(data.inputs()));
    }
    if (network.activation.derivatives() < 2) {
        throw Error(Status::unsupported,
                    "activation " + std::string(network.activation.name()) +
                        " is not twice differentiable: its stationary points are not classified");
    }
}

// Loss and stationarity of the given network.
bool measure_gradient(const PointOnData& given, NetworkReport& report) {
    report.loss = given.gradient().loss.loss;
    PointReport point;
    const bool stationary = stationarity(given.gradient(), given.tolerances(), point);
    report.gradient_norm = point.gradient_norm;
    report.gradient_relative = point.gradient_relative;
    report.stationarity_tolerance = point.stationarity_tolerance;
    const LeastLoss& least = given.least(stationary);
    report.least = least.reached;
    report.global = least.everywhere;
    return stationary || least.at_kink;  // there is no gradient to ask for
}

// Samples fitted through directions of their own, provided that the point is stationary for the others alone:
// up to a factor that a change of coordinates may cost.
void set_apart_fitted(const PointOnData& given, SameInputs same, NetworkReport& report) {
    constexpr double kCoordinates = 100.0;
    const Execution& execution = given.execution();
    std::optional<FittedSamples> fitted =
        fitted_samples(given.data(), report.network, given.residuals(), same, execution);
    if (!fitted) return;
    Dataset others = project_others(given.data(), *fitted, execution);
    Tolerances loose = given.tolerances();
    loose.stationarity *= kCoordinates;
    PointReport point;
    if (!stationarity(gradient(others, project(report.network, fitted->rest), execution), loose, point))
        return;
    report.projected = std::move(others);
    report.fitted = std::make_shared<const FittedSamples>(std::move(*fitted));
}

}  // namespace

Lifted in_given_inputs(const NetworkReport& report, Network network, std::span<const Size> parents) {
    const std::span<const NeuronGroup> groups = report.grouping.parents();
    const auto parent = [&](Size i) -> const NeuronGroup& { return groups[parents[i]]; };
    const SymmetryGauge& gauge = report.gauge;
    for (Size i = 0; i < network.width && !gauge.given(); ++i) {
        const auto member = static_cast<std::size_t>(parent(i).members.front());
        double* w = network.weights(i);
        for (Size j = 0; j < network.inputs; ++j)
            w[j] = gauge.weights[member] * w[j] +
                   parent(i).signs.front() * gauge.shifts[member] * gauge.direction[j];
        network.output(i) *= gauge.outputs[member];
    }
    if (!report.projected) return {std::move(network), true};
    const InputSpace& inside = report.analysed_space();
    Lifted shown{lift(network, inside), true};
    if (!report.fitted) return shown;
    // What the samples see of the given weights, and what the others see of them.
    const Network seen = lift(project(report.network, report.space), report.space);
    const Network by_others = lift(project(seen, inside), inside);
    for (Size i = 0; i < network.width; ++i) {
        const Size member = parent(i).members.front();
        for (Size j = 0; j < shown.network.inputs; ++j) {
            shown.network.weights(i)[j] +=
                parent(i).signs.front() * (seen.weights(member)[j] - by_others.weights(member)[j]);
        }
    }
    shown.fitted = report.fitted->restore(shown.network);
    return shown;
}

Network narrow_in_given_inputs(const NetworkReport& report) {
    std::vector<Size> parents(report.grouping.narrow.width);
    std::iota(parents.begin(), parents.end(), Size{0});
    return in_given_inputs(report, report.grouping.narrow, parents).network;
}

namespace {

// same: together: only where some samples are set apart so; else the report is left without a verdict.
NetworkReport judge_network(const Dataset& data, const Network& network, const Tolerances& tolerances,
                            const ReductionTolerances& reduction, SameInputs same, const Execution& execution,
                            const AnalysisOptions& options) {
    NetworkReport report(network);
    report.index = within(unknown_rows(network.parameter_count()), network.parameter_count(), false);
    execution.enter("reduction");
    report.space = input_space(data, execution);
    report.data_nullity = (network.width + (network.skip ? 1 : 0)) * (network.inputs - report.space.rank);
    execution.enter("gradient");
    PointOnData given(data, network, tolerances, execution, PointOnData::SecondOrder::none);
    const bool stationary = measure_gradient(given, report);
    execution.enter("reduction");
    if (stationary && !report.least) set_apart_fitted(given, same, report);
    if (same == SameInputs::together && !report.fitted) return report;
    if (!report.projected && !report.space.full()) report.projected = project(data, report.space, execution);
    const Dataset& inside = report.projected ? *report.projected : data;
    Network seen = report.projected ? project(network, report.analysed_space()) : network;
    MergedNeurons merged =
        merge_neurons(seen, inside, tolerances, reduction, stationary && !report.least, execution);
    const Reduction& reduced = merged.reduction;
    report.gauge = std::move(merged.gauge);
    report.grouping = group_neurons(reduced, reduction.outputs);
    report.weight_spread = reduced.weight_spread;
    report.output_spread = reduced.output_spread;
    if (!stationary && !report.least) {
        report.verdict = Verdict::not_stationary;
        report.rule = Rule::gradient_test;
        return report;
    }
    ReducedPoint reduced_point(given, report, options);
    reduced_point.classify();
    reduced_point.find_witness(options.ways_down);
    return report;
}

}  // namespace

NetworkReport classify_network(const Dataset& data, const Network& network, const Tolerances& tolerances,
                               const ReductionTolerances& reduction, const Execution& execution,
                               const AnalysisOptions& options) {
    check(data, network);
    NetworkReport report =
        judge_network(data, network, tolerances, reduction, SameInputs::apart, execution, options);
    if (report.verdict != Verdict::undetermined || report.rule != Rule::degenerate_hessian) return report;
    // Which inputs are equal takes a pass that most points do without.
    NetworkReport together =
        judge_network(data, network, tolerances, reduction, SameInputs::together, execution, options);
    return together.fitted ? std::move(together) : std::move(report);
}

}  // namespace tepui
