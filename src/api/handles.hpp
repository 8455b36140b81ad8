// What stands behind the public handles. Any number of threads may read them; what models.h gives a new data
// set or network comes before.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "certify/certificate.hpp"
#include "classification/any_network/any_network.hpp"
#include "classification/model/model.hpp"
#include "classification/point/analysis.hpp"
#include "network/data/dataset.hpp"
#include "network/data/unit_scale.hpp"
#include "network/model/network.hpp"
#include "report/builders.hpp"
#include "solve/solve.hpp"
#include "tepui/tepui.h"

struct tepui_activation {
    tepui::Activation value;
    std::string name;
};

// Points, verdicts and splits are found and judged at unit scale (network/data/unit_scale.hpp), and
// parameters, losses and ways down are given back in the caller's: `unit` and what is made of it are at unit
// scale.
struct tepui_dataset {
    explicit tepui_dataset(tepui::Dataset value_) : value(std::move(value_)) {}

    tepui::Dataset value;
    std::shared_ptr<const tepui::Loss> loss;  // kept where it is not one that lasts
    // Before the data set is used.
    template <class Change>
    void change(Change&& change) {
        const std::lock_guard lock(measuring_);
        change(value);
        measured_ = false;
        unit_.reset();
    }
    const tepui::Dataset& unit() const;     // the caller's own where it is at unit scale
    const tepui::UnitScale& scale() const;  // measured when first asked for

  private:
    void measure() const;
    mutable std::mutex measuring_;
    mutable bool measured_ = false;
    mutable tepui::UnitScale scale_;
    mutable std::optional<tepui::Dataset> unit_;
};

struct tepui_network {
    tepui::Network value;
};

namespace tepui::api {

// A report, built when it is first asked for. Handles move only before anybody has them.
class CachedReport {
  public:
    CachedReport() = default;
    CachedReport(const CachedReport&) noexcept {}
    CachedReport& operator=(const CachedReport&) noexcept { return *this; }

    template <class Build>
    const tepui_report* get(Build&& build) const {
        const std::lock_guard lock(mutex_);
        if (!report_) report_ = std::make_unique<const tepui_report>(build());
        return report_.get();
    }

  private:
    mutable std::mutex mutex_;
    mutable std::unique_ptr<const tepui_report> report_;
};

// What tepui_..._report does: build(handle) when it is first asked for.
template <class Handle, class Build>
tepui_status report_of(tepui_context* context, const Handle* handle, const char* name,
                       const tepui_report** report, Build&& build) {
    return guarded(context, [&] {
        require_pointer(handle, name);
        require_pointer(report, "report");
        *report = handle->report.get([&] { return build(*handle); });
    });
}

}  // namespace tepui::api

// Points into the object it came from, or at its own copy in the caller's scale.
struct tepui_witness {
    const tepui::Witness* value = nullptr;
    std::shared_ptr<const tepui::Witness> given = nullptr;
    tepui::Telling telling = {};
    std::vector<tepui::NeuronSplit> splits = {};  // of the analysed network, on the way
    tepui::api::CachedReport report = {};
};

struct tepui_analysis {
    const tepui::Dataset* data;  // the caller's at unit scale: witnesses of splits are measured on it
    tepui::Analysis value;       // at unit scale
    tepui::Telling telling;
    tepui_witness witness = {};               // of the point; empty when it is no saddle
    std::vector<tepui_witness> escapes = {};  // of each neuron; empty where there is none
    tepui::PhaseTimes times = {};
    bool projected = false;  // the data are those of the caller in rounded coordinates of the input space
    tepui::api::CachedReport report = {}, timings = {};
};

struct tepui_split_verdict {
    tepui::SplitReport value;
    std::vector<tepui::NeuronSplit> splits;                 // that it is on
    std::optional<std::vector<tepui::SplitVerdict>> parts;  // what each alone would give; none: of one split
    tepui::Telling telling;
    tepui_witness witness = {};
    tepui::api::CachedReport report = {};
};

struct tepui_network_verdict {
    std::shared_ptr<const tepui::Whole> value;
    tepui_network narrow;        // in the inputs of the given network
    tepui_witness witness = {};  // empty when the point is no saddle
    std::unique_ptr<tepui_analysis> narrow_analysis = nullptr;
    tepui::api::CachedReport report = {};
};

struct tepui_layer {
    std::shared_ptr<const tepui::LayerReport> value;
    tepui::api::CachedReport report = {};
};

struct tepui_model_verdict {
    tepui::ModelReport value;
    tepui_layer layer;
    tepui_network narrow;
    tepui_witness witness = {};
    tepui::api::CachedReport report = {};
};

struct tepui_certificate {
    tepui::Certificate value;
    bool narrow = false;  // of the distinct neurons of a network that was reduced
    tepui::api::CachedReport report = {};
};

struct tepui_solution {
    tepui::SolveResult value;            // without the networks, which the handles below hold
    std::vector<tepui_network> points;   // of the distinct points
    std::vector<tepui_network> endings;  // of the starts
    tepui::api::CachedReport report = {};
};

struct tepui_reduction {
    tepui::Reduction value;  // without the network, which the handle below holds
    tepui_network narrow;
    // Of each neuron of the wide network, as the public header describes them.
    std::vector<tepui_neuron_role> roles = {};
    std::vector<std::int64_t> groups = {};
    std::vector<std::int32_t> signs = {};
    std::vector<double> coefficients = {};
    std::vector<double> outputs = {};  // [neurons][outputs]
    tepui::api::CachedReport report = {};
};

namespace tepui::api {

// Throws Error(invalid_size) where a data set cannot be the one that the verdict is on.
void require_data_of(const ModelReport& verdict, const Dataset& data);
// Throws Error(unsupported) unless it has one output and the squared loss without decay.
void require_plain(const tepui_dataset& dataset);
// Throws Error(unsupported) unless it has one output, no output bias, no skip connections and one activation.
void require_plain(const tepui_network& network);
// Both there, plain, and of one number of inputs.
void require_plain_pair(const tepui_dataset* dataset, const tepui_network* network);
// The same for functions that output biases and skip connections are nothing to, those of MATH.md sections 3
// to 8.
void require_one_output(const tepui_dataset& dataset);
void require_one_output(const tepui_network& network);
// Of networks whose neurons are compared by their weights.
void require_one_activation(const tepui_network& network);
void require_one_output_pair(const tepui_dataset* dataset, const tepui_network* network);
// Both there, and of one number of inputs and of outputs, whatever the model.
void require_pair(const tepui_dataset* dataset, const tepui_network* network);

// Throws Error(not_stationary) unless the analysed point is stationary.
void require_stationary(const tepui_analysis& analysis);

// Those of the handles.
std::vector<const Network*> networks_of(const std::vector<tepui_network>& handles);
// The network at the data set's unit scale.
Network at_unit_scale(const tepui_network& network, const tepui_dataset& dataset);
// The witness in the caller's scale; empty where there is none. splits: of the analysed network, on the way.
tepui_witness given_witness(const std::optional<Witness>& witness, const Telling& telling,
                            const std::vector<NeuronSplit>& splits = {});
// Null where there is none.
inline const tepui_witness* shown(const tepui_witness& witness) {
    return witness.value == nullptr ? nullptr : &witness;
}

// A verdict on these splits, with its witness.
std::unique_ptr<tepui_split_verdict> made(SplitReport&& report, std::vector<NeuronSplit> splits,
                                          const tepui_analysis& analysis);

// Points the handles of the analysis' witnesses at them.
void refer_to_witnesses(tepui_analysis& analysis);

}  // namespace tepui::api
