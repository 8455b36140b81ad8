// Ends at infinity under weight decay: neurons whose bias, which does not decay, runs off are linear in the
// limit. Their minima hold against networks at finite weights nearby and against descents from there; where
// the loss falls back to finite weights the search follows.
#include <cmath>
#include <map>

#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/end_verdict.hpp"
#include "classification/model/model.hpp"
#include "core/random.hpp"
#include "solve/ends/asymptotes.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tepui;

namespace {

constexpr Size kFeatures = 3, kSamples = 60;

struct Problem {
    std::vector<double> x, y;

    // Targets that are linear but for noise, a bend and a cubic part; labels by the largest of the outputs.
    Problem(Size outputs, double bend, double cubic, const Loss& loss, std::uint64_t seed) {
        Random random(seed, 11);
        std::vector<double> map(std::size_t(outputs * kFeatures));
        for (double& m : map) m = random.normal();
        for (Size k = 0; k < kSamples; ++k) {
            double at[kFeatures];
            for (double& one : at) x.push_back(one = random.normal());
            std::vector<double> f(std::size_t(outputs), 0.0);
            for (Size o = 0; o < outputs; ++o) {
                for (Size j = 0; j < kFeatures; ++j)
                    f[std::size_t(o)] += map[std::size_t(o * kFeatures + j)] * at[j];
                double& of = f[std::size_t(o)];
                of += bend * at[0] * at[0] + cubic * of * of * of + 0.5 * random.normal();
            }
            const auto most = std::max_element(f.begin(), f.end()) - f.begin();
            for (Size o = 0; o < outputs; ++o)
                y.push_back(loss.kind() == LossKind::softmax ? (o == most ? 1.0 : 0.0) : f[std::size_t(o)]);
        }
    }
    Dataset data(Size outputs, double lambda, const Loss& loss) const {
        Dataset result = test::dataset_of(kFeatures, x, outputs, y, loss);
        Decay decay;
        decay.weights = lambda;
        decay.outputs = 4.0 * lambda;
        decay.skip = 20.0 * lambda;  // but for the bias: neurons are worth their decay beside it
        decay.bias_input = true;
        result.set_decay(decay);
        return result;
    }
};

double loss_of(const Dataset& data, const Network& network) {
    return loss(data, network, Execution{1}).loss;
}

Network near(const EndReport& end, double step) {
    std::vector<Approach> approaches(end.limit.units.size());
    for (std::size_t u = 0; u < approaches.size(); ++u) {
        if (u < end.across.size()) approaches[u] = end.across[u].fall;
        approaches[u].step = step;
    }
    return finite_network(end.limit, approaches);
}

// sum_k g_k . a (sigma(t_k + B) - t_k - B), far out, where double precision shows no change of the loss.
double change_far_out(const Problem& problem, const BoundaryOutputs& outputs, const Network& like,
                      Size neuron, double far) {
    double sum = 0.0;
    for (Size k = 0; k < kSamples; ++k) {
        double t = 0.0, pull = 0.0;
        for (Size j = 0; j < kFeatures; ++j)
            t += like.weights(neuron)[j] * problem.x[std::size_t(k * kFeatures + j)];
        for (Size o = 0; o < like.output_count; ++o)
            pull += outputs.g[k * like.output_count + o] * like.output(neuron, o);
        sum += pull * tail(like.activation, 1, t + far);
    }
    return sum;
}

bool runs_off(const EndReport& end) {
    return std::any_of(end.limit.units.begin(), end.limit.units.end(),
                       [](const BoundaryUnit& unit) { return unit.kind == UnitKind::asymptote; });
}

}  // namespace

