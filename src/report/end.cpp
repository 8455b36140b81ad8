// An end at infinity.
#include "classification/infinity/end_verdict.hpp"
#include "report/builders.hpp"

namespace tepui {
namespace {

const char* word(AcrossSign sign) {
    switch (sign) {
        case AcrossSign::grows:
            return "grows";
        case AcrossSign::falls:
            return "falls";
        case AcrossSign::open:
            break;
    }
    return "open";
}

std::vector<double> coefficients(const BoundaryNetwork& limit, Size unit, Size q) {
    std::vector<double> of_outputs;
    for (Size o = 0; o < limit.output_count; ++o) of_outputs.push_back(limit.coefficient(unit, q, o));
    return of_outputs;
}

// Under the names of MATH.md section 13.
void add_numbers(tepui_report& report, const BoundaryNetwork& limit, Size u) {
    const BoundaryUnit& unit = limit.units[u];
    switch (unit.kind) {
        case UnitKind::neuron:
        case UnitKind::asymptote:
            report.add({{"w", limit.weights(u, 0)}, {"a", coefficients(limit, u, 0)}});
            return;
        case UnitKind::channel:
        case UnitKind::exponential_channel:
            report.add({{"w", limit.weights(u, 0)},
                        {"v", limit.weights(u, 1)},
                        {"c", coefficients(limit, u, 0)},
                        {"alpha", coefficients(limit, u, 1)}});
            return;
        case UnitKind::triple_channel:
            report.add({{"w", limit.weights(u, 0)},
                        {"v", limit.weights(u, 1)},
                        {"q", limit.weights(u, 2)},
                        {"c", coefficients(limit, u, 0)},
                        {"alpha", coefficients(limit, u, 1)},
                        {"beta", coefficients(limit, u, 2)}});
            return;
        case UnitKind::exponential_pair:
            report.add({{"w", limit.weights(u, 0)},
                        {"q", limit.weights(u, 1)},
                        {"c", coefficients(limit, u, 0)},
                        {"beta", coefficients(limit, u, 1)}});
            return;
        case UnitKind::quadratic:
            report.add({{"v", limit.weights(u, 0)},
                        {"q", limit.weights(u, 1)},
                        {"alpha", coefficients(limit, u, 0)},
                        {"beta", coefficients(limit, u, 1)}});
            return;
        case UnitKind::square:
            report.add({{"v", limit.weights(u, 0)}, {"beta", coefficients(limit, u, 0)}});
            return;
        case UnitKind::linear:
        case UnitKind::exponential:
            report.add({{"v", limit.weights(u, 0)}, {"alpha", coefficients(limit, u, 0)}});
            return;
        case UnitKind::saturated:
            report.add({{"v", unit.direction},
                        {"u", limit.weights(u, 0)},
                        {"a", coefficients(limit, u, 0)},
                        {"kept", unit.kept}});
            return;
        case UnitKind::rectified:
            report.add(
                {{"v", limit.weights(u, 0)}, {"alpha", coefficients(limit, u, 0)}, {"kept", unit.kept}});
            return;
        case UnitKind::cubic: {
            std::vector<double> linear = limit.weights(u, 0);
            for (double& l : linear) l *= limit.coefficient(u, 0);
            report.add(
                {{"w", std::move(linear)}, {"v", limit.weights(u, 1)}, {"alpha", coefficients(limit, u, 1)}});
            return;
        }
    }
}

tepui_report unit_report(const EndReport& end, Size u) {
    const BoundaryUnit& unit = end.limit.units[u];
    tepui_report report = tepui_report::object({{"kind", unit.kind}, {"neurons", unit.neurons}});
    add_numbers(report, end.limit, u);
    if (u >= Size(end.across.size())) return report;
    const Across& across = end.across[u];
    if (unit.kind != UnitKind::neuron)
        report.add("across", tepui_report::object({{"sign", word(across.sign)},
                                                   {"value", across.value},
                                                   {"error", across.error},
                                                   {"sample", known(across.sample)},
                                                   {"reason", across.reason}}));
    return report;
}

tepui_report way_report(const std::optional<WayDown>& way) {
    if (!way) return nullptr;
    tepui_report report =
        tepui_report::object({{"change", way->change.value}, {"change_error", way->change.error}});
    add_parameters(report, way->network);
    return report;
}

// b and C of the limit: null where it has none.
void add_rest(tepui_report& report, const BoundaryNetwork& limit) {
    const auto from = limit.parameters.begin() + limit.rest_at();
    const Size biases = limit.output_bias ? limit.output_count : 0;
    report.add("b",
               biases > 0 ? tepui_report(std::vector<double>(from, from + biases)) : tepui_report(nullptr));
    if (!limit.skip) {
        report.add("C", tepui_report(nullptr));
        return;
    }
    tepui_report rows = tepui_report::array();
    for (Size o = 0; o < limit.output_count; ++o)
        rows.push_back(
            std::vector<double>(from + biases + o * limit.inputs, from + biases + (o + 1) * limit.inputs));
    report.add("C", std::move(rows));
}

tepui_report approach_report(const ApproachPath& path) {
    return tepui_report::object({{"inverse_eps", path.inverse_steps},
                                 {"loss_change", path.changes},
                                 {"loss_change_error", path.errors}});
}

tepui_report rows_of(const std::vector<double>& values, Size each) {
    tepui_report rows = tepui_report::array();
    for (auto at = values.begin(); at != values.end(); at += each)
        rows.push_back(std::vector<double>(at, at + each));
    return rows;
}

tepui_report separation_report(const std::optional<Separation>& separation, const BoundaryNetwork& limit) {
    if (!separation) return nullptr;
    tepui_report contacts = tepui_report::array();
    for (const Contact& contact : separation->contacts)
        contacts.push_back(tepui_report::object({{"sample", known(contact.sample)},
                                                 {"group", contact.group},
                                                 {"multiplier", contact.multiplier}}));
    return tepui_report::object({{"groups", separation->group},
                                 {"samples", separation->samples},
                                 {"partly", separation->partly},
                                 {"margin", separation->margin},
                                 {"contacts", std::move(contacts)},
                                 {"direction", rows_of(separation->direction, limit.output_count)},
                                 {"hidden_direction", rows_of(separation->hidden, limit.inputs)}});
}

}  // namespace

tepui_report end_report(const DistinctEnd& distinct, Size number) {
    const EndReport& end = *distinct.end;
    tepui_report units = tepui_report::array();
    for (Size u = 0; u < Size(end.limit.units.size()); ++u) units.push_back(unit_report(end, u));
    const bool judged = !end.across.empty();
    tepui_report report =
        tepui_report::object({{"end", number},
                              {"starts", distinct.hits},
                              {"verdict", end.verdict},
                              {"rule", end.rule},
                              {"reason", sentence_of(end.rule)},
                              {"loss", end.loss},
                              {"gradient_norm", end.gradient_norm},
                              {"gradient_relative", end.gradient_relative},
                              {"hessian", judged ? spectrum_report(end.hessian) : tepui_report(nullptr)},
                              {"units", std::move(units)},
                              {"fitted_samples", end.fitted},
                              {"separation", separation_report(end.separation, end.limit)},
                              {"way", way_report(end.way)}});
    add_rest(report, end.limit);
    report.add("approach", approach_report(distinct.path));
    return report;
}

}  // namespace tepui
