// Singular inner Hessians without a third order (MATH.md section 6): the fourth-order form against brute
// force on the wide network, and what it is made of.
#include <algorithm>
#include <cmath>
#include <optional>

#include "classification/any_network/any_network.hpp"
#include "classification/escape/daughter_moments.hpp"
#include "classification/escape/quartic_form.hpp"
#include "classification/point/analysis.hpp"
#include "classification/split_cases.hpp"
#include "kernels/activation/rows.hpp"
#include "linalg/symmetric.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

// The planted zeros are exact up to the rounding of the targets.
AnalysisOptions planted_zeros() {
    AnalysisOptions options;
    options.exact_zeros = true;
    return options;
}

const Execution kSerial{1};

double ratio(std::span<const double> gamma, const std::vector<double>& t) {
    double square = 0.0, fourth = 0.0;
    for (std::size_t j = 0; j < t.size(); ++j) {
        square += gamma[j] * t[j] * t[j];
        fourth += gamma[j] * t[j] * t[j] * t[j] * t[j];
    }
    return fourth / (square * square);
}

std::vector<test::Planted> flat_minima(Definiteness wanted, Size features, Size extra, int seeds) {
    std::vector<test::Planted> all;
    for (const ActivationKind kind : {ActivationKind::tanh, ActivationKind::sigmoid, ActivationKind::gelu,
                                      ActivationKind::silu, ActivationKind::arctan}) {
        for (int seed = 1; seed <= seeds; ++seed) {
            test::PlantedOptions options;
            options.activation = Activation(kind);
            options.features = features;
            options.wanted = {wanted};
            options.no_third = true;
            options.extra_samples = extra;
            options.seed = static_cast<std::uint64_t>(seed);
            std::optional<test::Planted> planted = test::plant(options);
            if (planted && planted->full_rank && planted->epsilon > 1e-3) all.push_back(std::move(*planted));
        }
    }
    return all;
}

// Brute force: the wide parameters move by epsilon along the direction in the kernel of the wide Hessian, and
// across the kernel to where the loss is stationary, by Newton steps. Nothing of the expansion enters.
class BruteReduction {
  public:
    BruteReduction(const Dataset& data, const Network& wide, Size nullity) : data_(data), wide_(wide) {
        const HessianValue hessian = tepui::hessian(data, wide, kSerial);
        eigen_ = linalg::symmetric_eigen(hessian.value, true);
        for (Size l = 0; l < wide.parameter_count(); ++l) order_.push_back(l);
        std::sort(order_.begin(), order_.end(),
                  [&](Size a, Size b) { return std::abs(eigen_.values[a]) < std::abs(eigen_.values[b]); });
        across_.assign(order_.begin() + nullity, order_.end());
    }
    double smallest() const { return std::abs(eigen_.values[across_.front()]); }

    // The change of the loss; empty when the Newton steps do not settle.
    std::optional<long double> change(const std::vector<double>& direction, double epsilon) const {
        Network moved = wide_;
        const std::vector<double> kernel_part = remainder(direction);
        for (std::size_t p = 0; p < kernel_part.size(); ++p) moved.parameters[p] += epsilon * kernel_part[p];
        for (int step = 0; step < 40; ++step) {
            const Gradient slope = gradient(data_, moved, kSerial);
            double size = 0.0;
            for (const Size l : across_) {
                const double* e = eigen_.vectors.row(l);
                double component = 0.0;
                for (std::size_t p = 0; p < slope.value.size(); ++p) component += e[p] * slope.value[p];
                component /= eigen_.values[l];
                size = std::hypot(size, component);
                for (std::size_t p = 0; p < slope.value.size(); ++p) moved.parameters[p] -= component * e[p];
            }
            if (!(size < 1.0)) return std::nullopt;
            if (size > 1e-5 * epsilon * epsilon) continue;
            return test::reference_loss(data_, wide_, moved.parameters) -
                   test::reference_loss(data_, wide_, wide_.parameters);
        }
        return std::nullopt;
    }
    // The coefficient of epsilon^4, where it is seen: from steps of both signs and two sizes.
    std::optional<double> quartic(const std::vector<double>& direction) const {
        for (double epsilon = 0.04; epsilon > 2e-3; epsilon *= 0.5) {
            std::optional<double> at[2];
            for (int halved = 0; halved < 2; ++halved) {
                const double h = halved != 0 ? 0.5 * epsilon : epsilon;
                const std::optional<long double> up = change(direction, h), down = change(direction, -h);
                if (up && down) at[halved] = static_cast<double>((*up + *down) / 2.0L) / std::pow(h, 4);
            }
            if (at[0] && at[1] && std::abs(*at[0] - *at[1]) < 0.03 * std::abs(*at[1]))
                return (4.0 * *at[1] - *at[0]) / 3.0;
        }
        return std::nullopt;
    }

