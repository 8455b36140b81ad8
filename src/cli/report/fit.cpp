#include "cli/report/fit.hpp"

#include <algorithm>
#include <cmath>

#include "cli/data/weight_files.hpp"
#include "cli/report/text_point.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/ranks.hpp"
#include "cli/support/text_table.hpp"

namespace tepui::cli {
namespace {

double weight_of(const Samples& samples, std::size_t k) {
    return samples.weights.empty() ? 1.0 : samples.weights[k];
}

// 1 - the sum of squared residuals over the variation.
Json r_squared(const Samples& samples, const std::vector<double>& residuals, const Report& report) {
    const std::size_t outputs = report.outputs.size();
    std::vector<double> sums(outputs, 0.0);
    for (std::size_t l = 0; l < residuals.size(); ++l)
        sums[l % outputs] += weight_of(samples, l / outputs) * residuals[l] * residuals[l];
    for (std::size_t o = 0; o < outputs; ++o) sums[o] = 1.0 - sums[o] / report.preprocessing.variations[o];
    return sums;
}

bool is_right(const double* f, const double* y, std::size_t outputs) {
    if (outputs == 1) return (f[0] > 0.0) == (y[0] > 0.5);
    return std::max_element(f, f + outputs) - f == std::max_element(y, y + outputs) - y;
}

void add_accuracy(const Samples& samples, const std::vector<double>& f, const Report& report, Json& fit) {
    const std::size_t outputs = report.outputs.size();
    std::int64_t correct = 0;
    double right = 0.0, all = 0.0;
    for (std::size_t k = 0; k < std::size_t(samples.count); ++k) {
        const std::size_t at = k * outputs;
        all += weight_of(samples, k);
        if (!is_right(f.data() + at, samples.targets.values.data() + at, outputs)) continue;
        right += weight_of(samples, k);
        ++correct;
    }
    fit["correct_classes"] = correct;
    fit["accuracy"] = right / all;
}

Json rows(const std::vector<double>& values, std::int64_t columns) {
    Json list = Json::array();
    for (auto row = values.begin(); row != values.end(); row += columns)
        list.push_back(std::vector<double>(row, row + columns));
    return list;
}

}  // namespace

Json fit_json(tepui_context* context, const tepui_dataset* dataset, const Samples& samples,
              const tepui_network* network, const Report& report) {
    std::vector<double> f(samples.targets.values.size()), residuals(f.size());
    const auto outputs = std::int64_t(report.outputs.size()), first = samples.inputs.first() * outputs;
    require(context, tepui_outputs(context, dataset, network, f.data() + first, residuals.data() + first));
    for (std::vector<double>* values : {&f, &residuals}) ranks().gather(*values, samples.division(), outputs);
    Json fit = {{"r_squared", nullptr}, {"correct_classes", nullptr}, {"accuracy", nullptr}};
    if (report.loss.of_differences()) fit["r_squared"] = r_squared(samples, residuals, report);
    const bool classes = report.targets.size() == 1 && !report.targets[0].classes.empty();
    if (classes) add_accuracy(samples, f, report, fit);
    return fit;
}

std::string fit_text(const Json& fit, const Report& report) {
    if (!fit["accuracy"].is_null())
        return wrapped("  Fit       ", fit["correct_classes"].dump() + " of " +
                                           counted(report.samples, "sample") +
                                           " in the right class (accuracy " +
                                           with_decimals(real_of(fit["accuracy"]), 4) + ")");
    if (fit["r_squared"].is_null()) return "";
    std::string text = "R^2 ";
    for (std::size_t o = 0; o < report.outputs.size(); ++o)
        text += (o ? ", " : "") + with_decimals(real_of(fit["r_squared"][o]), 4) +
                (report.outputs.size() > 1 ? " of " + report.outputs[o] : "");
    return wrapped("  Fit       ", text);
}

Json unjudged_json(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                   const std::string& reason) {
    const auto count = std::size_t(tepui_network_parameter_count(network));
    std::vector<double> gradient(count), magnitude(count);
    double loss = 0.0, norm = 0.0, relative = 0.0, tolerance = 0.0;
    require(context, tepui_gradient(context, dataset, network, &loss, gradient.data(), magnitude.data()));
    require(context, tepui_context_get_real(context, TEPUI_OPTION_STATIONARITY, &tolerance));
    for (std::size_t p = 0; p < count; ++p) {
        norm = std::hypot(norm, gradient[p]);
        if (gradient[p] != 0.0) relative = std::max(relative, std::fabs(gradient[p]) / magnitude[p]);
    }
    const Weights weights = weights_of(network);
    Json json = {{"loss", loss},
                 {"verdict", nullptr},
                 {"reason", reason},
                 {"stationary", relative <= tolerance},
                 {"gradient_norm", norm},
                 {"gradient_relative", relative},
                 {"stationarity_tolerance", tolerance},
                 {"W", rows(weights.w, weights.inputs)}};
    json["a"] = weights.outputs == 1 ? Json(weights.a) : rows(weights.a, weights.outputs);
    if (!weights.b.empty()) json["b"] = weights.b;
    if (!weights.c.empty()) json["C"] = rows(weights.c, weights.inputs);
    return json;
}

std::string unjudged_text(const Json& point) {
    return wrapped("  Verdict   ", "none: " + text_of(point["reason"])) + gradient_text(point);
}

}  // namespace tepui::cli
