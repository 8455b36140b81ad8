#include "certify/certificate.hpp"

namespace tepui {

std::string_view certificate_step_name(CertificateStep step) {
    switch (step) {
        case CertificateStep::none:
            return "none";
        case CertificateStep::claim:
            return "claim";
        case CertificateStep::approximation:
            return "approximation";
        case CertificateStep::existence:
            return "existence";
        case CertificateStep::hessian:
            return "hessian";
        case CertificateStep::loss:
            return "loss";
        case CertificateStep::inner_hessian:
            return "inner_hessian";
    }
    return "unknown";
}

}  // namespace tepui
