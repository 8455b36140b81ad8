#include "cli/options/loss_choice.hpp"

#include <algorithm>
#include <cmath>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {

LossChoice parse_loss(const std::string& text) {
    const std::size_t colon = text.find(':');
    std::string name = text.substr(0, colon);
    std::replace(name.begin(), name.end(), '-', '_');
    const std::optional<LossKind> kind = value_named<LossKind>(name);
    LossChoice loss;
    bool good = kind && *kind != LossKind::custom;
    if (good) loss.kind = *kind;
    if (good && colon != std::string::npos) {
        const std::optional<double> delta = parse_number(text.substr(colon + 1));
        good = loss.kind == LossKind::pseudo_huber && delta && std::isfinite(*delta) && *delta > 0.0;
        if (good) loss.delta = *delta;
    }
    if (!good)
        throw UserError("--loss " + text +
                        ": squared, logistic, softmax, poisson, pseudo_huber or pseudo_huber:DELTA, with a "
                        "number above 0 for DELTA, is expected");
    return loss;
}

std::string loss_text(const LossChoice& loss) {
    const std::string name = name_of(loss.kind);
    return loss.kind == LossKind::pseudo_huber ? name + ":" + shortest(loss.delta) : name;
}

}  // namespace tepui::cli
