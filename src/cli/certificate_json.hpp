// A certificate in the JSON report.
#pragma once
#include "certificate_report.hpp"
#include "report_json.hpp"

namespace tepui::cli {

Json certificate_json(const CertificateReport& certificate);

}  // namespace tepui::cli
