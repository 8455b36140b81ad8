// The network, its loss and where its weights come from, for people.
#include "cli/report/report.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"

namespace tepui::cli {
namespace {

std::string loss_phrase(const Report& report) {
    const std::string samples = report.weight_column.empty() ? "" : "weighted ";
    switch (report.loss.kind) {
        case LossKind::squared:
            return "1/2 sum of " + samples + "squared residuals";
        case LossKind::logistic:
            return samples + "sum of log(1 + e^f) - y f (logistic)";
        case LossKind::softmax:
            return samples + "sum of log(sum_o e^f_o) - y . f (softmax)";
        case LossKind::poisson:
            return samples + "sum of e^f - y f + y log y - y (Poisson)";
        case LossKind::pseudo_huber:
            return samples + "sum of pseudo-Huber losses of delta " + significant(report.loss.delta, 6);
        default:
            return "";  // --loss has no others
    }
}

std::string decay_phrase(const Report& report) {
    if (!report.decay.any()) return "";
    std::string text;
    const auto add = [&](const char* of_what, double lambda) {
        if (lambda > 0.0) text += (text.empty() ? "" : ", ") + significant(lambda, 6) + " for " + of_what;
    };
    add("W", report.decay.w);
    add("a", report.decay.a);
    if (report.skip) add("C", report.decay.c);
    add("biases", report.decay.biases);
    return ", and weight decay 1/2 lambda |theta|^2 with lambda " + text;
}

}  // namespace

std::string model_text(const Report& report) {
    std::string text = "f(x) = sum_i a_i " + report.activation + "(w_i . x)";
    if (report.output_bias) text += " + b";
    if (report.skip) text += " + C x";
    text += ": " + counted(report.width, "neuron") + ", " + counted(report.inputs, "input") +
            (report.bias ? " (the last is the bias)" : " (no bias)") + ", ";
    if (report.output_count() > 1) text += counted(report.output_count(), "output") + ", ";
    text += counted(report.parameter_count(), "parameter") + "; loss L = " + loss_phrase(report) +
            decay_phrase(report);
    return wrapped("Network     ", text);
}

std::string weights_text(const std::vector<std::string>& files) {
    if (files.size() == 1) return "from " + files[0];
    std::string text = "W from " + files[0] + ", a from " + files[1];
    for (std::size_t l = 2; l < files.size(); ++l) text += ", " + files[l];
    return text;
}

}  // namespace tepui::cli