  private:
    std::vector<double> remainder(std::vector<double> direction) const {
        for (const Size l : across_) {
            const double* e = eigen_.vectors.row(l);
            double component = 0.0;
            for (std::size_t p = 0; p < direction.size(); ++p) component += e[p] * direction[p];
            for (std::size_t p = 0; p < direction.size(); ++p) direction[p] -= component * e[p];
        }
        return direction;
    }
    const Dataset& data_;
    const Network& wide_;
    linalg::SymmetricEigen eigen_;
    std::vector<Size> order_, across_;
};

// A motion of two or more daughters along random null vectors, in the wide parameters, and the change that
// the form predicts.
struct Motion {
    std::vector<double> direction;
    double predicted = 0.0, terms = 0.0;
};

Motion random_motion(const FourthOrder& form, const Network& wide, std::span<const double> gamma,
                     Random& random) {
    const std::size_t kernel = form.basis.size(), r = gamma.size(), pairs = kernel * (kernel + 1) / 2;
    std::vector<std::vector<double>> u(r, std::vector<double>(kernel));
    for (std::size_t a = 0; a < kernel; ++a) {
        double mean = 0.0;
        for (std::size_t j = 0; j < r; ++j) {
            u[j][a] = random.normal();
            mean += gamma[j] * u[j][a];
        }
        for (std::size_t j = 0; j < r; ++j) u[j][a] -= mean;
    }
    Motion motion{std::vector<double>(wide.parameters.size(), 0.0)};
    std::vector<double> spread(pairs, 0.0);
    for (std::size_t j = 0; j < r; ++j) {
        const std::vector<double> w = products(u[j]);
        for (std::size_t p = 0; p < pairs; ++p) spread[p] += gamma[j] * w[p];
        motion.predicted += gamma[j] * quartic(form.daughters, u[j]);
        motion.terms += std::abs(gamma[j] * quartic(form.daughters, u[j]));
        for (std::size_t a = 0; a < kernel; ++a) {
            for (Size l = 0; l < wide.inputs; ++l)
                motion.direction[j * static_cast<std::size_t>(wide.inputs) + static_cast<std::size_t>(l)] +=
                    u[j][a] * form.basis[a][static_cast<std::size_t>(l)];
        }
    }
    double together = 0.0;
    for (std::size_t p = 0; p < pairs; ++p) {
        for (std::size_t q = 0; q < pairs; ++q)
            together += spread[p] * form.together[p * pairs + q] * spread[q];
    }
    motion.predicted += together;
    motion.terms += std::abs(together);
    return motion;
}

