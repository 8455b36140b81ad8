// What is done to the table before the network sees it.
#pragma once
#include <string>
#include <vector>

#include "cli/data/samples.hpp"

namespace tepui::cli {

// value seen by the network = (value in the table - mean) / scale
struct Scaling {
    double mean = 0.0;
    double scale = 1.0;
};

struct Preprocessing {
    bool standardized = false;
    std::vector<Scaling> features;
    Scaling target;
    std::vector<std::string> dropped;  // constant columns left out
    std::vector<CategoricalColumn> categorical;
    std::int64_t missing_rows = 0;  // left out
    std::int64_t comment_lines = 0;
    double target_variation = 0.0;  // sum_k s_k (y_k - mean y)^2, as the network sees y: R^2 = 1 - 2 L / this
};

// Changes the samples in place. A feature that is constant is left out where it repeats the bias or would be
// zero, as it would make every inner Hessian singular; warnings say so.
Preprocessing preprocess(Samples& samples, const DataOptions& options, bool bias,
                         std::vector<std::string>& warnings);

}  // namespace tepui::cli
