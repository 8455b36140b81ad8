#include "cli/report/collect.hpp"

#include "cli/report/collect_certificate.hpp"
#include "cli/report/collect_directional.hpp"
#include "cli/report/collect_network.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {

WitnessReport describe_witness(const tepui_witness* witness) {
    WitnessReport report;
    report.order = tepui_witness_order(witness);
    report.coefficient = tepui_witness_coefficient(witness);
    report.epsilon = tepui_witness_epsilon(witness);
    report.predicted = tepui_witness_predicted(witness);
    report.measured = tepui_witness_measured(witness);
    report.measured_error = tepui_witness_measured_error(witness);
    return report;
}

namespace {

// Which neuron of the analysed network each one stands for, daughters in their parent's place.
std::vector<std::int64_t> parents_of(std::int64_t narrow_width, const std::vector<AskedSplit>& splits) {
    std::vector<std::size_t> members(std::size_t(narrow_width), 1);
    for (const AskedSplit& split : splits) members[std::size_t(split.neuron)] = split.gamma.size();
    std::vector<std::int64_t> parents;
    for (std::int64_t i = 0; i < narrow_width; ++i) parents.insert(parents.end(), members[std::size_t(i)], i);
    return parents;
}

// Empty where the samples that are set apart cannot be kept fitted there.
std::vector<double> point_in_frame(tepui_context* context, const tepui_witness* witness, double epsilon,
                                   const WayFrame& frame, const std::vector<std::int64_t>& parents) {
    std::vector<double> point(std::size_t(tepui_witness_parameter_count(witness)));
    require(context, tepui_witness_point(context, witness, epsilon, point.data()));
    if (frame.verdict == nullptr) return point;
    const std::int64_t width = tepui_witness_width(witness);
    std::vector<double> lifted(std::size_t(width * (frame.inputs + 1)));
    const tepui_status status = tepui_network_verdict_lift(context, frame.verdict, width, parents.data(),
                                                           point.data(), lifted.data());
    if (status == TEPUI_ERROR_NUMERIC) return {};
    require(context, status);
    return lifted;
}

}  // namespace

WitnessReport describe_way(tepui_context* context, const tepui_witness* witness, const WayFrame& frame,
                           const std::vector<AskedSplit>& splits) {
    WitnessReport report = describe_witness(witness);
    std::vector<std::int64_t> parents;
    if (frame.verdict != nullptr)
        parents = parents_of(tepui_network_width(tepui_network_verdict_narrow(frame.verdict)), splits);
    const std::vector<double> start = point_in_frame(context, witness, 0.0, frame, parents);
    std::vector<double> end = point_in_frame(context, witness, report.epsilon, frame, parents);
    if (start.empty() || end.empty()) return report;
    report.width = tepui_witness_width(witness);
    report.inputs = frame.inputs;
    for (std::size_t j = 0; j < end.size(); ++j)
        report.direction.push_back((end[j] - start[j]) / report.epsilon);
    report.network = std::move(end);
    return report;
}