TEST_CASE("minima at infinity under decay hold against networks at finite weights") {
    std::map<EndVerdict, int> verdicts;
    int starts = 0, answered = 0, compared = 0, beside_skip = 0;
    for (const ActivationKind kind : {ActivationKind::softplus, ActivationKind::gelu, ActivationKind::silu,
                                      ActivationKind::gelu_tanh, ActivationKind::sigmoid_softplus}) {
        for (const auto& [loss, outputs] :
             {std::pair<const Loss*, Size>{&squared_loss(), 1}, {&squared_loss(), 3}, {&softmax_loss(), 3}}) {
            for (const auto& [cubic, skip] :
                 {std::pair{-0.1, false}, {0.0, false}, {0.1, false}, {0.1, true}, {-0.1, true}}) {
                const Problem problem(outputs, 0.0, cubic, *loss, 5);
                const Dataset data = problem.data(outputs, 0.5, *loss);
                SolveOptions options;
                options.starts = 4;
                const Network prototype(Activation(kind), test::layout_for(data, 3, !skip, skip));
                const SolveResult result = solve(data, prototype, options, Execution{1});
                INFO(Activation(kind).name()
                     << " " << name_of(loss->kind()) << " " << outputs << " " << skip);
                for (const StartReport& start : result.starts) {
                    ++starts;
                    answered += start.outcome == StartOutcome::converged ||
                                start.outcome == StartOutcome::at_infinity;
                }
                for (const DistinctEnd& found : result.ends) {
                    const EndReport& end = *found.end;
                    CHECK(runs_off(end));
                    ++verdicts[end.verdict];
                    beside_skip += skip;
                    if (end.verdict != EndVerdict::minimum) continue;
                    const double noise = 1e-11 * std::abs(end.loss);
                    CHECK(loss_of(data, near(end, 1e-12)) == Approx(end.loss).epsilon(1e-10));
                    Random random(7, 3);
                    for (const double size : {1e-2, 1e-3, 1e-4}) {
                        for (int trial = 0; trial < 40; ++trial) {
                            Network next = near(end, std::exp(-2.0 - 10.0 * random.uniform()));
                            for (double& p : next.parameters) p += size * random.normal();
                            ++compared;
                            CHECK(loss_of(data, next) >= end.loss - noise);
                        }
                    }
                    // Long descents from nearby end there again, or in none that is lower.
                    SolveOptions on;
                    const StartReport descent = solve_from(data, near(end, 1e-3), on, Execution{1});
                    CHECK(descent.loss >= end.loss - 1e-9 * std::abs(end.loss));
                }
            }
        }
    }
    CAPTURE(starts, answered, compared, verdicts[EndVerdict::minimum], verdicts[EndVerdict::saddle],
            verdicts[EndVerdict::undetermined]);
    CHECK(answered == starts);
    CHECK(verdicts[EndVerdict::minimum] >= 10);
    CHECK(beside_skip >= 5);
    CHECK(verdicts[EndVerdict::undetermined] == 0);
}

// Of any limit, stationary or not, the sign across is that of the change far out.
TEST_CASE("the first term across has the sign of what the loss does far out") {
    std::map<AcrossSign, int> signs;
    for (const ActivationKind kind : {ActivationKind::softplus, ActivationKind::gelu, ActivationKind::silu,
                                      ActivationKind::gelu_tanh, ActivationKind::sigmoid_softplus}) {
        for (const auto& [loss, outputs] :
             {std::pair<const Loss*, Size>{&squared_loss(), 1}, {&softmax_loss(), 3}}) {
            for (std::uint64_t seed = 1; seed <= 8; ++seed) {
                const Problem problem(outputs, 0.1, 0.0, *loss, seed);
                const Dataset data = problem.data(outputs, 0.5, *loss);
                Network like(Activation(kind), test::layout_for(data, 2, true, false));
                Random random(seed, 31);
                for (double& p : like.parameters) p = random.normal();
                const BoundaryNetwork limit = as_asymptotes(like, {1}, with_identities(like, {1}));
                const BoundaryOutputs outputs_of = boundary_outputs(data, limit);
                const Across found = across({&data, &limit, &outputs_of, &limit, &outputs_of, 8.0})[1];
                INFO(Activation(kind).name() << " " << outputs << ", seed " << seed);
                REQUIRE(found.sign != AcrossSign::open);
                ++signs[found.sign];
                double change = 0.0;
                if (asymptote_of(Activation(kind)).above > 0) {
                    Approach approach = found.fall;
                    approach.step = std::exp(-9.0);
                    const std::vector<Approach> approaches{Approach{}, approach};
                    const LossChange of =
                        change_from_limit(data, outputs_of, finite_network(limit, approaches), Execution{1});
                    REQUIRE(std::abs(of.value) > of.error);
                    change = of.value;
                } else {
                    const double far = kind == ActivationKind::silu   ? 400.0
                                       : kind == ActivationKind::gelu ? 24.0
                                                                      : 12.0;
                    change = change_far_out(problem, outputs_of, like, 1, far + found.fall.shift);
                }
                CHECK((change > 0.0) == (found.sign == AcrossSign::grows));
            }
        }
    }
    CHECK(signs[AcrossSign::grows] > 10);
    CHECK(signs[AcrossSign::falls] > 10);
}

