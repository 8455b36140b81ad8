// The loss, as --loss names it, and what it asks of the targets.
#pragma once
#include <string>

#include "vocabulary/losses.hpp"

namespace tepui::cli {

struct LossChoice {
    LossKind kind = LossKind::squared;
    double delta = 1.0;  // of pseudo-Huber, in units of the targets as the network sees them

    // It measures how far outputs are from targets: units and origin of the targets are free.
    bool of_differences() const { return kind == LossKind::squared || kind == LossKind::pseudo_huber; }
    // Targets may be labels of classes.
    bool of_classes() const { return kind == LossKind::logistic || kind == LossKind::softmax; }
};

// "squared", "logistic", "softmax", "poisson", "pseudo_huber" or "pseudo_huber:DELTA". Throws UserError.
LossChoice parse_loss(const std::string& text);
// The text that gives it.
std::string loss_text(const LossChoice& loss);

}  // namespace tepui::cli
