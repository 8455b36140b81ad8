// Has a point classified, with what was asked about it.
#pragma once
#include <functional>

#include "cli/options/split_text.hpp"
#include "cli/report/report.hpp"
#include "cli/report/timings.hpp"
#include "cli/support/handles.hpp"

namespace tepui::cli {

// Splits to judge: each gamma of the given neuron (from 0), or of every neuron when it is -1; those of the
// list all at once.
struct SplitRequest {
    std::vector<std::vector<double>> gammas;
    std::int64_t neuron = -1;
    std::vector<AskedSplit> at_once;

    bool asks_for(std::int64_t i) const { return neuron < 0 || neuron == i; }
};

struct PointRequest {
    SplitRequest splits;
    bool relu_like = false;  // the activation
    bool certify = false;
    bool ways = false;  // keep where the ways down lead
    bool decayed = false;
};

// Hessian, neurons and splits are those of the reduced network, in the space that the inputs span; `asked`
// numbers the given neurons.
Point analyse_point(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                    const PointRequest& asked, Timings& timings);

// A point's report with its number, from 1, and how many starts ended there; 0: not from a search.
Json numbered(Json point, std::size_t number, std::int64_t starts);

// The neuron of the reduced network that a given neuron, named by this option, is part of. Refuses those that
// add nothing.
std::int64_t distinct_neuron(const Json& whole, const std::string& option, std::int64_t neuron);

// Arrays of splits as the library takes them.
struct SplitArrays {
    std::vector<std::int64_t> neurons, offsets{0};
    std::vector<double> gammas;

    void add(std::int64_t neuron, const std::vector<double>& gamma);
    std::int64_t count() const { return std::int64_t(neurons.size()); }
};

// ---- Steps ----

// Splits asked for by the numbers of given neurons, as splits of the reduced network's.
SplitRequest of_distinct_neurons(const Json& whole, const SplitRequest& asked);
// Throws UserError where what is asked for needs a smooth activation.
void require_no_smoothness(const PointRequest& asked);
// Of networks that are not plain; where the library has no verdict on one and no split is asked for, what can
// be said without.
Point judge_model(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                  const PointRequest& asked, Timings& timings);
Point judge_directional(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                        const PointRequest& asked, Timings& timings);
// Of ReLU-like networks that are not plain.
Point judge_kinked_model(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                         const PointRequest& asked, Timings& timings);
// Adds where the way down of this report leads to the point, if it is asked for and can be told in the given
// inputs. witness: null where there is none.
void keep_way(tepui_context* context, const PointRequest& asked, const tepui_witness* witness,
              const Json& report, const std::string& stem, Point& point);
// Adds a member before W, a, b and C, which stand last.
void add_before_parameters(Json& point, const char* name, Json value);

// Throws UserError when the library was built without certificates.
void require_certificates(tepui_context* context);
// Certifies the point, and the splits asked for. whole: what is said of the network as a whole when the
// verdict is on its distinct neurons; null: it is on the network as given. What the library does not cover
// becomes the reason of a failed certificate.
using MakeCertificate = std::function<tepui_status(tepui_certificate**)>;
Json certify_point(tepui_context* context, const MakeCertificate& make, const Json* whole,
                   const SplitRequest& splits);
Json uncertified_json(const std::string& reason, bool reduced);

}  // namespace tepui::cli
