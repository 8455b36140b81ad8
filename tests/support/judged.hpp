// What the library says of a small problem, through its public functions, and whether the ways down that it
// reports fall in 60-digit arithmetic at the doubles given.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "network/data/dataset.hpp"
#include "network/model/network.hpp"
#include "tepui/tepui.h"

namespace tepui::test {

struct SmallProblem {
    Size samples = 0, features = 0;
    bool bias = false;
    std::vector<double> x, targets, weights;  // weights empty: all 1
    Network network{Activation(ActivationKind::tanh), 0, 1};
    LossScaling scaling = LossScaling::sum;
    std::string text;  // for messages

    Dataset dataset() const {  // borrows: this object must stay
        return Dataset({samples, features, x.data(), features, targets.data(),
                        weights.empty() ? nullptr : weights.data()},
                       false, bias, scaling);
    }
};

// A reported way down: from the network it speaks about to where it leads.
struct WayDown {
    Size width = 0;
    std::vector<double> from, to;
    double measured = 0.0, error = 0.0;
};
// In 60 digits: does the loss fall, and is the measurement right within its error bound?
struct WayChecked {
    bool falls = false, within_error = false;
    double change = 0.0;
};
WayChecked check_way(const SmallProblem& problem, const WayDown& way);

struct Judged {
    tepui_verdict verdict = 0;
    std::string rule;
    bool strict = false, global = false;
    int64_t index = -1, nullity = -1;  // -1: unknown
    double gradient_relative = 0.0;
    std::optional<WayDown> way;
    // What is known of both: least and most.
    int64_t index_bounds[2] = {0, INT64_MAX}, nullity_bounds[2] = {0, INT64_MAX};
    // Whether what is said of index and nullity, known or not, is right.
    bool counts_right(int64_t negative, int64_t zero) const;
    std::string text() const;
};

struct JudgedNeuron {
    tepui_plateau_type plateau = 0;
    tepui_gamma_region minima = 0, saddles = 0;
    std::string rule;
    std::optional<WayDown> way;
};

struct JudgeOptions {
    double reduce_weights = 0.0;  // 0: the default
    double stationarity = 0.0;
};

// Throws std::runtime_error with the library's sentence when a call fails.
class Judge {
  public:
    explicit Judge(const SmallProblem& problem, const JudgeOptions& options = {});
    ~Judge();

    Judged network() const;             // tepui_classify_network
    Judged point() const;               // tepui_analyze
    Size neurons() const;               // 0 where the point is not stationary
    JudgedNeuron neuron(Size i) const;  // of tepui_analyze
    Judged split(Size i, const std::vector<double>& gamma) const;
    Judged directional() const;

  private:
    const tepui_analysis* analysis() const;

    struct Handles;
    std::unique_ptr<Handles> handles_;
};

}  // namespace tepui::test
