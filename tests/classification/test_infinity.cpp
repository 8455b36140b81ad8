// Ends at infinity (MATH.md section 13): derivatives of limits against differences, and verdicts on planted
// limits against sampling at finite weights.
#include <algorithm>
#include <cmath>
#include <vector>

#include "classification/infinity/end_verdict.hpp"
#include "classification/planted_limits.hpp"
#include "core/random.hpp"
#include "solve/ends/hyperplane.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

ActivationKind activation_for(UnitKind kind, std::uint64_t seed) {
    switch (kind) {
        case UnitKind::linear:
            return seed % 2 ? ActivationKind::tanh : ActivationKind::gelu;
        case UnitKind::saturated:
            return seed % 2 ? ActivationKind::tanh : ActivationKind::sigmoid;
        case UnitKind::cubic:
            return seed % 2 ? ActivationKind::tanh : ActivationKind::erf;
        case UnitKind::rectified:
            return ActivationKind::softplus;
        case UnitKind::square: {
            constexpr ActivationKind dips[] = {ActivationKind::gelu, ActivationKind::silu,
                                               ActivationKind::gelu_tanh, ActivationKind::gaussian};
            return dips[seed % 4];
        }
        case UnitKind::quadratic:
            return seed % 2 ? ActivationKind::tanh : ActivationKind::softplus;
        case UnitKind::exponential:
        case UnitKind::exponential_pair:
        case UnitKind::exponential_channel: {
            constexpr ActivationKind tails[] = {ActivationKind::softplus, ActivationKind::tanh,
                                                ActivationKind::sigmoid};
            return tails[seed % 3];
        }
        case UnitKind::triple_channel: {
            constexpr ActivationKind smooth[] = {
                ActivationKind::tanh,     ActivationKind::softplus, ActivationKind::gelu,
                ActivationKind::silu,     ActivationKind::sigmoid,  ActivationKind::gelu_tanh,
                ActivationKind::sin,      ActivationKind::erf,      ActivationKind::arctan,
                ActivationKind::gaussian, ActivationKind::exp,      ActivationKind::normal_cdf};
            return smooth[seed % 12];
        }
        case UnitKind::channel:
        case UnitKind::neuron:
            break;
    }
    constexpr ActivationKind kinds[] = {ActivationKind::tanh, ActivationKind::softplus, ActivationKind::gelu};
    return kinds[seed % 3];
}

// A unit of the kind and a finite neuron; kept: samples on the hyperplane.
BoundaryNetwork limit_with(const Dataset& data, UnitKind kind, Size outputs, Size kept, std::uint64_t seed) {
    Random random(seed, 1);
    const SampleInputs inputs(data);
    BoundaryNetwork limit;
    limit.inputs = data.inputs();
    limit.output_count = outputs;
    limit.bias_value = 1.0;
    limit.output_bias = kind == UnitKind::square;  // takes up sigma where sigma' = 0
    BoundaryUnit unit{Activation(activation_for(kind, seed))};
    unit.kind = kind;
    unit.neurons = {0};
    if (kind == UnitKind::channel || kind == UnitKind::cubic || kind == UnitKind::exponential_channel ||
        kind == UnitKind::exponential_pair || kind == UnitKind::quadratic || kind == UnitKind::triple_channel)
        unit.neurons.push_back(1);
    if (kind == UnitKind::triple_channel) unit.neurons.push_back(2);
    std::vector<double> w(std::size_t(limit.inputs)), form;
    for (double& value : w) value = random.normal();
    std::vector<Size> on;
    for (Size k = 0; k < kept; ++k) on.push_back(3 * k);
    if (kind == UnitKind::saturated) {
        // Far out along a direction that leaves the kept samples near the hyperplane.
        const Span span = span_of(inputs, on);
        std::vector<double> far(std::size_t(limit.inputs), 0.0);
        for (Size r = 0; r < span.complement.rows(); ++r) {
            const double of_r = 1e6 * random.normal();
            for (Size j = 0; j < limit.inputs; ++j) far[j] += of_r * span.complement(r, j);
        }
        for (std::size_t j = 0; j < w.size(); ++j) w[j] += far[j];
        REQUIRE(make_saturated(inputs, on, w, unit, form));
    } else if (kind == UnitKind::rectified) {
        make_rectified(inputs, on, w, unit, form);
    } else if (kind == UnitKind::exponential || kind == UnitKind::exponential_channel ||
               kind == UnitKind::exponential_pair || kind == UnitKind::quadratic) {
        auto basis = std::make_shared<Matrix>(limit.inputs - 1, limit.inputs);
        for (Size j = 0; j + 1 < limit.inputs; ++j) (*basis)(j, j) = 1.0;
        unit.bases[0] = basis;
        if (kind != UnitKind::exponential) unit.bases[1] = basis;
        for (double& value : w) value *= 0.4;  // exponentials of more differ by too much
        w.back() = 0.0;
        limit.output_bias = true;  // takes up what the output weight makes of sigma(-inf)
    }
    BoundaryUnit neuron{unit.activation};
    neuron.neurons = {unit.neurons.back() + 1};
    limit.units = {unit, neuron};
    limit.parameters.assign(std::size_t(limit.parameter_count()), 0.0);
    for (double& value : limit.parameters) value = random.normal();
    if (kind == UnitKind::exponential_pair)  // the same of products with them
        for (Size j = 0; j < limit.form_size(0, 1); ++j) limit.parameters[limit.form_at(0, 1) + j] *= 0.3;
    limit.set_weights(0, 0, form.empty() ? w.data() : form.data());
    limit.normalise();
    return limit;
}

