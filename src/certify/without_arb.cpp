// What certificates come to in a build without Arb.
#include "certify/certificate.hpp"

namespace tepui {

std::string certificate_backend() {
    return "";
}

Certificate certify(const Dataset&, const Analysis&, const Execution&) {
    throw Error(
        Status::unsupported,
        "this build of tepui has no certificates: they need Arb (Debian: libflint-arb-dev, or FLINT 3), "
        "which was not found when it was configured");
}

}  // namespace tepui