namespace {

std::optional<WitnessReport> describe_if_any(const tepui_witness* witness) {
    return witness ? std::optional(describe_witness(witness)) : std::nullopt;
}

NeuronReport describe_neuron(tepui_context* context, const tepui_analysis* analysis, std::int64_t neuron,
                             double output_weight, const WayFrame& frame) {
    NeuronReport report;
    report.output_weight = output_weight;
    SpectrumReport& inner = report.inner_hessian;
    require(context,
            tepui_analysis_inner_hessian(context, analysis, neuron, inner.inertia.data(), &inner.lambda_min,
                                         &inner.lambda_max, &inner.tau, &inner.margin));
    require(context, tepui_analysis_neuron_method(context, analysis, neuron, &report.method));
    require(context, tepui_analysis_neuron_precision(context, analysis, neuron, &report.precision));
    require(context, tepui_analysis_plateau(context, analysis, neuron, &report.definiteness, &report.plateau,
                                            &report.rule, &report.minima, &report.saddles));
    EscapeReport escape;
    const tepui_witness* witness = nullptr;
    require(context, tepui_analysis_escape(context, analysis, neuron, escape.gamma.data(), &witness));
    if (witness) {
        std::vector<AskedSplit> split;  // none: the point's own way down
        if (escape.gamma[0] != 0.0 || escape.gamma[1] != 0.0)
            split.push_back({neuron, {escape.gamma[0], escape.gamma[1]}});
        escape.witness =
            frame.inputs > 0 ? describe_way(context, witness, frame, split) : describe_witness(witness);
        report.escape = escape;
    }
    return report;
}

// At zero loss no products are made.
std::optional<EvidenceReport> describe_evidence(tepui_context* context, const tepui_analysis* analysis,
                                                bool global) {
    tepui_hessian_method method = 0;
    require(context, tepui_analysis_hessian_method(context, analysis, &method));
    if (method != TEPUI_HESSIAN_METHOD_MATRIX_FREE || global) return std::nullopt;
    EvidenceReport evidence;
    require(context,
            tepui_analysis_hessian_evidence(context, analysis, &evidence.products, &evidence.ritz,
                                            &evidence.residual, &evidence.tau, &evidence.miss_probability));
    return evidence;
}

}  // namespace

SplitReport judge_split(tepui_context* context, const tepui_analysis* analysis, std::int64_t neuron,
                        const std::vector<double>& gamma) {
    tepui_split_verdict* raw = nullptr;
    require(context,
            tepui_classify_split(context, analysis, neuron, std::int64_t(gamma.size()), gamma.data(), &raw));
    const SplitVerdictHandle verdict(raw);
    return describe_split(context, raw, gamma);
}

std::vector<SplitReport> judge_each_split(tepui_context* context, const tepui_analysis* analysis,
                                          std::int64_t neuron,
                                          const std::vector<std::vector<double>>& gammas) {
    const std::vector<std::int64_t> neurons(gammas.size(), neuron);
    std::vector<std::int64_t> offsets{0};
    std::vector<double> values;
    for (const std::vector<double>& gamma : gammas) {
        values.insert(values.end(), gamma.begin(), gamma.end());
        offsets.push_back(std::int64_t(values.size()));
    }
    std::vector<tepui_split_verdict*> raw(gammas.size(), nullptr);
    require(context, tepui_classify_each_split(context, analysis, std::int64_t(gammas.size()), neurons.data(),
                                               offsets.data(), values.data(), raw.data()));
    std::vector<SplitVerdictHandle> owners;
    for (tepui_split_verdict* verdict : raw) owners.emplace_back(verdict);
    std::vector<SplitReport> reports;
    for (std::size_t j = 0; j < gammas.size(); ++j)
        reports.push_back(describe_split(context, raw[j], gammas[j]));
    return reports;
}

SplitReport describe_split(tepui_context* context, const tepui_split_verdict* raw,
                           const std::vector<double>& gamma) {
    SplitReport report;
    report.gamma = gamma;
    report.verdict = tepui_split_verdict_verdict(raw);
    report.rule = tepui_split_verdict_rule(raw);
    require(context, tepui_split_verdict_index_bounds(
                         context, raw, &report.index.morse_index.least, &report.index.morse_index.most,
                         &report.index.nullity.least, &report.index.nullity.most));
    report.tau = tepui_split_verdict_tau(raw);
    report.margin = tepui_split_verdict_margin(raw);
    report.gradient_norm = tepui_split_verdict_gradient_norm(raw);
    report.witness = describe_if_any(tepui_split_verdict_witness(raw));
    return report;
}

PointReport describe_network(const tepui_network* network) {
    PointReport report;
    report.width = tepui_network_width(network);
    report.inputs = tepui_network_inputs(network);
    const double* parameters = tepui_network_parameters(network);
    report.parameters.assign(parameters, parameters + tepui_network_parameter_count(network));
    return report;
}

