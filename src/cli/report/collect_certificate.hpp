// From the library's certificate to plain report data.
#pragma once
#include "cli/report/certificate_report.hpp"
#include "cli/report/collect.hpp"

namespace tepui::cli {

// Throws UserError when the library was built without certificates.
void require_certificates(tepui_context* context);

// Certifies the analysed point, and the splits asked for. whole: the verdict that the analysis is part of
// when that was reduced to distinct neurons; null: the analysis is of the network as given. What the library
// does not cover becomes the reason of a failed certificate.
CertificateReport certify_point(tepui_context* context, const tepui_analysis* analysis,
                                const WholeReport* whole, const SplitRequest& splits);

}  // namespace tepui::cli