// The least change of the loss, beyond rounding, among finite networks drawn near the limit.
double least_change(const Dataset& data, const EndReport& end, std::uint64_t seed) {
    Random random(seed, 3);
    const BoundaryOutputs at = boundary_outputs(data, end.limit);
    double least = 0.0;
    for (int draw = 0; draw < 400; ++draw) {
        BoundaryNetwork near = end.limit;
        const double size = std::pow(10.0, -2.0 - 4.0 * random.uniform());
        for (double& value : near.parameters) value += size * random.normal();
        std::vector<Approach> approaches(near.units.size());
        const UnitKind kind = near.units[0].kind;
        approaches[0].step = kind == UnitKind::saturated   ? 1.0 / (3.0 + 7.0 * random.uniform())
                             : kind == UnitKind::rectified ? std::pow(10.0, -2.0 - 2.0 * random.uniform())
                                                           : std::pow(10.0, -1.0 - 2.0 * random.uniform());
        if (kind == UnitKind::exponential_channel) {
            approaches[0].held = std::pow(10.0, -1.0 - 2.0 * random.uniform());
            approaches[0].leaves = draw % 2 == 0;
            // Unequal tails: what the two neurons are free in beside parting and leaving together.
            if (draw % 4 >= 2) approaches[0].lean = 1.8 * random.uniform() - 0.9;
        }
        const Network finite = finite_network(near, approaches);
        const LossChange change = change_from_limit(data, at, finite, Execution{1});
        least = std::min(least, change.value + change.error);
    }
    return least;
}

}  // namespace

TEST_CASE("derivatives of a limit are those of its outputs") {
    const auto kind =
        GENERATE(UnitKind::channel, UnitKind::linear, UnitKind::saturated, UnitKind::rectified,
                 UnitKind::exponential, UnitKind::exponential_channel, UnitKind::cubic,
                 UnitKind::triple_channel, UnitKind::exponential_pair, UnitKind::quadratic, UnitKind::square);
    const Size outputs = kind == UnitKind::cubic ? 1 : 2;
    CAPTURE(name_of(kind));
    const auto seed = kind == UnitKind::triple_channel ? GENERATE(range(1, 13)) : 4;
    CAPTURE(seed);
    const Samples samples(11, 2, outputs, 5);
    const Dataset data = samples.data();
    BoundaryNetwork limit = limit_with(data, kind, outputs, 0, std::uint64_t(seed));
    limit.output_bias = limit.skip = true;
    for (Size j = Size(limit.parameters.size()); j < limit.parameter_count(); ++j)
        limit.parameters.push_back(0.1 * double(j % 5) - 0.2);
    const BoundarySums sums = boundary_sums(data, limit);
    constexpr double kStep = 1e-5;
    for (Size j = 0; j < limit.parameter_count(); ++j) {
        BoundaryNetwork up = limit, down = limit;
        up.parameters[j] += kStep;
        down.parameters[j] -= kStep;
        const BoundarySums high = boundary_sums(data, up), low = boundary_sums(data, down);
        CHECK(sums.gradient.value[j] ==
              Approx((high.outputs.loss.loss - low.outputs.loss.loss) / (2.0 * kStep))
                  .epsilon(1e-5)
                  .margin(1e-6));
        for (Size i = 0; i < limit.parameter_count(); ++i)
            CHECK(sums.hessian(i, j) ==
                  Approx((high.gradient.value[i] - low.gradient.value[i]) / (2.0 * kStep))
                      .epsilon(1e-5)
                      .margin(1e-6));
    }
}

