// A build without MPFR says so.
#include "certify/certificate.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"

using namespace tepui;

TEST_CASE("without MPFR certificates are unsupported") {
    const test::Planted planted = test::plant({}).value();
    const Dataset data = planted.dataset();
    const Claim claim = claim_of(analyze(data, planted.network, Tolerances{}, Execution{1}));
    REQUIRE(certificate_backend().empty());
    try {
        certify(data, claim, Execution{1});
        FAIL("an exception is expected");
    } catch (const Error& error) {
        REQUIRE(error.status() == Status::unsupported);
        REQUIRE(std::string(error.what()).find("libmpfr-dev") != std::string::npos);
    }
}
