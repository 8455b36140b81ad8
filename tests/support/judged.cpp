#include "support/judged.hpp"

#include <stdexcept>

#include "support/precise.hpp"
#include "support/report.hpp"

namespace tepui::test {
namespace {

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

std::optional<WayDown> way_of(tepui_context* context, const tepui_witness* witness) {
    if (!witness) return std::nullopt;
    const Report report = report_of(context, witness);
    WayDown way;
    way.width = report.count("direction/W");
    way.measured = report.real("measured");
    way.error = report.real("measured_error");
    const Size count = tepui_witness_parameter_count(witness);
    way.from.assign(at(count), 0.0);
    way.to.assign(at(count), 0.0);
    if (tepui_witness_point(context, witness, 0.0, way.from.data()) != TEPUI_OK ||
        tepui_witness_point(context, witness, report.real("epsilon"), way.to.data()) != TEPUI_OK)
        throw std::runtime_error(tepui_context_message(context));
    return way;
}

void read_bounds(const Report& report, Judged& judged) {
    const auto bounds = [](const std::vector<int64_t>& from, int64_t(&to)[2]) {
        to[0] = from[0];
        to[1] = from[1];
    };
    bounds(report.integers("morse_index_bounds"), judged.index_bounds);
    bounds(report.integers("nullity_bounds"), judged.nullity_bounds);
}

}  // namespace

WayChecked check_way(const SmallProblem& problem, const WayDown& way) {
    Network network(problem.network.activation, way.width, problem.network.inputs);
    const Dataset data = problem.dataset();
    const PreciseProblem precise(data, network);
    const Precise change = precise.loss(precise_point(way.to)) - precise.loss(precise_point(way.from));
    return {change < 0, abs(change - way.measured) <= way.error, static_cast<double>(change)};
}

std::string Judged::text() const {
    return std::string(tepui_name(TEPUI_WORDS_VERDICT, verdict)) + " (" + rule + ")" +
           (strict ? " strict" : "") + (global ? " global" : "") + ", index " + std::to_string(index) +
           ", nullity " + std::to_string(nullity);
}

struct Judge::Handles {
    const SmallProblem& problem;
    tepui_context* context = nullptr;
    tepui_dataset* data = nullptr;
    tepui_activation* activation = nullptr;
    tepui_network* network = nullptr;
    tepui_analysis* analysis = nullptr;

