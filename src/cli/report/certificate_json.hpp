// A certificate in the JSON report.
#pragma once
#include "cli/report/certificate_report.hpp"
#include "cli/report/report_json.hpp"

namespace tepui::cli {

Json certificate_json(const CertificateReport& certificate);

}  // namespace tepui::cli