void check_descent(const Dataset& data, const Witness& witness) {
    CAPTURE(witness.order, witness.coefficient, witness.epsilon, witness.measured, witness.measured_error);
    CHECK(witness.coefficient < 0.0);
    CHECK(witness.curve(0.0) == witness.base.parameters);
    // Where the fourth order is tiny, the higher ones outweigh it before anything can be measured.
    if (witness.coefficient > -1e-4) return;
    const long double start = test::reference_loss(data, witness.base, witness.base.parameters);
    CHECK(test::reference_loss(data, witness.base, witness.point) < start);
    // Towards epsilon = 0 the change tends to the predicted one; the next order's share is halved with it.
    double ratio = 0.0, extrapolated = 0.0;
    for (double epsilon = witness.epsilon; ratio == 0.0 || std::abs(ratio - 1.0) > 0.05; epsilon *= 0.5) {
        const double predicted = witness.coefficient * std::pow(epsilon, witness.order);
        if (std::abs(predicted) < 1e-15 * static_cast<double>(start)) break;
        const long double change = test::reference_loss(data, witness.base, witness.curve(epsilon)) - start;
        const double previous = ratio;
        ratio = static_cast<double>(change) / predicted;
        extrapolated = 2.0 * ratio - previous;
    }
    CAPTURE(ratio, extrapolated);
    if (ratio != 0.0 && (std::abs(extrapolated - ratio) < 0.05 || std::abs(ratio - 1.0) < 0.05))
        CHECK((std::abs(ratio - 1.0) < 0.05 || std::abs(extrapolated - 1.0) < 0.1));
}

struct Tally {
    int motions = 0, unseen = 0, saddles = 0, minima = 0, open = 0;
};

void check_split(const Dataset& data, const Analysis& analysis, const std::vector<double>& gamma,
                 Tally& tally) {
    const NeuronReport& neuron = analysis.neurons[0];
    const SplitReport report = classify_split(data, analysis, 0, gamma, kSerial);
    const Network wide = split_neuron(analysis.network, 0, gamma);
    CAPTURE(gamma, name_of(report.rule), neuron.fourth->daughters, neuron.fourth->together,
            neuron.fourth->together_error, neuron.fourth->basis.size());
    REQUIRE(report.index.known());
    const BruteReduction brute(data, wide, report.index.nullity.least);
    double least = 0.0;
    if (brute.smallest() > 1e-5) {
        Random random(9, 9);
        for (int trial = 0; trial < 4; ++trial) {
            const Motion motion = random_motion(*neuron.fourth, wide, gamma, random);
            const std::optional<double> seen = brute.quartic(motion.direction);
            ++(seen ? tally.motions : tally.unseen);
            if (!seen) continue;
            CAPTURE(*seen, motion.predicted, motion.terms);
            CHECK(std::abs(*seen - motion.predicted) < 0.02 * motion.terms);
            least = std::min(least, *seen / motion.terms);
        }
    }
    CAPTURE(least);
    switch (report.verdict) {
        case Verdict::saddle:
            ++tally.saddles;
            CHECK(report.rule == Rule::fourth_order);
            REQUIRE(report.witness.has_value());
            CHECK(report.witness->order == 4);
            check_descent(data, *report.witness);
            break;
        case Verdict::local_minimum:
            ++tally.minima;
            CHECK(report.rule == Rule::fourth_order);
            CHECK(least > -0.02);
            CHECK(test::sampled_descent(data, wide, 1e-2, 50.0, 12, 3) == 0.0);
            break;
        default:
            ++tally.open;
    }
}

