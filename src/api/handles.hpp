// What stands behind the public handles. Each is immutable once made, so any number of threads may read it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "certify/certificate.hpp"
#include "classification/any_network/any_network.hpp"
#include "classification/point/analysis.hpp"
#include "network/dataset.hpp"
#include "network/network.hpp"
#include "network/unit_scale.hpp"
#include "solve/solve.hpp"
#include "tepui/tepui.h"

struct tepui_activation {
    tepui::Activation value;
    std::string name;
};

// Points, verdicts and splits are found and judged at unit scale (network/unit_scale.hpp), and parameters,
// losses and ways down are given back in the caller's: `unit` and what is made of it are at unit scale.
struct tepui_dataset {
    explicit tepui_dataset(tepui::Dataset value_) : value(std::move(value_)) {}

    tepui::Dataset value;
    const tepui::Dataset& unit() const;     // the caller's own where it is at unit scale
    const tepui::UnitScale& scale() const;  // measured when first asked for

  private:
    void measure() const;
    mutable std::once_flag measured_;
    mutable tepui::UnitScale scale_;
    mutable std::optional<tepui::Dataset> unit_;
};

struct tepui_network {
    tepui::Network value;
};

// Points into the object it came from, or at its own copy in the caller's scale.
struct tepui_witness {
    const tepui::Witness* value = nullptr;
    std::shared_ptr<const tepui::Witness> given = nullptr;
};

struct tepui_analysis {
    const tepui::Dataset* data;  // the caller's at unit scale: witnesses of splits are measured on it
    tepui::Analysis value;       // at unit scale
    tepui::UnitScale scale;
    tepui_witness witness = {};               // of the point; empty when it is no saddle
    std::vector<tepui_witness> escapes = {};  // of each neuron; empty where there is none
    tepui::PhaseTimes times = {};
    bool projected = false;  // the data are those of the caller in rounded coordinates of the input space
};

struct tepui_split_verdict {
    tepui::SplitReport value;
    tepui_witness witness;
};

struct tepui_network_verdict {
    tepui::NetworkReport value;  // without the narrow analysis, which the handle below holds
    tepui::UnitScale scale;
    tepui_network narrow;   // in the inputs of the given network
    tepui_witness witness;  // empty when the point is no saddle
    std::unique_ptr<tepui_analysis> narrow_analysis;
};

struct tepui_certificate {
    tepui::Certificate value;
};

struct tepui_solution {
    tepui::SolveResult value;            // without the networks, which the handles below hold
    std::vector<tepui_network> points;   // of the distinct points
    std::vector<tepui_network> endings;  // of the starts
};

struct tepui_reduction {
    tepui_network narrow;
    // Of each neuron of the wide network, as the public header describes them.
    std::vector<tepui_neuron_role> roles;
    std::vector<std::int64_t> groups;
    std::vector<std::int32_t> signs;
    std::vector<double> coefficients;
    std::vector<double> free_weights;  // [M][d]
    std::int64_t cancelled_groups = 0;
    double weight_spread = 0.0;
    double output_spread = 0.0;
};

namespace tepui::api {

// Throws Error(invalid_size) unless both have the same number of inputs.
void require_same_inputs(const tepui_dataset& dataset, const tepui_network& network);
// Both there, and of one number of inputs.
void require_pair(const tepui_dataset* dataset, const tepui_network* network);

// Throws Error(not_stationary) unless the analysed point is stationary.
void require_stationary(const tepui_analysis& analysis);

// The network at the data set's unit scale.
Network at_unit_scale(const tepui_network& network, const tepui_dataset& dataset);
// The witness in the caller's scale; empty where there is none.
tepui_witness given_witness(const std::optional<Witness>& witness, const UnitScale& scale);

// Points the handles of the analysis' witnesses at them.
void refer_to_witnesses(tepui_analysis& analysis);

}  // namespace tepui::api
