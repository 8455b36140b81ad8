#include "core/error.hpp"
#include "report/builders.hpp"

namespace tepui {
namespace {

// Larger ones are left out: a report has a way down for every neuron.
constexpr Size kLargestDirection = 20000;

// How far the way leads per unit of epsilon; null where samples set apart cannot be kept fitted there.
tepui_report direction_report(const Witness& told, const Telling& telling,
                              const std::vector<NeuronSplit>& splits) {
    try {
        Network direction = point_on(told, telling, splits, told.epsilon);
        if (Size(direction.parameters.size()) > kLargestDirection) return nullptr;
        const Network start = point_on(told, telling, splits, 0.0);
        for (std::size_t p = 0; p < direction.parameters.size(); ++p)
            direction.parameters[p] = (direction.parameters[p] - start.parameters[p]) / told.epsilon;
        tepui_report report = tepui_report::object();
        add_parameters(report, direction);
        return report;
    } catch (const Error& error) {
        if (error.status() != Status::numeric) throw;
        return nullptr;
    }
}

}  // namespace

tepui_report witness_report(const Witness& told, const Telling& telling,
                            const std::vector<NeuronSplit>& splits) {
    return tepui_report::object({{"order", told.order},
                                 {"coefficient", told.coefficient},
                                 {"epsilon", told.epsilon},
                                 {"predicted", told.predicted},
                                 {"measured", told.measured},
                                 {"measured_error", told.measured_error},
                                 {"direction", direction_report(told, telling, splits)}});
}

tepui_report way_report(const std::optional<Witness>& witness, const Telling& telling,
                        const std::vector<NeuronSplit>& splits) {
    if (!witness) return nullptr;
    if (telling.scale.identity()) return witness_report(*witness, telling, splits);
    return witness_report(telling.witness(*witness), telling, splits);
}

void add_parameters(tepui_report& report, const Network& network) {
    const double* next = network.parameters.data();
    const auto rows = [&](Size count, Size length) {
        tepui_report all = tepui_report::array();
        for (Size i = 0; i < count; ++i, next += length)
            all.push_back(std::vector<double>(next, next + length));
        return all;
    };
    const auto list = [&](Size count) {
        next += count;
        return std::vector<double>(next - count, next);
    };
    report.add("W", rows(network.width, network.inputs));
    if (network.output_count > 1 || network.output_bias || network.skip) {
        const Size outputs = network.output_count;
        report.add("a", outputs == 1 ? tepui_report(list(network.width)) : rows(network.width, outputs));
        if (network.output_bias) report.add("b", list(outputs));
        if (network.skip) report.add("C", rows(outputs, network.inputs));
        return;
    }
    // Networks of one output that carry the weights of several.
    const Size hidden = network.width * network.inputs;
    const Size outputs = network.width == 0 ? 1 : (Size(network.parameters.size()) - hidden) / network.width;
    report.add("a", outputs == 1 ? tepui_report(list(network.width)) : rows(outputs, network.width));
}

void add_index(tepui_report& report, const IndexBounds& index) {
    const auto number = [](const CountBounds& count) { return known(count.known() ? count.least : -1); };
    const auto bounds = [](const CountBounds& count) { return std::vector<Size>{count.least, count.most}; };
    report.add({{"morse_index", number(index.morse_index)},
                {"morse_index_bounds", bounds(index.morse_index)},
                {"nullity", number(index.nullity)},
                {"nullity_bounds", bounds(index.nullity)}});
}

tepui_report inertia_report(const Inertia& inertia, bool counted) {
    const auto count = [&](Size number) { return known(counted ? number : -1); };
    return tepui_report::object({{"negative", count(inertia.negative)},
                                 {"zero", count(inertia.zero)},
                                 {"positive", count(inertia.positive)}});
}

tepui_report spectrum_report(const SpectralReport& spectrum) {
    return tepui_report::object({{"inertia", inertia_report(spectrum.inertia, spectrum.counted)},
                                 {"lambda_min", spectrum.lambda_min},
                                 {"lambda_max", spectrum.lambda_max},
                                 {"tau", spectrum.tau},
                                 {"margin", spectrum.margin}});
}

tepui_report hessian_of_point_report(const SpectralReport& spectrum,
                                     const std::optional<HessianEvidence>& evidence) {
    tepui_report report = spectrum_report(spectrum);
    report.add("method", spectrum.counted ? HessianMethod::dense : HessianMethod::matrix_free);
    if (evidence)
        report.add("evidence", tepui_report::object({{"products", evidence->products},
                                                     {"ritz_value", evidence->ritz},
                                                     {"residual", evidence->residual},
                                                     {"tau", evidence->tau},
                                                     {"miss_probability", evidence->miss_probability}}));
    return report;
}

tepui_report known(Size number) {
    return number < 0 ? tepui_report() : tepui_report(number);
}

}  // namespace tepui
