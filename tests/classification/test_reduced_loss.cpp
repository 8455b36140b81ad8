// The squared loss by the forms of a limit network alone (MATH.md section 13): its derivatives are those of
// the whole loss with the coefficients eliminated, and what is said of their rounding covers it.
#include <cmath>

#include "classification/infinity/boundary_point.hpp"
#include "classification/infinity/reduced_loss.hpp"
#include "core/random.hpp"
#include "linalg/symmetric.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tepui;

namespace {

struct Samples {
    Size n, d, outputs;
    std::vector<double> x, y, weights;
    Samples(Size n_, Size d_, Size outputs_) : n(n_), d(d_), outputs(outputs_) {
        Random random(7, 0);
        for (Size k = 0; k < n * d; ++k) x.push_back(random.normal());
        for (Size k = 0; k < n * outputs; ++k) y.push_back(random.normal());
        for (Size k = 0; k < n; ++k) weights.push_back(0.5 + random.uniform());
    }
    Dataset data() const { return test::dataset_of(d, x, outputs, y, squared_loss(), weights); }
};

Matrix inputs_of(const Dataset& data) {
    Matrix h(data.samples(), data.inputs());
    data.rows(0, data.samples(), h.data());
    return h;
}

// A channel, a square and a neuron beside an output bias.
BoundaryNetwork mixed(const Dataset& data, std::uint64_t seed) {
    BoundaryNetwork limit;
    limit.inputs = data.inputs();
    limit.output_count = data.outputs();
    limit.bias_value = 1.0;
    limit.output_bias = true;
    Size neuron = 0;
    for (const UnitKind kind : {UnitKind::channel, UnitKind::square, UnitKind::neuron}) {
        BoundaryUnit unit{Activation(ActivationKind::gelu)};
        unit.kind = kind;
        unit.neurons = {neuron++};
        if (kind == UnitKind::channel) unit.neurons.push_back(neuron++);
        limit.units.push_back(std::move(unit));
    }
    limit.parameters.resize(std::size_t(limit.parameter_count()));
    Random random(seed, 1);
    for (double& value : limit.parameters) value = random.normal();
    limit.normalise();
    return limit;
}

std::vector<Size> coefficients_of(const BoundaryNetwork& network) {
    std::vector<Size> result;
    for (Size u = 0; u < Size(network.units.size()); ++u)
        for (Size l = 0; l < shape_of(network.units[u].kind).coefficients * network.output_count; ++l)
            result.push_back(network.coefficient_at(u, 0) + l);
    for (Size p = network.rest_at(); p < network.parameter_count(); ++p) result.push_back(p);
    return result;
}

// H_ww - H_wa H_aa^-1 H_aw
Matrix eliminated(const BoundaryPoint& point, const std::vector<Size>& forms) {
    const std::vector<Size> rest = coefficients_of(point.network);
    const Matrix& whole = point.sums.hessian;
    Matrix own(Size(rest.size()), Size(rest.size())), result(Size(forms.size()), Size(forms.size()));
    for (Size i = 0; i < own.rows(); ++i)
        for (Size j = 0; j < own.cols(); ++j) own(i, j) = whole(rest[i], rest[j]);
    for (Size j = 0; j < result.cols(); ++j) {
        std::vector<double> right, solution(rest.size());
        for (const Size p : rest) right.push_back(whole(p, forms[j]));
        REQUIRE(linalg::solve_positive_definite(own, 0.0, right, solution));
        for (Size i = 0; i < result.rows(); ++i) {
            result(i, j) = whole(forms[i], forms[j]);
            for (std::size_t l = 0; l < rest.size(); ++l)
                result(i, j) -= whole(forms[i], rest[l]) * solution[l];
        }
    }
    return result;
}

}  // namespace

