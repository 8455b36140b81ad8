// What the library says of a point of a ReLU-like network (MATH.md section 9).
#pragma once
#include <tepui/tepui.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "cli/report/witness_report.hpp"

namespace tepui::cli {

struct DirectionalSplitReport {
    std::vector<double> gamma;
    tepui_verdict verdict = 0;
    tepui_embedding_rule rule = 0;
    std::int64_t deciding_neuron = -1;  // of the wide network
    std::optional<WitnessReport> witness;
};

struct DirectionalNeuronReport {
    double output_weight = 0.0;
    double psi = 0.0, psi_tolerance = 0.0;
    std::int64_t kinks = 0, merged_kinks = 0;
    bool identically_zero = false, escape = false;
    tepui_answer answer = 0;
    tepui_sign_method method = 0;
    tepui_sign_reason reason = 0;
    double defect = 0.0, defect_tolerance = 0.0, margin = 0.0;
    double derivative = 0.0;  // along the direction, which is empty where none tells
    std::vector<double> direction;
    tepui_plateau_type plateau = 0;
    tepui_gamma_region stationary = 0, minima = 0, saddles = 0;
    std::vector<DirectionalSplitReport> splits;  // those asked for
};

struct DirectionalReport {
    tepui_directional_rule rule = 0;
    std::int64_t deciding_neuron = -1;
    double stationarity_tolerance = 0.0, kink_tolerance = 0.0;
    std::vector<DirectionalNeuronReport> neurons;
};

}  // namespace tepui::cli