PointReport describe_analysis(tepui_context* context, const tepui_network* network,
                              const tepui_analysis* analysis, const WayFrame& frame) {
    PointReport report = describe_network(network);
    report.analysed = true;
    report.loss = tepui_analysis_loss(analysis);
    report.gradient_norm = tepui_analysis_gradient_norm(analysis);
    report.gradient_relative = tepui_analysis_gradient_relative(analysis);
    report.stationarity_tolerance = tepui_analysis_stationarity_tolerance(analysis);
    report.verdict = tepui_analysis_verdict(analysis);
    report.rule = tepui_analysis_rule(analysis);
    report.strict = tepui_analysis_is_strict(analysis) != 0;
    report.global = tepui_analysis_is_global(analysis) != 0;
    if (!report.stationary()) return report;

    std::int64_t scope = 0;
    require(context, tepui_context_get_integer(context, TEPUI_OPTION_ANALYSIS_SCOPE, &scope));
    if (scope == TEPUI_SCOPE_COMPLETE) {
        SpectrumReport& hessian = report.hessian.emplace();
        require(context,
                tepui_analysis_hessian(context, analysis, hessian.inertia.data(), &hessian.lambda_min,
                                       &hessian.lambda_max, &hessian.tau, &hessian.margin));
        report.evidence = describe_evidence(context, analysis, report.global);
    }
    const tepui_witness* witness = nullptr;
    require(context, tepui_analysis_witness(context, analysis, &witness));
    if (witness)
        report.witness = frame.inputs > 0 && frame.verdict == nullptr ? describe_way(context, witness, frame)
                                                                      : describe_witness(witness);
    const double* a = report.parameters.data() + report.width * report.inputs;
    for (std::int64_t i = 0; i < tepui_analysis_neurons(analysis); ++i)
        report.neurons.push_back(describe_neuron(context, analysis, i, a[i], frame));
    return report;
}

namespace {

// The verdict on the network as a whole takes the place of that on its Hessian as given.
void take_whole(tepui_context* context, const tepui_network_verdict* verdict, bool ways,
                PointReport& report) {
    report.analysed = true;
    report.loss = tepui_network_verdict_loss(verdict);
    report.gradient_norm = tepui_network_verdict_gradient_norm(verdict);
    report.gradient_relative = tepui_network_verdict_gradient_relative(verdict);
    report.stationarity_tolerance = tepui_network_verdict_stationarity_tolerance(verdict);
    report.verdict = tepui_network_verdict_verdict(verdict);
    report.rule = tepui_network_verdict_rule(verdict);
    report.strict = tepui_network_verdict_is_strict(verdict) != 0;
    report.global = tepui_network_verdict_is_global(verdict) != 0;
    report.witness.reset();
    if (const tepui_witness* witness = tepui_network_verdict_witness(verdict))
        report.witness = ways ? describe_way(context, witness, {report.inputs}) : describe_witness(witness);
    report.whole = describe_whole(context, verdict);
}

// The neurons judged are those of the reduced network.
void name_distinct_neurons(const tepui_network_verdict* verdict, PointReport& report) {
    const PointReport narrow = describe_network(tepui_network_verdict_narrow(verdict));
    const double* a = narrow.parameters.data() + narrow.width * narrow.inputs;
    for (std::size_t i = 0; i < report.neurons.size(); ++i) {
        report.neurons[i].output_weight = a[i];
        report.neurons[i].given = report.whole->groups[i].neurons;
    }
}

SplitReport judge_split(tepui_context* context, const tepui_analysis* analysis, std::int64_t neuron,
                        const std::vector<double>& gamma, const WayFrame& frame) {
    tepui_split_verdict* raw = nullptr;
    require(context,
            tepui_classify_split(context, analysis, neuron, std::int64_t(gamma.size()), gamma.data(), &raw));
    const SplitVerdictHandle verdict(raw);
    SplitReport report = describe_split(context, raw, gamma);
    if (report.witness)
        report.witness = describe_way(context, tepui_split_verdict_witness(raw), frame, {{neuron, gamma}});
    return report;
}

void judge(tepui_context* context, const tepui_analysis* analysis, const SplitRequest& splits,
           const WayFrame& frame, PointReport& report) {
    for (std::size_t i = 0; i < report.neurons.size(); ++i) {
        if (splits.neuron >= 0 && splits.neuron != std::int64_t(i)) continue;
        for (const std::vector<double>& gamma : splits.gammas)
            report.neurons[i].splits.push_back(judge_split(context, analysis, std::int64_t(i), gamma, frame));
    }
    if (!splits.at_once.empty() && report.stationary())
        report.joint = judge_splits(context, analysis, splits.at_once, frame);
}

}  // namespace

