#include "cli/report/point.hpp"
#include "cli/support/user_error.hpp"
#include "vocabulary/verdicts.hpp"

namespace tepui::cli {
namespace {

using CertificateHandle = std::unique_ptr<tepui_certificate, Destroyer<tepui_certificate_destroy>>;

// Adds the proven verdict on splits of these neurons to the report.
class Prover {
  public:
    Prover(tepui_context* context, const tepui_certificate* certificate, Json& report)
        : context_(context), certificate_(certificate), report_(report) {}

    void prove(const std::string& what, const std::vector<AskedSplit>& splits) {
        SplitArrays arrays;
        Json gammas = Json::array();
        for (const AskedSplit& split : splits) {
            arrays.add(split.neuron, split.gamma);
            gammas.push_back(split.gamma);
        }
        tepui_verdict verdict = 0;
        require(context_,
                tepui_certificate_splits(context_, certificate_, arrays.count(), arrays.neurons.data(),
                                         arrays.offsets.data(), arrays.gammas.data(), &verdict));
        report_["splits"].push_back({{"what", what},
                                     {"neurons", arrays.neurons},
                                     {"gammas", std::move(gammas)},
                                     {"verdict", name_of(Verdict{verdict})}});
    }

    // The given network is the narrow one with these splits, unless some neurons add nothing.
    void prove_reduced(const Json& whole) {
        std::vector<AskedSplit> splits;
        for (std::size_t i = 0; i < whole["groups"].size(); ++i) {
            const Json& group = whole["groups"][i];
            if (group.value("kind", Json("parent")) != "parent") return;
            if (group["gamma"].size() > 1) splits.push_back({std::int64_t(i), group["gamma"]});
        }
        if (!splits.empty())
            prove("the network as given, to the tolerance of its reduction these splits of the narrow one",
                  splits);
    }

    void prove_asked(const SplitRequest& asked, const std::string& neuron) {
        for (std::int64_t i = 0; i < std::int64_t(report_["neurons"].size()); ++i) {
            if (!asked.asks_for(i)) continue;
            for (const std::vector<double>& gamma : asked.gammas)
                prove(neuron + std::to_string(i) + " split", {{i, gamma}});
        }
        if (!asked.at_once.empty()) prove("split at once", asked.at_once);
    }

  private:
    tepui_context* context_;
    const tepui_certificate* certificate_;
    Json& report_;
};

}  // namespace

void require_certificates(tepui_context* context) {
    const char* backend = nullptr;
    require(context, tepui_info(context, TEPUI_INFO_CERTIFICATES, &backend));
    if (*backend == '\0') throw UserError("--certify: this tepui was built without MPFR and cannot certify");
}

Json uncertified_json(const std::string& reason, bool reduced) {
    return {{"complete", false},         {"about", reduced ? "narrow_network" : "network"},
            {"failed_step", "claim"},    {"failed_neuron", nullptr},
            {"reason", reason},          {"stationary", false},
            {"verdict", "undetermined"}, {"statement", ""},
            {"neurons", Json::array()},  {"splits", Json::array()}};
}

Json certify_point(tepui_context* context, const MakeCertificate& make, const Json* whole,
                   const SplitRequest& splits) {
    tepui_certificate* raw = nullptr;
    const tepui_status status = make(&raw);
    if (status == TEPUI_ERROR_UNSUPPORTED)
        return uncertified_json(tepui_context_message(context), whole != nullptr);
    require(context, status);
    const CertificateHandle certificate(raw);
    Json report = told(context, tepui_certificate_report, raw);
    report["splits"] = Json::array();
    if (report["neurons"].empty()) return report;
    Prover prover(context, raw, report);
    if (whole) prover.prove_reduced(*whole);
    prover.prove_asked(splits, whole ? "distinct neuron " : "neuron ");
    return report;
}

}  // namespace tepui::cli
