#include "cli/report/collect_certificate.hpp"

#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

using CertificateHandle = std::unique_ptr<tepui_certificate, Destroyer<tepui_certificate_destroy>>;

void describe_box(tepui_context* context, const tepui_certificate* certificate, CertificateReport& report) {
    const std::int64_t count = tepui_certificate_parameter_count(certificate);
    report.lower.resize(std::size_t(count));
    report.upper.resize(std::size_t(count));
    require(context, tepui_certificate_box(context, certificate, report.lower.data(), report.upper.data()));
    for (std::int64_t j = 0; j < count; ++j)
        report.parameters.push_back(tepui_certificate_parameter(certificate, j));
    require(context, tepui_certificate_loss(context, certificate, &report.loss[0], &report.loss[1]));
    SpectrumProofReport& hessian = report.hessian;
    require(context,
            tepui_certificate_hessian(context, certificate, hessian.counts.data(), hessian.smallest.data(),
                                      hessian.largest.data(), &hessian.weakest));
}

NeuronProofReport describe_neuron(tepui_context* context, const tepui_certificate* certificate,
                                  std::int64_t neuron) {
    NeuronProofReport report;
    std::int32_t complete = 0;
    const char* statement = nullptr;
    require(context, tepui_certificate_neuron(context, certificate, neuron, &complete, &report.minima,
                                              &report.saddles, &statement));
    report.complete = complete != 0;
    report.statement = statement;
    SpectrumProofReport& inner = report.inner;
    require(context,
            tepui_certificate_inner_hessian(context, certificate, neuron, inner.counts.data(),
                                            inner.smallest.data(), inner.largest.data(), &inner.weakest));
    return report;
}

CertificateReport describe(tepui_context* context, const tepui_certificate* certificate) {
    CertificateReport report;
    report.complete = tepui_certificate_is_complete(certificate) != 0;
    report.failed_step = tepui_certificate_failed_step(certificate);
    report.failed_neuron = tepui_certificate_failed_neuron(certificate);
    report.reason = tepui_certificate_reason(certificate);
    report.stationary = tepui_certificate_is_stationary(certificate) != 0;
    report.verdict = tepui_certificate_verdict(certificate);
    report.morse_index = tepui_certificate_morse_index(certificate);
    report.statement = tepui_certificate_statement(certificate);
    report.distance = tepui_certificate_distance(certificate);
    require(context, tepui_certificate_newton(context, certificate, &report.newton_step,
                                              &report.newton_radius, &report.contraction, &report.precision));
    if (report.stationary) describe_box(context, certificate, report);
    for (std::int64_t i = 0; i < tepui_certificate_neurons(certificate); ++i)
        report.neurons.push_back(describe_neuron(context, certificate, i));
    return report;
}

void prove_splits(tepui_context* context, const tepui_certificate* certificate, SplitProofReport split,
                  CertificateReport& report) {
    std::vector<std::int64_t> offsets{0};
    std::vector<double> gammas;
    for (const std::vector<double>& gamma : split.gammas) {
        gammas.insert(gammas.end(), gamma.begin(), gamma.end());
        offsets.push_back(std::int64_t(gammas.size()));
    }
    require(context,
            tepui_certificate_splits(context, certificate, std::int64_t(split.neurons.size()),
                                     split.neurons.data(), offsets.data(), gammas.data(), &split.verdict));
    report.splits.push_back(std::move(split));
}

void prove_asked(tepui_context* context, const tepui_certificate* certificate, const SplitRequest& asked,
                 const WholeReport* whole, CertificateReport& report) {
    for (std::size_t i = 0; i < report.neurons.size(); ++i) {
        if (asked.neuron >= 0 && asked.neuron != std::int64_t(i)) continue;
        for (const std::vector<double>& gamma : asked.gammas)
            prove_splits(context, certificate,
                         {(whole ? "distinct neuron " : "neuron ") + std::to_string(i) + " split",
                          {std::int64_t(i)},
                          {gamma},
                          0},
                         report);
    }
    if (asked.at_once.empty()) return;
    SplitProofReport joint{"split at once", {}, {}, 0};
    for (const AskedSplit& split : asked.at_once) {
        joint.neurons.push_back(split.neuron);
        joint.gammas.push_back(split.gamma);
    }
    prove_splits(context, certificate, std::move(joint), report);
}

// The given network is the narrow one with these splits, unless some neurons add nothing.
void prove_reduced(tepui_context* context, const tepui_certificate* certificate, const WholeReport& whole,
                   CertificateReport& report) {
    SplitProofReport split{
        "the network as given, to the tolerance of its reduction these splits of the narrow one", {}, {}, 0};
    for (std::size_t i = 0; i < whole.groups.size(); ++i) {
        const GroupReport& group = whole.groups[i];
        if (group.kind != TEPUI_GROUP_PARENT) return;
        if (group.coefficients.size() < 2) continue;
        split.neurons.push_back(std::int64_t(i));
        split.gammas.push_back(group.coefficients);
    }
    if (!split.neurons.empty()) prove_splits(context, certificate, std::move(split), report);
}

}  // namespace

void require_certificates(tepui_context* context) {
    const char* backend = nullptr;
    require(context, tepui_info(context, TEPUI_INFO_CERTIFICATES, &backend));
    if (*backend == '\0') throw UserError("--certify: this tepui was built without MPFR and cannot certify");
}

CertificateReport certify_point(tepui_context* context, const tepui_analysis* analysis,
                                const WholeReport* whole, const SplitRequest& splits) {
    CertificateReport report;
    tepui_certificate* raw = nullptr;
    const tepui_status status = tepui_certify(context, analysis, &raw);
    if (status == TEPUI_ERROR_UNSUPPORTED) {
        report.failed_step = TEPUI_CERTIFICATE_CLAIM;
        report.verdict = TEPUI_VERDICT_UNDETERMINED;
        report.reason = tepui_context_message(context);
    } else {
        require(context, status);
        const CertificateHandle certificate(raw);
        report = describe(context, raw);
        if (!report.neurons.empty() && whole) prove_reduced(context, raw, *whole, report);
        if (!report.neurons.empty()) prove_asked(context, raw, splits, whole, report);
    }
    report.narrow = whole != nullptr;
    return report;
}

}  // namespace tepui::cli