    void check(tepui_status status) const {
        if (status != TEPUI_OK) throw std::runtime_error(tepui_context_message(context));
    }
    ~Handles() {
        tepui_analysis_destroy(analysis);
        tepui_network_destroy(network);
        tepui_activation_destroy(activation);
        tepui_dataset_destroy(data);
        tepui_context_destroy(context);
    }
};

Judge::Judge(const SmallProblem& problem, const JudgeOptions& options) : handles_(new Handles{problem}) {
    Handles& h = *handles_;
    if (tepui_context_create(&h.context) != TEPUI_OK) throw std::runtime_error("no context");
    h.check(tepui_context_set_integer(h.context, TEPUI_OPTION_THREADS, 1));
    h.check(tepui_context_set_integer(h.context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL));
    if (options.reduce_weights > 0.0)
        h.check(tepui_context_set_real(h.context, TEPUI_OPTION_REDUCE_WEIGHTS, options.reduce_weights));
    if (options.stationarity > 0.0)
        h.check(tepui_context_set_real(h.context, TEPUI_OPTION_STATIONARITY, options.stationarity));
    const Network& net = problem.network;
    const tepui_dataset_flags flags = (problem.bias ? TEPUI_DATASET_BIAS : 0) |
                                      (problem.scaling == LossScaling::mean ? TEPUI_DATASET_MEAN_LOSS : 0);
    h.check(tepui_dataset_create(h.context, problem.samples, problem.features, problem.x.data(),
                                 problem.features, problem.targets.data(),
                                 problem.weights.empty() ? nullptr : problem.weights.data(), flags, &h.data));
    if (net.activation.kind() == ActivationKind::leaky_relu) {
        h.check(tepui_activation_create_leaky_relu(h.context, net.activation.parameter(), &h.activation));
    } else {
        const auto kind = static_cast<tepui_activation_kind>(net.activation.kind());
        h.check(tepui_activation_create(h.context, kind, &h.activation));
    }
    h.check(tepui_network_create(h.context, h.activation, net.width, net.inputs, net.parameters.data(),
                                 net.inputs, net.outputs(), &h.network));
}

Judge::~Judge() = default;

const tepui_analysis* Judge::analysis() const {
    Handles& h = *handles_;
    if (!h.analysis) h.check(tepui_analyze(h.context, h.data, h.network, &h.analysis));
    return h.analysis;
}

bool Judged::counts_right(int64_t negative, int64_t zero) const {
    const auto within = [](int64_t known, const int64_t(&bounds)[2], int64_t count) {
        return bounds[0] <= count && count <= bounds[1] &&
               (known < 0 ? bounds[0] < bounds[1] : known == bounds[0] && known == bounds[1]);
    };
    return within(index, index_bounds, negative) && within(nullity, nullity_bounds, zero);
}

Judged Judge::network() const {
    const Handles& h = *handles_;
    tepui_network_verdict* made = nullptr;
    h.check(tepui_classify_network(h.context, h.data, h.network, &made));
    const std::unique_ptr<tepui_network_verdict, void (*)(tepui_network_verdict*)> verdict(
        made, tepui_network_verdict_destroy);
    Judged judged{tepui_network_verdict_verdict(made),
                  tepui_name(TEPUI_WORDS_RULE, tepui_network_verdict_rule(made)),
                  report_of(h.context, made).flag("strict") == true,
                  report_of(h.context, made).flag("global") == true,
                  report_of(h.context, made).known("whole/morse_index"),
                  report_of(h.context, made).known("whole/nullity"),
                  report_of(h.context, made).real("gradient_relative"),
                  way_of(h.context, tepui_network_verdict_witness(made))};
    read_bounds(report_of(h.context, made).part("whole"), judged);
    return judged;
}

Judged Judge::point() const {
    const Handles& h = *handles_;
    const tepui_analysis* point = analysis();
    Judged judged{tepui_analysis_verdict(point),
                  tepui_name(TEPUI_WORDS_RULE, tepui_analysis_rule(point)),
                  report_of(h.context, point).flag("strict") == true,
                  report_of(h.context, point).flag("global") == true,
                  -1,
                  -1,
                  report_of(h.context, point).real("gradient_relative"),
                  std::nullopt};
    judged.way = way_of(h.context, tepui_analysis_witness(point));
    return judged;
}

Size Judge::neurons() const {
    const Report report = report_of(handles_->context, analysis());
    return report.flag("stationary") ? report.count("neurons") : 0;
}

JudgedNeuron Judge::neuron(Size i) const {
    const Handles& h = *handles_;
    const Report report = report_of(h.context, analysis()).part("neurons/" + std::to_string(i));
    JudgedNeuron judged;
    judged.plateau = static_cast<tepui_plateau_type>(report.integer("plateau"));
    judged.minima = static_cast<tepui_gamma_region>(report.integer("local_minima"));
    judged.saddles = static_cast<tepui_gamma_region>(report.integer("saddles"));
    judged.rule = report.text("rule");
    judged.way = way_of(h.context, tepui_analysis_escape(analysis(), i));
    return judged;
}

Judged Judge::split(Size i, const std::vector<double>& gamma) const {
    const Handles& h = *handles_;
    tepui_split_verdict* made = nullptr;
    h.check(tepui_classify_split(h.context, analysis(), i, static_cast<int64_t>(gamma.size()), gamma.data(),
                                 &made));
    const std::unique_ptr<tepui_split_verdict, void (*)(tepui_split_verdict*)> verdict(
        made, tepui_split_verdict_destroy);
    Judged judged{tepui_split_verdict_verdict(made),
                  tepui_name(TEPUI_WORDS_RULE, tepui_split_verdict_rule(made)),
                  false,
                  false,
                  report_of(h.context, made).known("morse_index"),
                  report_of(h.context, made).known("nullity"),
                  0.0,
                  way_of(h.context, tepui_split_verdict_witness(made))};
    read_bounds(report_of(h.context, made), judged);
    return judged;
}

Judged Judge::directional() const {
    const Handles& h = *handles_;
    tepui_directional* made = nullptr;
    h.check(tepui_classify_directional(h.context, h.data, h.network, nullptr, nullptr, &made));
    const std::unique_ptr<tepui_directional, void (*)(tepui_directional*)> verdict(made,
                                                                                   tepui_directional_destroy);
    return {tepui_directional_verdict(made),
            tepui_name(TEPUI_WORDS_DIRECTIONAL_RULE, tepui_directional_rule_of(made)),
            false,
            report_of(h.context, made).flag("global") == true,
            -1,
            -1,
            0.0,
            way_of(h.context, tepui_directional_witness(made))};
}

}  // namespace tepui::test