TEST_CASE("the reduced loss is the loss at the best coefficients, with the derivatives of that") {
    const Dataset data = Samples(23, 2, 2).data();
    const Matrix h = inputs_of(data);
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        const std::optional<ReducedLoss> reduced = ReducedLoss::at(data, h, mixed(data, seed));
        REQUIRE(reduced);
        const BoundaryPoint point = boundary_point(data, reduced->network());
        CHECK(reduced->value() == Approx(point.loss()).epsilon(1e-12));
        const ReducedLoss::Derivatives of = reduced->derivatives();
        CHECK(Size(of.at.size()) + 2 * reduced->independent_features() == Size(point.free.at.size()));
        for (std::size_t i = 0; i < of.at.size(); ++i)
            CHECK(of.gradient[i] == Approx(point.sums.gradient.value[of.at[i]]).margin(1e-9));
        for (const Size p : coefficients_of(point.network))
            CHECK(std::abs(point.sums.gradient.value[p]) < 1e-9);
        const Matrix expected = eliminated(point, of.at);
        const std::optional<ReducedLoss::Doubt> doubt = reduced->doubt();
        REQUIRE(doubt);
        double size = 0.0;
        for (Size i = 0; i < expected.rows(); ++i) size = std::max(size, std::abs(expected(i, i)));
        for (Size i = 0; i < expected.rows(); ++i) {
            for (Size j = 0; j < expected.cols(); ++j) {
                CHECK(of.hessian(i, j) == Approx(expected(i, j)).epsilon(1e-7).margin(1e-7 * size));
                CHECK(doubt->hessian(i, j) < 1e-6 * size);
            }
        }
    }
}

namespace {

// How often the Hessian moves as weights move by some last places; by no more than the doubt says.
int moves_of(const Dataset& data, const Network& network) {
    const Matrix h = inputs_of(data);
    const std::optional<ReducedLoss> here = ReducedLoss::at(data, h, as_limit(network, 1.0));
    REQUIRE(here);
    const std::optional<ReducedLoss::Doubt> doubt = here->doubt();
    REQUIRE(doubt);
    const ReducedLoss::Derivatives of = here->derivatives();
    int moved = 0;
    for (int ulp = 1; ulp <= 4; ++ulp) {  // another point as near as doubles allow
        Network beside = network;
        for (std::size_t p = 0; p < 6; ++p)
            beside.parameters[p] *= 1.0 + (p % 2 == 0 ? 1.0 : -1.0) * ulp * 0x1p-52;
        const ReducedLoss::Derivatives there = ReducedLoss::at(data, h, as_limit(beside, 1.0))->derivatives();
        for (Size i = 0; i < of.hessian.rows(); ++i)
            for (Size j = 0; j < of.hessian.cols(); ++j) {
                const double change = std::abs(there.hessian(i, j) - of.hessian(i, j));
                CHECK(change <= 8.0 * doubt->hessian(i, j));
                moved += change > 1e-14 * std::abs(of.hessian(i, j));
            }
    }
    return moved;
}

}  // namespace

TEST_CASE("the reduced Hessian of neurons that meet moves by less than what rounding is said to do") {
    const Dataset data = Samples(31, 2, 1).data();
    int moved = 0;
    for (const double apart : {1e-2, 1e-3, 1e-4}) {
        Network network(Activation(ActivationKind::tanh), Layout{2, 3, 1, true, false});
        network.parameters = {0.7, -0.4, 0.2, 0.7 + apart, -0.4 - 0.5 * apart, 0.2 + apart, 0.0, 0.0, 0.0};
        moved += moves_of(data, network);
    }
    CHECK(moved > 0);
}

// There w . x is a small difference of large terms.
TEST_CASE("the same with inputs far from 0") {
    int moved = 0;
    for (const double far : {1e2, 1e4, 1e6}) {
        Samples samples(31, 2, 1);
        for (double& x : samples.x) x += far;
        Network network(Activation(ActivationKind::tanh), Layout{2, 3, 1, true, false});
        network.parameters = {0.7, -0.4, 0.2 - 0.3 * far, 0.3, 0.9, -0.5 - 1.2 * far, 0.0, 0.0, 0.0};
        CAPTURE(far);
        moved += moves_of(samples.data(), network);
    }
    CHECK(moved > 0);
}