TEST_CASE("derivatives under the softmax, and samples of weight 2 are two samples") {
    const auto kind = GENERATE(UnitKind::channel, UnitKind::linear, UnitKind::exponential_channel,
                               UnitKind::triple_channel, UnitKind::square);
    CAPTURE(name_of(kind));
    constexpr Size kOutputs = 3;
    Samples once(400, 2, kOutputs, 5);  // twice: more than a block
    for (Size k = 0; k < once.n; ++k)
        for (Size o = 0; o < kOutputs; ++o) once.y[k * kOutputs + o] = o == k % kOutputs ? 1.0 : 0.0;
    Samples twice = once;
    twice.x.insert(twice.x.end(), once.x.begin(), once.x.end());
    twice.y.insert(twice.y.end(), once.y.begin(), once.y.end());
    const std::vector<double> weights(std::size_t(once.n), 2.0);
    const Dataset heavy = dataset_of(2, once.x, kOutputs, once.y, softmax_loss(), weights);
    const Dataset both = dataset_of(2, twice.x, kOutputs, twice.y, softmax_loss());
    const BoundaryNetwork limit = limit_with(heavy, kind, kOutputs, 0, 4);
    const BoundarySums sums = boundary_sums(heavy, limit), same = boundary_sums(both, limit);
    constexpr double kStep = 1e-5;
    for (Size j = 0; j < limit.parameter_count(); ++j) {
        CAPTURE(j);
        const double terms = sums.gradient.magnitude[j];
        CHECK(same.gradient.value[j] == Approx(sums.gradient.value[j]).margin(1e-13 * terms));
        CHECK(same.gradient.magnitude[j] == Approx(terms));
        CHECK(same.gradient.rounding[j] == Approx(sums.gradient.rounding[j]));
        CHECK(same.magnitude[j] == Approx(sums.magnitude[j]));
        CHECK(std::abs(sums.gradient.value[j]) <= terms);
        BoundaryNetwork up = limit, down = limit;
        up.parameters[j] += kStep;
        down.parameters[j] -= kStep;
        const BoundarySums high = boundary_sums(heavy, up), low = boundary_sums(heavy, down);
        for (Size i = 0; i < limit.parameter_count(); ++i) {
            CHECK(sums.hessian(i, j) ==
                  Approx((high.gradient.value[i] - low.gradient.value[i]) / (2.0 * kStep))
                      .epsilon(1e-5)
                      .margin(1e-6 * std::sqrt(sums.magnitude[i] * sums.magnitude[j])));
            CHECK(
                sums.hessian(i, j) ==
                Approx(same.hessian(i, j)).margin(1e-12 * std::sqrt(sums.magnitude[i] * sums.magnitude[j])));
            // The terms of an entry: positive semidefiniteness of what is added up.
            CHECK(std::abs(sums.hessian(i, j)) <=
                  (1.0 + 1e-9) * std::sqrt(sums.magnitude[i] * sums.magnitude[j]));
        }
    }
}