void check_points(Definiteness wanted, Size features, Size extra, int seeds, Tally& tally) {
    for (const test::Planted& planted : flat_minima(wanted, features, extra, seeds)) {
        const Dataset data = planted.dataset();
        const Analysis analysis = analyze(data, planted.network, Tolerances{}, kSerial, planted_zeros());
        const NeuronReport& neuron = analysis.neurons[0];
        if (!neuron.fourth || analysis.point.verdict != Verdict::local_minimum ||
            !analysis.point.hessian.clear() || neuron.definiteness != wanted)
            continue;
        CAPTURE(planted.network.activation.name(), features, extra, static_cast<int>(wanted));
        std::vector<std::vector<double>> gammas{{0.5, 0.5}, {0.3, 0.7}, {0.5, 0.3, 0.2}, {0.25, 0.25, 0.5}};
        if (wanted == Definiteness::negative_semidefinite)
            gammas = {{1.5, -0.5}, {1.05, -0.05}, {3.0, -1.0, -1.0}, {1.9, -0.1, -0.8}};
        if (wanted == Definiteness::zero)
            gammas = {{0.5, 0.5},      {0.2, 0.8},        {1.5, -0.5},
                      {0.5, 0.3, 0.2}, {3.0, -1.0, -1.0}, {0.7, 0.8, -0.5}};
        // To either side of where the sign changes: R k + M = 0 with k = 1 / (g (1 - g)) - 3.
        if (neuron.fourth->basis.size() == 1) {
            for (const double factor : {0.9, 1.1}) {
                const double k = -factor * neuron.fourth->together[0] / neuron.fourth->daughters[0];
                const double product = 1.0 / (k + 3.0);
                const bool plus = k > 1.0 && wanted != Definiteness::negative_semidefinite;
                const bool minus = k < -3.0 && k > -50.0 && wanted != Definiteness::positive_semidefinite;
                if ((!plus && !minus) || k > 50.0) continue;
                const double share = 0.5 * (1.0 + std::sqrt(1.0 - 4.0 * product));
                const int before = tally.minima;
                check_split(data, analysis, {share, 1.0 - share}, tally);
                if (neuron.fourth->together_error > 1e-3 * std::abs(neuron.fourth->together[0])) continue;
                CHECK((tally.minima > before) == ((factor < 1.0) == (neuron.fourth->together[0] > 0.0)));
            }
        }
        for (const std::vector<double>& gamma : gammas) check_split(data, analysis, gamma, tally);
        // Lemma 4 decides the other side, whatever the fourth order is.
        const bool plus = wanted == Definiteness::positive_semidefinite;
        if (wanted == Definiteness::zero) continue;
        const std::vector<std::vector<double>> others =
            plus ? std::vector<std::vector<double>>{{1.5, -0.5}, {3.0, -1.0, -1.0}, {0.7, 0.8, -0.5}}
                 : std::vector<std::vector<double>>{{0.5, 0.5}, {0.5, 0.3, 0.2}, {0.7, 0.8, -0.5}};
        for (const std::vector<double>& gamma : others)
            CHECK(classify_split(data, analysis, 0, gamma, kSerial).verdict == Verdict::saddle);
    }
}

}  // namespace

TEST_CASE("the fourth-order form against brute force on the wide network, and its verdicts") {
    Tally tally;
    check_points(Definiteness::positive_semidefinite, 2, 3, 3, tally);
    check_points(Definiteness::positive_semidefinite, 3, 3, 2, tally);
    check_points(Definiteness::negative_semidefinite, 2, 3, 3, tally);
    check_points(Definiteness::negative_semidefinite, 3, 3, 2, tally);
    check_points(Definiteness::zero, 1, 3, 4, tally);
    check_points(Definiteness::zero, 2, 3, 3, tally);
    WARN(tally.motions << " motions compared, " << tally.unseen << " not seen, " << tally.saddles
                       << " saddles, " << tally.minima << " minima, " << tally.open << " open");
    CHECK(tally.motions > 300);
    CHECK(tally.unseen * 5 < tally.motions);
    CHECK(tally.saddles > 40);
    CHECK(tally.minima > 40);
}

