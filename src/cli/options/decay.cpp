#include "cli/options/decay.hpp"

#include <cmath>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

[[noreturn]] void refuse(const std::string& text) {
    throw UserError("--decay " + text +
                    ": a number of at least 0, nnet:DECAY or scikit-learn:ALPHA is expected");
}

// nnet sums squares and entropies without the 1/2 that its penalty lacks, too: twice L for squares.
double nnet_factor(const std::string& text, const LossChoice& loss) {
    if (loss.kind == LossKind::squared) return 1.0;
    if (loss.of_classes()) return 2.0;
    throw UserError("--decay " + text + ": nnet has no --loss " + loss_text(loss) +
                    "; give the lambda of 1/2 lambda |theta|^2 itself");
}

Decay decay_of_all(const std::string& text, const LossChoice& loss) {
    if (text.empty()) return {};
    const std::size_t colon = text.find(':');
    const std::string convention = colon == std::string::npos ? "" : text.substr(0, colon);
    const std::optional<double> number =
        parse_number(colon == std::string::npos ? text : text.substr(colon + 1));
    if (!number || !std::isfinite(*number) || *number < 0.0) refuse(text);
    if (convention == "nnet") {
        const double lambda = nnet_factor(text, loss) * *number;
        return {lambda, lambda, lambda, lambda};
    }
    if (colon != std::string::npos && convention != "scikit-learn") refuse(text);
    return {*number, *number, *number, 0.0};
}

}  // namespace

Decay decay_of(const DecayOptions& options, const LossChoice& loss) {
    Decay decay = decay_of_all(options.all, loss);
    decay.w = options.w.value_or(decay.w);
    decay.a = options.a.value_or(decay.a);
    decay.c = options.c.value_or(decay.c);
    decay.biases = options.biases.value_or(decay.biases);
    return decay;
}

}  // namespace tepui::cli