TEST_CASE("verdicts on planted limits are what finite weights show") {
    const auto kind =
        GENERATE(UnitKind::channel, UnitKind::linear, UnitKind::saturated, UnitKind::rectified,
                 UnitKind::exponential, UnitKind::exponential_channel, UnitKind::cubic,
                 UnitKind::triple_channel, UnitKind::exponential_pair, UnitKind::quadratic, UnitKind::square);
    const Size kept = GENERATE(0, 1);
    const bool hyperplane = kind == UnitKind::saturated || kind == UnitKind::rectified;
    if (kept > 0 && !hyperplane) return;
    CAPTURE(name_of(kind), kept);
    int minima = 0, saddles = 0, open = 0, shown_falls = 0;
    std::string why;
    for (std::uint64_t seed = 1; seed <= 24; ++seed) {
        CAPTURE(seed);
        Samples samples(kind == UnitKind::triple_channel ? 22 : 16, 2, 1, seed);
        const BoundaryNetwork limit = limit_with(samples.data(), kind, 1, kept, seed);
        plant(samples, limit, 0.03, seed);
        const Dataset data = samples.data();
        const EndReport end = classify_end(data, limit, Tolerances{}, Execution{1});
        CAPTURE(name_of(end.rule), end.hessian.lambda_min, end.gradient_relative);
        if (end.verdict == EndVerdict::minimum) {
            ++minima;
            CHECK(least_change(data, end, seed) == 0.0);
        } else if (end.verdict == EndVerdict::saddle) {
            ++saddles;
            if (!end.way) continue;  // rounding hides the fall of its tails in every network
            ++shown_falls;
            CHECK(end.way->change.value < -end.way->change.error);
            // A fall of a few last places of the loss shows in the sum of differences alone.
            const double fall = -end.way->change.value, last_places = 1e-12 * end.loss;
            const double shown = end.loss - loss(data, end.way->network, Execution{1}).loss;
            CHECK((fall > last_places ? shown > 0.0 : std::abs(shown) <= last_places));
        } else {
            ++open;
            why += std::string(name_of(end.rule)) +
                   (end.across.empty() ? "" : " (" + end.across[0].reason + "); ");
        }
    }
    CAPTURE(minima, saddles, open, why);
    // Exponentials of one exponent and its double are nearly one function on few samples; what a pair gains
    // as it parts to one side, or leaves the tail with one neuron, may be below what rounding shows.
    const bool tails = kind == UnitKind::exponential_pair || kind == UnitKind::exponential_channel;
    CHECK(open <= (tails ? 20 : kind == UnitKind::quadratic ? 16 : 12));
    CHECK(saddles >= 2);
    CHECK(2 * shown_falls >= saddles);
    // A hyperplane with samples of the wrong sign on both sides is seldom held; pairs that vanish part to one
    // side or the other, and of two neurons in a tail one leaves it farther or the other.
    if (kind == UnitKind::quadratic || kind == UnitKind::exponential_channel) CHECK(minima == 0);
    if (kind != UnitKind::saturated && kind != UnitKind::exponential_channel && kind != UnitKind::quadratic)
        CHECK(minima >= 2);
}

TEST_CASE("a limit is not judged beside weight decay, nor away from a stationary point") {
    Samples samples(16, 2, 1, 3);
    const BoundaryNetwork limit = limit_with(samples.data(), UnitKind::channel, 1, 0, 3);
    const EndReport away = classify_end(samples.data(), limit, Tolerances{}, Execution{1});
    CHECK(away.verdict == EndVerdict::undetermined);
    CHECK(away.rule == EndRule::not_stationary);
    Dataset held = samples.data();
    Decay decay;
    decay.weights = 0.1;
    held.set_decay(decay);
    CHECK_THROWS_AS(classify_end(held, limit, Tolerances{}, Execution{1}), Error);
}

