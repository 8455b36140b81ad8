// What certificates come to in a build without MPFR.
#include "certify/certificate.hpp"

namespace tepui {

std::string certificate_backend() {
    return "";
}

Certificate certify(const Dataset&, const Claim&, const Execution&) {
    throw Error(Status::unsupported,
                "this build of tepui has no certificates: they need MPFR (Debian: libmpfr-dev), which "
                "was not found when it was configured");
}

}  // namespace tepui
