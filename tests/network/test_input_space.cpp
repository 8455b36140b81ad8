#include <cmath>

#include "network/derivatives/objective.hpp"
#include "network/inputs/input_space.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"
#include "support/table.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};

test::Table table_of(Size samples, Size features, std::uint64_t seed) {
    test::Table table;
    table.samples = samples;
    table.features = features;
    Random random(seed, 0);
    for (Size e = 0; e < samples * features; ++e) table.x.push_back(random.normal());
    for (Size k = 0; k < samples; ++k) table.targets.push_back(random.normal());
    return table;
}

double& at(test::Table& table, Size k, Size j) {
    return table.x[static_cast<std::size_t>(k * table.features + j)];
}

void check_orthonormal(const InputSpace& space) {
    double worst = 0.0;
    for (Size a = 0; a < space.rank; ++a) {
        for (Size b = 0; b <= a; ++b) {
            double sum = a == b ? -1.0 : 0.0;
            for (Size j = 0; j < space.inputs(); ++j) sum += space.basis(j, a) * space.basis(j, b);
            worst = std::max(worst, std::abs(sum));
        }
    }
    CHECK(worst < 1e-13);
}

// The projected network on the projected data has the outputs of the original one, and so does the lifted
// one. Rounding of a preactivation is at most a few eps times its absolute terms.
void check_same_function(const Dataset& data, const InputSpace& space, std::uint64_t seed) {
    const Size n = data.samples(), d = data.inputs();
    Network network = test::random_network(Activation(ActivationKind::tanh), 3, d, seed);
    std::vector<double> x(static_cast<std::size_t>(d));
    double unit = 0.0;
    for (Size i = 0; i < 3; ++i) {
        for (Size j = 0; j < d; ++j) network.weights(i)[j] /= space.scale[j] * std::sqrt(double(d));
    }
    for (Size k = 0; k < n; ++k) {
        data.sample(k, x.data());
        double terms = 0.0;
        for (Size j = 0; j < d; ++j) terms += std::abs(x[j] * network.weights(0)[j]);
        unit = std::max(unit, terms);
    }
    const Dataset inside = project(data, space, kSerial);
    REQUIRE(inside.samples() == n);
    REQUIRE(inside.inputs() == std::max<Size>(space.rank, 1));
    CHECK_FALSE(inside.bias());
    const Network projected = project(network, space);
    const Network lifted = lift(projected, space);
    std::vector<double> f(n), g(n), h(n);
    outputs(data, network, f.data(), nullptr, kSerial);
    outputs(inside, projected, g.data(), nullptr, kSerial);
    outputs(data, lifted, h.data(), nullptr, kSerial);
    double worst = 0.0;
    for (Size k = 0; k < n; ++k) {
        if (!(data.weight(k) > 0.0)) continue;
        worst = std::max({worst, std::abs(f[k] - g[k]), std::abs(f[k] - h[k])});
        CHECK(inside.weight(k) == Approx(data.weight(k)).epsilon(1e-15));
        CHECK(inside.target(k) == data.target(k));
    }
    CAPTURE(unit);
    CHECK(worst <= 1e-13 * std::max(1.0, unit) * std::sqrt(double(d)));
    // Without what the data cannot see, a second round changes nothing.
    const Network again = project(lifted, space);
    for (std::size_t p = 0; p < again.parameters.size(); ++p)
        CHECK(again.parameters[p] == Approx(projected.parameters[p]).margin(1e-12));
}

void check_space(const Dataset& data, Size rank, std::uint64_t seed = 3) {
    const InputSpace space = input_space(data, kSerial);
    CAPTURE(space.smallest_kept, space.largest_dropped, space.tolerance);
    REQUIRE(space.rank == rank);
    REQUIRE(space.inputs() == data.inputs());
    CHECK(space.full() == (rank == data.inputs()));
    check_orthonormal(space);
    if (rank > 0) CHECK(space.smallest_kept > 100.0 * space.tolerance);
    CHECK(space.largest_dropped < 0.1 * space.tolerance);
    if (space.full()) CHECK(space.basis(0, 0) == 1.0);
    check_same_function(data, space, seed);
}

}  // namespace

TEST_CASE("full rank is left alone") {
    const test::Table table = table_of(40, 6, 1);
    for (const bool bias : {false, true}) {
        const Dataset data = table.dataset(bias);
        check_space(data, 6 + bias);
        const InputSpace space = input_space(data, kSerial);
        const Network network = test::random_network(Activation(ActivationKind::tanh), 2, 6 + bias, 5);
        CHECK(project(network, space).parameters == network.parameters);
        CHECK(lift(network, space).parameters == network.parameters);
    }
}

TEST_CASE("several outputs, an output bias, skip connections and activations of each neuron come along") {
    test::Table table = table_of(40, 4, 12);
    for (Size k = 0; k < 40; ++k) at(table, k, 3) = at(table, k, 0) - 2.0 * at(table, k, 1);
    std::vector<double> targets(80);
    for (std::size_t k = 0; k < targets.size(); ++k) targets[k] = 0.25 * double(k % 7);
    const Dataset data({40, 4, table.x.data(), 4, targets.data(), nullptr, nullptr, 2}, false, false,
                       LossScaling::sum);
    Network network(Activation(ActivationKind::tanh), Layout{2, 4, 2, true, true});
    network.unit_activations = {Activation(ActivationKind::gelu), Activation(ActivationKind::sin)};
    Random random(13, 0);
    for (double& value : network.parameters) value = random.normal();
    const InputSpace space = input_space(data, kSerial);
    REQUIRE(space.rank == 3);
    const Dataset inside = project(data, space, kSerial);
    CHECK(inside.target(5, 1) == data.target(5, 1));
    std::vector<double> f(80), g(80), h(80);
    outputs(data, network, f.data(), nullptr, kSerial);
    outputs(inside, project(network, space), g.data(), nullptr, kSerial);
    outputs(data, lift(project(network, space), space), h.data(), nullptr, kSerial);
    for (std::size_t k = 0; k < f.size(); ++k) {
        CHECK(g[k] == Approx(f[k]).margin(1e-12));
        CHECK(h[k] == Approx(f[k]).margin(1e-12));
    }
}