// softplus alone: elsewhere there is always a way down.
TEST_CASE("a linear unit beside an output bias is held for every hidden bias or for none") {
    int minima = 0, saddles = 0, only_far = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        Samples samples(16, 2, 1, seed);
        BoundaryNetwork limit = limit_with(samples.data(), UnitKind::linear, 1, 0, seed);
        auto basis = std::make_shared<Matrix>(2, 3);
        (*basis)(0, 0) = (*basis)(1, 1) = 1.0;
        for (BoundaryUnit& unit : limit.units) unit.activation = Activation(ActivationKind::softplus);
        limit.units[0].bases[0] = basis;
        limit.output_bias = true;
        limit.parameters.erase(limit.parameters.begin() + 2);  // the bias weight of v
        limit.parameters.push_back(0.3);
        limit.normalise();
        plant(samples, limit, 0.03, seed);
        const Dataset data = samples.data();
        const EndReport end = classify_end(data, limit, Tolerances{}, Execution{1});
        if (end.verdict == EndVerdict::saddle) {
            ++saddles;
            only_far += end.across[0].reason == "the loss falls where the hidden bias is large";
            CHECK(loss(data, end.way->network, Execution{1}).loss < end.loss);
        }
        if (end.verdict != EndVerdict::minimum) continue;
        ++minima;
        Random random(seed, 4);
        const BoundaryOutputs at = boundary_outputs(data, end.limit);
        for (int draw = 0; draw < 400; ++draw) {
            std::vector<Approach> approaches(2);
            const bool far = draw % 2 == 0;
            approaches[0].step = far ? std::pow(10.0, 1.5 - 2.5 * random.uniform())
                                     : std::pow(10.0, -1.5 - 2.0 * random.uniform());
            approaches[0].shift =
                far ? 5.0 + 5.0 * approaches[0].step + 5.0 * random.uniform() : 8.0 * random.uniform() - 4.0;
            const Network finite = finite_network(end.limit, approaches);
            const LossChange change = change_from_limit(data, at, finite, Execution{1});
            CHECK(change.value > -change.error);
        }
    }
    CAPTURE(minima, saddles, only_far);
    CHECK(minima >= 3);
    CHECK(saddles >= 20);
    CHECK(only_far >= 1);
}

TEST_CASE("the first term across is what finite networks show") {
    const auto kind =
        GENERATE(UnitKind::channel, UnitKind::exponential, UnitKind::exponential_channel,
                 UnitKind::triple_channel, UnitKind::exponential_pair, UnitKind::quadratic, UnitKind::square);
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        CAPTURE(name_of(kind), seed);
        Samples samples(kind == UnitKind::triple_channel ? 22 : 16, 2, 1, seed);
        const BoundaryNetwork limit = limit_with(samples.data(), kind, 1, 0, seed);
        plant(samples, limit, 0.03, seed);
        const Dataset data = samples.data();
        const EndReport end = classify_end(data, limit, Tolerances{}, Execution{1});
        if (end.across.empty()) continue;
        const BoundaryOutputs at = boundary_outputs(data, end.limit);
        std::vector<Approach> approaches(end.limit.units.size());
        approaches[0] = end.across[0].fall;
        const bool even = kind == UnitKind::channel || kind == UnitKind::triple_channel ||
                          (kind == UnitKind::square && seed % 4 == 3) ||
                          (kind == UnitKind::exponential_channel && !approaches[0].leaves);
        approaches[0].step = even ? 1e-3 : 1e-6;
        if (kind == UnitKind::exponential_channel) approaches[0].held = even ? 1e-12 : 1e-5;
        // The biases of a pair add to 2 eps; the two neurons of a vanishing one step to eps and 2 eps.
        double unit = 1e-6;
        const bool meeting = approaches[0].lean != 0.0 || kind == UnitKind::triple_channel ||
                             kind == UnitKind::exponential_pair || kind == UnitKind::quadratic ||
                             kind == UnitKind::square;
        if (approaches[0].lean != 0.0) approaches[0].step = 1e-3, unit = 0.5e-3;
        if (kind == UnitKind::triple_channel) approaches[0].step = 1e-2, unit = 1e-4;
        if (kind == UnitKind::exponential_pair) approaches[0].step = 1e-4, unit = 2e-4;
        if (kind == UnitKind::quadratic) approaches[0].step = 1e-4, unit = 3e-4;
        if (kind == UnitKind::square) approaches[0].step = even ? 1e-2 : 1e-3, unit = even ? 1e-4 : 1e-3;
        const Network finite = finite_network(end.limit, approaches);
        LossChange change = change_from_limit(data, at, finite, Execution{1});
        if (meeting) {
            // Of the outputs alone: their squares outweigh it at steps that rounding allows.
            std::vector<double> f(std::size_t(data.samples()));
            outputs(data, finite, f.data(), nullptr, Execution{1});
            change.value = 0.0;
            for (Size k = 0; k < data.samples(); ++k) change.value += at.g[k] * (f[k] - at.f[k]);
        }
        CAPTURE(end.across[0].value, change.value / unit, change.error / unit, approaches[0].leaves);
        CHECK(std::abs(change.value / unit - end.across[0].value) <
              0.15 * std::abs(end.across[0].value) + change.error / unit + 1e-3);
    }
}
