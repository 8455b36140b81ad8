// What is done to the table before the network sees it.
#pragma once
#include <string>
#include <vector>

#include "cli/data/samples.hpp"

namespace tepui::cli {

struct Preprocessing {
    bool standardized = false;
    std::vector<Scaling> features;
    std::vector<Scaling> targets;  // one for every output
    bool targets_standardized = false;
    std::vector<std::string> dropped;  // constant columns left out
    std::vector<CategoricalColumn> categorical;
    std::int64_t missing_rows = 0;  // left out
    std::int64_t comment_lines = 0;
    // Of every output, sum_k s_k (y_k - mean y)^2, as the network sees y: R^2 is 1 minus the sum of squared
    // residuals over this.
    std::vector<double> variations;

    double variation() const;  // of all outputs
};

// Changes the samples. Inputs in a file that the network is to see otherwise are copied up to 1 GiB, or as
// many bytes as TEPUI_COPIED_BYTES says; more are read from there whenever they are asked for. Targets are
// standardised where the loss measures differences, and left alone where they are classes, probabilities or
// counts. A feature that is constant is left out where it repeats the bias or would be zero, as it would make
// every inner Hessian singular; warnings say so.
Preprocessing preprocess(Samples& samples, const DataOptions& options, bool standardize, bool bias,
                         std::vector<std::string>& warnings);

}  // namespace tepui::cli