TEST_CASE("inputs that are always zero are left out, the others keep their values") {
    test::Table table = table_of(40, 6, 2);
    for (Size k = 0; k < 40; ++k) at(table, k, 1) = at(table, k, 4) = 0.0;
    check_space(table.dataset(false), 4);
    check_space(table.dataset(true), 5);
    const Dataset data = table.dataset(false);
    const Dataset inside = project(data, input_space(data, kSerial), kSerial);
    std::vector<double> x(4);
    inside.sample(7, x.data());
    CHECK(x == std::vector<double>{at(table, 7, 0), at(table, 7, 2), at(table, 7, 3), at(table, 7, 5)});
}

TEST_CASE("one-hot inputs and a bias: one dimension less") {
    test::Table table = table_of(60, 5, 3);
    for (Size k = 0; k < 60; ++k) {
        for (Size j = 0; j < 3; ++j) at(table, k, j) = k % 3 == j ? 1.0 : 0.0;
    }
    check_space(table.dataset(false), 5);
    check_space(table.dataset(true), 5);
    // Standardised, the one-hot columns depend on each other up to rounding.
    for (Size j = 0; j < 5; ++j) test::standardise(table.x, j, 5, 60);
    check_space(table.dataset(false), 4);
    check_space(table.dataset(true), 5);
}

TEST_CASE("fewer samples than inputs") {
    check_space(table_of(5, 9, 4).dataset(false), 5);
    check_space(table_of(5, 9, 4).dataset(true), 5);
    check_space(table_of(1, 3, 4).dataset(false), 1);
}

TEST_CASE("the units of the inputs do not matter") {
    test::Table table = table_of(50, 6, 5);
    for (Size k = 0; k < 50; ++k) at(table, k, 5) = 0.5 * at(table, k, 0) - at(table, k, 1);
    check_space(table.dataset(true), 6);
    const double units[] = {1e8, 1e-9, 3e150, 1e-160, 7.0, 1.0};
    for (Size j = 0; j < 5; ++j) {
        for (Size k = 0; k < 50; ++k) at(table, k, j) *= units[j];
    }
    for (Size k = 0; k < 50; ++k)
        at(table, k, 5) = 0.5 * at(table, k, 0) / units[0] - at(table, k, 1) / units[1];
    check_space(table.dataset(true), 6);
}

TEST_CASE("nearly dependent inputs count, dependent ones up to rounding do not") {
    for (const double distance : {1e-6, 1e-10, 0.0}) {
        test::Table table = table_of(80, 4, 6);
        for (Size k = 0; k < 80; ++k)
            at(table, k, 3) =
                1.0 / 3.0 * at(table, k, 0) + 0.7 * at(table, k, 1) + distance * at(table, k, 3);
        const InputSpace space = input_space(table.dataset(false), kSerial);
        CAPTURE(distance, space.smallest_kept, space.largest_dropped, space.tolerance);
        CHECK(space.rank == (distance > 0.0 ? 4 : 3));
    }
}

TEST_CASE("samples of weight zero do not count") {
    test::Table table = table_of(40, 4, 7);
    std::vector<double> weights(40, 2.0);
    for (Size k = 0; k < 40; ++k) {
        if (k % 4 == 1) {
            weights[k] = 0.0;
        } else {
            at(table, k, 2) = at(table, k, 0) + at(table, k, 1);
        }
    }
    const DatasetSource source{40, 4, table.x.data(), 4, table.targets.data(), weights.data()};
    check_space(Dataset(source, false, false, LossScaling::sum), 3);
    check_space(Dataset(source, false, true, LossScaling::mean), 4);
}

TEST_CASE("all inputs zero: rank 0, one column of zeros") {
    test::Table table = table_of(10, 3, 8);
    std::fill(table.x.begin(), table.x.end(), 0.0);
    check_space(table.dataset(false), 0);
    check_space(table.dataset(true), 1);
}

TEST_CASE("digits: rank 61 of 64, whatever the threads") {
    const test::Table raw = test::read_table(TEPUI_TEST_DATA "/digits.csv");
    check_space(raw.dataset(false), 61);
    check_space(raw.dataset(true), 62);
    const test::Table standard = test::standardised(raw);
    check_space(standard.dataset(false), 61);
    check_space(standard.dataset(true), 62);
    const Dataset data = standard.dataset(true);
    const InputSpace one = input_space(data, Execution{1}), many = input_space(data, Execution{5});
    CHECK(one.smallest_kept == many.smallest_kept);
    // Here the zero pixels are all that is missing: add one that depends on others.
    test::Table more = standard;
    more.features = 65;
    more.x.clear();
    for (Size k = 0; k < raw.samples; ++k) {
        const double* row = standard.x.data() + k * 64;
        more.x.insert(more.x.end(), row, row + 64);
        more.x.push_back(0.3 * row[10] - 0.2 * row[20] + row[30]);
    }
    check_space(more.dataset(true), 62);
    const InputSpace first = input_space(more.dataset(true), Execution{1});
    const InputSpace second = input_space(more.dataset(true), Execution{4});
    for (Size e = 0; e < 66 * 62; ++e) CHECK(first.basis.data()[e] == second.basis.data()[e]);
}
