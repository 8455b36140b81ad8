#include "cli/options/loss_choice.hpp"

#include <cmath>
#include <utility>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

constexpr std::pair<const char*, LossName> names[] = {{"squared", LossName::squared},
                                                      {"logistic", LossName::logistic},
                                                      {"softmax", LossName::softmax},
                                                      {"poisson", LossName::poisson},
                                                      {"pseudo-huber", LossName::pseudo_huber}};

}  // namespace

LossChoice parse_loss(const std::string& text) {
    const std::size_t colon = text.find(':');
    LossChoice loss;
    bool known = false;
    for (const auto& [name, value] : names) {
        if (text.substr(0, colon) != name) continue;
        loss.name = value;
        known = true;
    }
    if (known && colon != std::string::npos) {
        const std::optional<double> delta = parse_number(text.substr(colon + 1));
        known = loss.name == LossName::pseudo_huber && delta && std::isfinite(*delta) && *delta > 0.0;
        if (known) loss.delta = *delta;
    }
    if (!known)
        throw UserError("--loss " + text +
                        ": squared, logistic, softmax, poisson, pseudo-huber or pseudo-huber:DELTA, with a "
                        "number above 0 for DELTA, is expected");
    return loss;
}

std::string loss_text(const LossChoice& loss) {
    std::string text;
    for (const auto& [name, value] : names)
        if (value == loss.name) text = name;
    return loss.name == LossName::pseudo_huber ? text + ":" + shortest(loss.delta) : text;
}

}  // namespace tepui::cli