// A bend that softplus can make: the run that is far to the right comes back, lower than any linear network.
TEST_CASE("where the loss falls back to finite weights the search follows") {
    const Problem problem(1, 0.3, 0.0, squared_loss(), 2);
    const Dataset data = problem.data(1, 0.5, squared_loss());
    Network start(Activation(ActivationKind::softplus), test::layout_for(data, 1, true, false));
    Random random(3, 1);
    for (double& p : start.parameters) p = 0.3 * random.normal();
    start.weights(0)[kFeatures] = 25.0;
    const StartReport report = solve_from(data, start, SolveOptions{}, Execution{1});
    CHECK(report.outcome == StartOutcome::converged);
    Network linear = with_identities(start, {0});
    const StartReport limit = solve_from(data, linear, SolveOptions{}, Execution{1});
    CHECK(report.loss < limit.loss - 1e-3);
}

// Output biases, skip connections of the bias input in their place, or both: what decay does not feel is a
// gauge, and so is the bias of a neuron that decay has switched off.
TEST_CASE("points under decay are judged whatever adds a constant to their outputs") {
    int points = 0, gauges = 0;
    for (const ActivationKind kind : {ActivationKind::tanh, ActivationKind::softplus, ActivationKind::gelu}) {
        for (const auto& [loss, outputs] :
             {std::pair<const Loss*, Size>{&squared_loss(), 1}, {&squared_loss(), 3}, {&softmax_loss(), 3}}) {
            for (const auto& [bias, skip] : {std::pair{true, false}, {false, true}, {true, true}}) {
                const Dataset data = Problem(outputs, 0.2, 0.0, *loss, 6).data(outputs, 2.0, *loss);
                SolveOptions options;
                options.starts = 4;
                const Network prototype(Activation(kind), test::layout_for(data, 3, bias, skip));
                const SolveResult result = solve(data, prototype, options, Execution{1});
                INFO(Activation(kind).name()
                     << " " << name_of(loss->kind()) << " " << outputs << " " << bias << skip);
                for (const StartReport& start : result.starts) {
                    CHECK((start.outcome == StartOutcome::converged ||
                           start.outcome == StartOutcome::at_infinity));
                }
                for (const DistinctPoint& point : result.points) {
                    const ModelReport verdict = classify_model(data, point.network, {}, false, Execution{1});
                    CHECK(verdict.verdict == Verdict::local_minimum);
                    CHECK(verdict.hessian.inertia.zero == gauge_dimension(data, point.network));
                    ++points;
                    gauges += verdict.rule == Rule::gauge_orbit;
                }
            }
        }
    }
    CAPTURE(points);
    CHECK(gauges >= 10);
}

TEST_CASE("linear neurons under decay turn into one another") {
    const Problem problem(3, 0.0, 0.0, squared_loss(), 4);
    const Dataset data = problem.data(3, 0.5, squared_loss());
    for (const Size width : {1, 2, 3, 5}) {
        Network start(Activation(ActivationKind::identity), test::layout_for(data, width, true, false));
        Random random(9, std::uint64_t(width));
        for (double& p : start.parameters) p = random.normal();
        const StartReport report = solve_from(data, start, SolveOptions{}, Execution{1});
        const ModelReport verdict = classify_model(data, report.point, {}, false, Execution{1});
        INFO("width " << width << ", zeros " << verdict.hessian.inertia.zero);
        // One bias against the output bias a neuron, and the turns; of five vectors of rank 3 one is none.
        CHECK(gauge_dimension(data, report.point) == width + (width == 5 ? 9 : width * (width - 1) / 2));
        CHECK(verdict.verdict == Verdict::local_minimum);
        CHECK(verdict.rule == Rule::gauge_orbit);
    }
}

TEST_CASE("identities are turned to the fewest with the same function and no more decay") {
    const Problem problem(2, 0.0, 0.0, squared_loss(), 8);
    const Dataset data = problem.data(2, 0.5, squared_loss());
    Network network(Activation(ActivationKind::softplus), test::layout_for(data, 4, true, false));
    Random random(21, 1);
    for (double& p : network.parameters) p = random.normal();
    Network linear = with_identities(network, {0, 1, 3});
    const Network before = linear;
    turn_to_fewest(data.decay(), {0, 1, 3}, linear);
    std::vector<double> f(std::size_t(2 * kSamples)), g(f.size());
    outputs(data, before, f.data(), nullptr, Execution{1});
    outputs(data, linear, g.data(), nullptr, Execution{1});
    for (std::size_t k = 0; k < f.size(); ++k) CHECK(g[k] == Approx(f[k]).margin(1e-11));
    CHECK(loss_of(data, linear) < loss_of(data, before));
    int left = 0;
    for (const Size i : {0, 1, 3}) left += linear.output(i, 0) != 0.0;
    CHECK(left == 2);
}