TEST_CASE("moments of daughters that move along a line: the extremes are those of the search") {
    Random random(17, 0);
    for (int trial = 0; trial < 60; ++trial) {
        const Size daughters = 2 + static_cast<Size>(random.bits() % 4);
        const bool plus = trial % 2 == 0;
        const std::vector<double> gamma = plus ? test::random_gamma(random, daughters, 0, 0)
                                               : test::random_gamma(random, 1, daughters - 1, 0);
        const MomentRange range = moment_range(gamma);
        CAPTURE(gamma, range.least, range.greatest);
        CHECK(ratio(gamma, range.lowest.t) == Approx(range.least));
        CHECK(ratio(gamma, range.highest.t) == Approx(range.greatest));
        if (plus) {
            const double g = *std::min_element(gamma.begin(), gamma.end());
            CHECK(range.greatest == Approx(1.0 / (g * (1.0 - g)) - 3.0));
            CHECK(range.least >= 1.0 - 1e-12);
        } else {
            CHECK(range.greatest < 0.0);
        }
        double lowest = INFINITY, highest = -INFINITY;
        for (int start = 0; start < 200; ++start) {
            // Random motions, improved by random steps.
            std::vector<double> best;
            double value = 0.0;
            for (int step = 0; step < 150; ++step) {
                std::vector<double> t(gamma.size());
                double mean = 0.0;
                for (std::size_t j = 0; j < t.size(); ++j) {
                    t[j] = (step == 0 ? 0.0 : best[j]) + random.normal() * std::pow(0.95, step);
                    mean += gamma[j] * t[j];
                }
                for (double& x : t) x -= mean;
                const double found = ratio(gamma, t);
                const bool better = start % 2 == 0 ? found < value : found > value;
                if (step > 0 && !better) continue;
                best = std::move(t);
                value = found;
            }
            lowest = std::min(lowest, value);
            highest = std::max(highest, value);
        }
        CHECK(lowest >= range.least - 1e-9 * std::abs(range.least));
        CHECK(highest <= range.greatest + 1e-9 * std::abs(range.greatest));
        CHECK(lowest == Approx(range.least).epsilon(0.05));
        CHECK(highest == Approx(range.greatest).epsilon(0.05));
    }
    // Known by hand: three values are better than two in Gamma-, and many daughters keep to their bounds.
    CHECK(moment_range(std::vector<double>{3.0, -1.0, -1.0}).greatest == Approx(-0.5));
    const std::vector<double> many(40, 1.0 / 40);
    CHECK(moment_range(many).least == 1.0);
    CHECK(moment_range(many).lowest.ratio() == Approx(1.0));
    CHECK(moment_range(many).greatest == Approx(40.0 * 40.0 / 39.0 - 3.0));
}

TEST_CASE("the fourth derivative of every analytic activation") {
    for (const Activation& activation : test::smooth_activations()) {
        if (!kernels::has_fourth_derivative(activation.kind())) {
            CHECK(activation.traits().smoothness != Smoothness::analytic);
            continue;
        }
        for (const double z : {-30.0, -6.0, -2.1, -1.0, -0.3, 0.0, 0.01, 0.7, 1.9, 4.0, 12.0}) {
            double first = 0.0, second = 0.0;
            activation.evaluate(1, &z, {nullptr, &first, &second, nullptr});
            const FourthDerivative fourth = kernels::fourth_derivative(activation.kind(), z, first, second);
            const long double h = 1e-5L;
            const auto third = [&](long double at) {
                return test::activation_jet(activation.kind(), activation.parameter(), at).third;
            };
            const auto expected = static_cast<double>((third(z + h) - third(z - h)) / (2.0L * h));
            CAPTURE(activation.name(), z, fourth.value, expected);
            CHECK(std::abs(fourth.value - expected) <= 1e-8 * fourth.magnitude + 1e-12);
            CHECK(fourth.magnitude >= std::abs(fourth.value));
        }
    }
}

TEST_CASE("quartic forms: sums of squares and negative values") {
    // (x^2 - 0.9 y^2)^2 + 0.01 y^4 + c x^2 y^2, written with its middle term on the diagonal: a sum of
    // squares needs the shift.
    const auto form = [](double c) {
        return std::vector<double>{1.0, 0.0, 0.0, 0.0, 0.5 * (c - 1.8), 0.0, 0.0, 0.0, 0.82};
    };
    CHECK(smallest_eigenvalue(form(0.0), 2) < 0.0);
    CHECK(sum_of_squares_bound(form(0.0), 2) > 0.0);
    CHECK(sum_of_squares_bound(form(-0.1), 2) < 0.0);
    CHECK(quartic(form(-0.1), smallest_found(form(-0.1), 2)) < 0.0);
    CHECK(quartic(form(0.0), smallest_found(form(0.0), 2)) > 0.0);
    Random random(5, 5);
    for (Size n = 1; n <= 4; ++n) {
        const auto order = static_cast<std::size_t>(product_count(n));
        std::vector<double> g(order * order);
        for (std::size_t p = 0; p < order; ++p) {
            for (std::size_t q = 0; q <= p; ++q) g[p * order + q] = g[q * order + p] = random.normal();
        }
        const double bound = sum_of_squares_bound(g, n), found = quartic(g, smallest_found(g, n));
        CHECK(bound >= smallest_eigenvalue(g, n));
        CHECK(found >= bound - 1e-12);
        if (n <= 2) CHECK(found == Approx(bound).margin(n == 1 ? 1e-12 : 0.5));
        for (int trial = 0; trial < 2000; ++trial) {
            std::vector<double> v(static_cast<std::size_t>(n));
            double norm = 0.0;
            for (double& x : v) norm = std::hypot(norm, x = random.normal());
            for (double& x : v) x /= norm;
            CHECK(quartic(g, v) >= found - 1e-9);
        }
    }
}