PointReport analyse_point(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                          const PointRequest& asked, Timings& timings) {
    if (std::optional<PointReport> report = judge_directional(context, dataset, network, asked, timings)) {
        if (asked.certify)
            throw UserError(
                "--certify: certificates are for smooth activations; relu, leaky_relu and abs "
                "are judged without (softplus, gelu and silu are smooth ones near relu)");
        return *report;
    }
    std::int64_t scope = 0;
    require(context, tepui_context_get_integer(context, TEPUI_OPTION_ANALYSIS_SCOPE, &scope));
    NetworkVerdictHandle whole;
    const tepui_analysis* analysis = nullptr;
    if (scope == TEPUI_SCOPE_COMPLETE) {
        tepui_network_verdict* raw = nullptr;
        require(context, tepui_classify_network(context, dataset, network, &raw));
        whole.reset(raw);
        analysis = tepui_network_verdict_analysis(raw);
        if (analysis) timings.add_analysis(context, analysis);
    }
    AnalysisHandle given;
    if (!analysis) {
        tepui_analysis* raw = nullptr;
        require(context, tepui_analyze(context, dataset, network, &raw));
        given.reset(raw);
        analysis = raw;
        timings.add_analysis(context, raw);
    }
    // Ways down of the analysis that the verdict on the whole network rests on are told in its coordinates.
    const WayFrame frame{tepui_network_inputs(network), given ? nullptr : whole.get()};
    PointReport report = describe_analysis(context, network, analysis, asked.ways ? frame : WayFrame{});
    if (whole) take_whole(context, whole.get(), asked.ways, report);
    const bool reduced = !given && report.whole && report.whole->reduced();
    if (reduced) name_distinct_neurons(whole.get(), report);
    const SplitRequest splits = reduced ? of_distinct_neurons(*report.whole, asked.splits) : asked.splits;
    judge(context, analysis, splits, frame, report);
    if (!splits.gammas.empty() || !splits.at_once.empty()) timings.add("splits");
    if (asked.certify) {
        report.certificate = certify_point(context, analysis, reduced ? &*report.whole : nullptr, splits);
        timings.add("certificate");
    }
    return report;
}

StartReport describe_start(tepui_context* context, const tepui_solution* solution, std::int64_t index) {
    StartReport report;
    const char* reason = nullptr;
    require(context,
            tepui_solution_start(context, solution, index, &report.outcome, &reason, &report.iterations,
                                 &report.loss, &report.gradient_relative, &report.point));
    report.reason = reason ? reason : "";
    return report;
}

SearchInputs describe_search_inputs(tepui_context* context, const tepui_solution* solution) {
    SearchInputs inputs;
    require(context, tepui_solution_inputs(context, solution, &inputs.used, &inputs.smallest_used,
                                           &inputs.largest_unused, &inputs.distinct_samples));
    for (std::int64_t index = 0; index < tepui_solution_dependences(solution); ++index) {
        SearchInputs::Dependence& found = inputs.dependences.emplace_back();
        std::int64_t count = 0;
        require(context, tepui_solution_dependence(context, solution, index, &count, nullptr, nullptr));
        found.inputs.resize(std::size_t(count));
        require(context, tepui_solution_dependence(context, solution, index, nullptr, found.inputs.data(),
                                                   &found.size));
    }
    return inputs;
}

}  // namespace tepui::cli
