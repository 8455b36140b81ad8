// Martinelli et al. 2025, "channels to infinity", figure 6, two neurons: the channels of the problem of
// test_martinelli.cpp (MATH.md sections 12, 13). L = E[r^2] / 2.
#include <cmath>
#include <vector>

#include "classification/infinity/end_verdict.hpp"
#include "support/catch.hpp"
#include "support/martinelli.hpp"

using namespace tepui;
using namespace tepui::test::martinelli;

namespace {

BoundaryNetwork channel(double w, double c, double alpha) {
    BoundaryNetwork limit;
    limit.inputs = 1;
    BoundaryUnit unit{Activation(ActivationKind::erf)};
    unit.kind = UnitKind::channel;
    unit.neurons = {0, 1};
    limit.units.push_back(unit);
    limit.parameters = {w, 1.0, c, alpha};
    return limit;
}

std::vector<double> eigenvalues(const Dataset& data, const BoundaryNetwork& limit) {
    const BoundaryPoint point = boundary_point(data, limit);
    const linalg::SymmetricEigen eigen =
        linalg::symmetric_eigen(point.free.restrict(point.sums.hessian), false);
    return {eigen.values.span().begin(), eigen.values.span().end()};
}

void check_minimum(double w, double c, double alpha, double loss, const std::vector<double>& spectrum,
                   double across) {
    const Quadrature quadrature;
    const Dataset data = quadrature.dataset(false);
    const EndReport end = classify_end(data, channel(w, c, alpha), Tolerances{}, Execution{1});
    CHECK(end.verdict == EndVerdict::minimum);
    CHECK(end.rule == EndRule::definite);
    CHECK(end.gradient_relative < 1e-12);
    CHECK(2.0 * end.loss == Approx(loss).epsilon(1e-11));
    CHECK(end.limit.weights(0, 0)[0] == Approx(w).epsilon(1e-7));
    CHECK(end.limit.coefficient(0, 0) == Approx(c).epsilon(1e-6));
    CHECK(end.limit.coefficient(0, 1) == Approx(alpha).epsilon(1e-6));
    const std::vector<double> found = eigenvalues(data, end.limit);
    REQUIRE(found.size() == spectrum.size());
    for (std::size_t l = 0; l < found.size(); ++l) CHECK(found[l] == Approx(spectrum[l]).epsilon(1e-5));
    REQUIRE(end.across.size() == 1);
    CHECK(end.across[0].value == Approx(across).epsilon(1e-6));
}

}  // namespace

TEST_CASE("Martinelli et al., figure 6: two channels are strict minima at infinity") {
    check_minimum(0.86629613, 1.667556, 1.496685, 0.0423721519592, {0.00275187, 0.28157536, 0.44158779},
                  0.003545688);
    check_minimum(3.15043244, 2.017815, -6.511116, 0.000773332541577, {0.00128254, 0.0931557, 0.84473397},
                  0.00050734997);
}

TEST_CASE("Martinelli et al., figure 6: the loss along a channel tends to the limit like eps^2") {
    const Quadrature quadrature;
    const Dataset data = quadrature.dataset(false);
    const EndReport end =
        classify_end(data, channel(0.86629613, 1.667556, 1.496685), Tolerances{}, Execution{1});
    const BoundaryOutputs limit = boundary_outputs(data, end.limit);
    for (const double eps : {1e-2, 1e-3}) {
        const std::vector<Approach> approach{{.step = eps}};
        const LossChange change =
            change_from_limit(data, limit, finite_network(end.limit, approach), Execution{1});
        CHECK(change.value / (eps * eps) == Approx(end.across[0].value).epsilon(100.0 * eps * eps));
    }
}

TEST_CASE("Martinelli et al., figure 6: the channel of the one-neuron optimum is a saddle") {
    const Quadrature quadrature;
    const Dataset data = quadrature.dataset(false);
    const Network optimum = one_neuron(false);
    const EndReport end = classify_end(data, channel(optimum.weights(0)[0], optimum.output(0), 0.0),
                                       Tolerances{}, Execution{1});
    CHECK(end.verdict == EndVerdict::saddle);
    CHECK(end.rule == EndRule::negative_eigenvalue);
    CHECK(eigenvalues(data, end.limit)[0] == Approx(-0.00508714).epsilon(1e-5));
    REQUIRE(end.way.has_value());
    CHECK(end.way->change.value < -end.way->change.error);
    CHECK(loss(data, end.way->network, Execution{1}).loss < end.loss);
}