TEST_CASE("the sign of a form by hand: both ends of the range of moments, errors, several null vectors") {
    const auto form = [](double daughters, double together, double error) {
        return FourthOrder{{{1.0, 2.0}}, {daughters}, {together}, error, 0.0, true, true};
    };
    const auto sign = [](const FourthOrder& f, const std::vector<double>& gamma) {
        return fourth_order_sign(f, gamma).sign;
    };
    // k from 1 to 7 / 3, and from 3.25 to 8.11.
    const std::vector<double> even{0.5, 0.25, 0.25}, uneven{0.8, 0.1, 0.1};
    CHECK(sign(form(-1.0, 5.0, 0.0), even) == FormSign::positive);
    CHECK(sign(form(-1.0, 5.0, 0.0), uneven) == FormSign::negative);
    CHECK(sign(form(1.0, -2.0, 0.0), even) == FormSign::negative);
    CHECK(sign(form(1.0, -2.0, 0.0), uneven) == FormSign::positive);
    CHECK(sign(form(1.0, -0.9, 0.05), even) == FormSign::positive);
    CHECK(sign(form(1.0, -0.9, 0.2), even) == FormSign::open);
    CHECK(sign(form(1.0, -1.0, 0.0), std::vector<double>(2, 0.5)) == FormSign::open);
    // k = -0.5 at three values of t, -3.17 and -3.5 at two.
    CHECK(sign(form(-1.0, -1.0, 0.0), {3.0, -1.0, -1.0}) == FormSign::negative);
    CHECK(sign(form(-1.0, -0.4, 0.0), {3.0, -1.0, -1.0}) == FormSign::positive);
    CHECK(sign(form(1.0, -1.0, 0.0), {0.7, 0.8, -0.5}) == FormSign::negative);
    CHECK(fourth_order_sign(form(1.0, -0.9, 0.0), true) == FormSign::positive);
    CHECK(fourth_order_sign(form(-1.0, 0.9, 0.0), true) == FormSign::negative);
    CHECK(fourth_order_sign(form(1.0, -1.1, 0.0), true) == FormSign::open);
    CHECK(fourth_order_sign(form(-1.0, 0.5, 0.0), false) == FormSign::positive);
    CHECK(fourth_order_sign(form(1.0, -0.5, 0.0), false) == FormSign::negative);
    CHECK(vanishes(form(1e-9, 0.0, 1e-8)));
    CHECK_FALSE(vanishes(form(1e-9, 1e-7, 1e-8)));
    // R = x^4 + x^2 y^2 + y^4 and M(S) = together |S|^2 on two null vectors; products x^2, sqrt 2 x y, y^2.
    const auto plane = [](double together) {
        return FourthOrder{{{1.0, 0.0}, {0.0, 1.0}},
                           {1.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0},
                           {together, 0.0, 0.0, 0.0, together, 0.0, 0.0, 0.0, together},
                           0.0,
                           0.0,
                           true,
                           true};
    };
    CHECK(sign(plane(-0.4), {0.5, 0.5}) == FormSign::positive);
    CHECK(sign(plane(-0.4), even) == FormSign::positive);
    CHECK(sign(plane(-0.8), {0.5, 0.5}) == FormSign::negative);
    const FourthOrderSign down = fourth_order_sign(plane(-0.8), even);
    REQUIRE(down.sign == FormSign::negative);
    CHECK(std::abs(std::abs(down.v[0]) - std::abs(down.v[1])) < 0.1);  // R is least on the diagonals
}