TEST_CASE("the loss of ends counts what samples of equal inputs differ by") {
    const std::vector<double> x{-1.0, -1.0, 0.0, 0.0, 1.0, 1.0}, y{-1.5, -0.5, 0.3, -0.2, 0.4, 1.4};
    Dataset data = test::dataset_of(1, x, 1, y);
    Decay decay;
    decay.weights = decay.outputs = 0.5;
    decay.bias_input = true;
    data.set_decay(decay);
    SolveOptions options;
    options.starts = 4;
    const SolveResult result =
        solve(data, Network(Activation(ActivationKind::softplus), test::layout_for(data, 2, true, false)),
              options, Execution{1});
    REQUIRE_FALSE(result.ends.empty());
    for (const DistinctEnd& end : result.ends)
        CHECK(loss_of(data, near(*end.end, 1e-10)) == Approx(end.end->loss).epsilon(1e-8));
    for (const StartReport& start : result.starts)
        if (start.end) CHECK(start.loss == start.end->loss);
}

// Two linear units turn into one another: the end that held on the axes of one representation fell on others.
TEST_CASE("linear units are asked on every side that they turn to") {
    int ends = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const Problem problem(3, 0.0, 0.0, softmax_loss(), seed);
        const Dataset data = problem.data(3, 0.6, softmax_loss());
        SolveOptions options;
        options.starts = 2;
        const SolveResult result =
            solve(data, Network(Activation(ActivationKind::softplus), test::layout_for(data, 2, true, false)),
                  options, Execution{1});
        for (const DistinctEnd& found : result.ends) {
            const BoundaryNetwork& limit = found.end->limit;
            if (found.end->verdict != EndVerdict::minimum || limit.units[0].kind != UnitKind::asymptote ||
                limit.units[1].kind != UnitKind::asymptote)
                continue;
            ++ends;
            const BoundaryOutputs outputs_of = boundary_outputs(data, limit);
            for (int angle = 0; angle < 24; ++angle) {
                const double c = std::cos(angle * 0.2618), s = std::sin(angle * 0.2618);
                BoundaryNetwork turned = limit;
                for (Size j = 0; j < limit.form_size(0, 0); ++j) {
                    const double first = limit.parameters[std::size_t(limit.form_at(0, 0) + j)],
                                 second = limit.parameters[std::size_t(limit.form_at(1, 0) + j)];
                    turned.parameters[std::size_t(limit.form_at(0, 0) + j)] = c * first + s * second;
                    turned.parameters[std::size_t(limit.form_at(1, 0) + j)] = c * second - s * first;
                }
                for (Size o = 0; o < 3; ++o) {
                    turned.coefficient(0, 0, o) =
                        c * limit.coefficient(0, 0, o) + s * limit.coefficient(1, 0, o);
                    turned.coefficient(1, 0, o) =
                        c * limit.coefficient(1, 0, o) - s * limit.coefficient(0, 0, o);
                }
                CHECK_FALSE(
                    any(across({&data, &turned, &outputs_of, &turned, &outputs_of, 8.0}), AcrossSign::falls));
            }
        }
    }
    CAPTURE(ends);
    CHECK(ends >= 1);
}

// The nearest sample pulls one way, one right behind it the other, ten times as much.
TEST_CASE("samples right behind the nearest count as far out as doubles show") {
    const std::vector<double> x{0.0, 0.01, 2.0, 3.0}, y{0.0, 0.0, 0.0, 0.0};
    const Dataset data = test::dataset_of(1, x, 1, y);
    Network like(Activation(ActivationKind::gelu), test::layout_for(data, 1, true, false));
    like.weights(0)[0] = 1.0;
    like.output(0) = 1.0;
    const BoundaryNetwork limit = as_asymptotes(like, {0}, with_identities(like, {0}));
    for (const double sign : {1.0, -1.0}) {
        BoundaryOutputs outputs_of = boundary_outputs(data, limit);
        outputs_of.g[0] = 0.1 * sign;
        outputs_of.g[1] = -1.0 * sign;
        const Across found = across({&data, &limit, &outputs_of, &limit, &outputs_of, 8.0})[0];
        // gelu lies below its asymptote: the nearest alone falls for sign > 0, both together grow.
        CHECK(found.sign == (sign > 0.0 ? AcrossSign::open : AcrossSign::falls));
    }
}
