// Searches of networks of several outputs, with output biases and skip connections, under any loss and with
// weight decay: points reported as stationary are, by loops written out here, and long descents from beside
// them come back.
#include <cmath>
#include <numeric>

#include "linalg/symmetric.hpp"
#include "solve/problems.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

struct Samples {
    Problem problem;
    Size outputs;

    Dataset dataset(const Loss& loss, const Decay& decay = {}) const {
        Dataset data({.samples = problem.samples,
                      .features = problem.features,
                      .x = problem.x.data(),
                      .ldx = problem.features,
                      .targets = problem.targets.data(),
                      .outputs = outputs,
                      .loss = &loss},
                     false, true, LossScaling::sum);
        data.set_decay(decay);
        return data;
    }
};

// Inputs and the outputs of a network with neurons of moderate weights.
Samples taught_outputs(const Layout& layout, Size samples, std::uint64_t seed) {
    Samples result{normal_inputs(samples, layout.inputs - 1, seed), layout.output_count};
    Network teacher(Activation(ActivationKind::tanh), layout);
    Random random(seed, 1);
    for (double& p : teacher.parameters) p = 0.5 * random.normal();
    for (Size i = 0; i < layout.width; ++i) {
        teacher.weights(i)[i % (layout.inputs - 1)] += 1.5;
        for (Size o = 0; o < layout.output_count; ++o) teacher.output(i, o) += (o + i) % 2 == 0 ? 1.5 : -1.5;
    }
    result.problem.targets.assign(static_cast<std::size_t>(samples * layout.output_count), 0.0);
    outputs(result.dataset(squared_loss()), teacher, result.problem.targets.data(), nullptr, Execution{});
    return result;
}

// Labels drawn by the softmax of a network's outputs: classes that overlap.
Samples noisy_classes(Size samples, Size features, Size classes, std::uint64_t seed) {
    Samples result = taught_outputs({2, features + 1, classes, true, false}, samples, seed);
    Random random(seed, 5);
    for (Size k = 0; k < samples; ++k) {
        double* f = result.problem.targets.data() + k * classes;
        double sum = 0.0;
        for (Size o = 0; o < classes; ++o) sum += f[o] = std::exp(f[o]);
        double left = random.uniform() * sum;
        Size drawn = 0;
        while (drawn + 1 < classes && left > f[drawn]) left -= f[drawn++];
        std::fill_n(f, classes, 0.0);
        f[drawn] = 1.0;
    }
    return result;
}

// One output: whether the sample is of the last of two classes.
Samples yes_or_no(const Samples& two) {
    Samples result{two.problem, 1};
    result.problem.targets.resize(static_cast<std::size_t>(two.problem.samples));
    for (Size k = 0; k < two.problem.samples; ++k) result.problem.targets[k] = two.problem.targets[2 * k + 1];
    return result;
}

// ---- Loss and gradient in plain loops ----

double sigma(const Activation& activation, double z, double& slope) {
    double u = 0.0;
    activation.evaluate(1, &z, {.value = &u, .first = &slope});
    return u;
}

// Per sample: l and its slopes by the outputs.
using PlainLoss = double (*)(const std::vector<double>& f, const double* y, std::vector<double>& slope);

double softmax(const std::vector<double>& f, const double* y, std::vector<double>& slope) {
    const double top = *std::max_element(f.begin(), f.end());
    double sum = 0.0, dot = 0.0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        sum += std::exp(f[o] - top);
        dot += y[o] * (f[o] - top);
    }
    for (std::size_t o = 0; o < f.size(); ++o) slope[o] = std::exp(f[o] - top) / sum - y[o];
    return std::log(sum) - dot;
}

double logistic(const std::vector<double>& f, const double* y, std::vector<double>& slope) {
    double sum = 0.0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        sum += std::log1p(std::exp(f[o])) - y[o] * f[o];
        slope[o] = 1.0 / (1.0 + std::exp(-f[o])) - y[o];
    }
    return sum;
}

double squared(const std::vector<double>& f, const double* y, std::vector<double>& slope) {
    double sum = 0.0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        slope[o] = f[o] - y[o];
        sum += 0.5 * slope[o] * slope[o];
    }
    return sum;
}

double poisson(const std::vector<double>& f, const double* y, std::vector<double>& slope) {
    double sum = 0.0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        slope[o] = std::exp(f[o]) - y[o];
        sum += std::exp(f[o]) - y[o] * f[o] - y[o] + (y[o] > 0.0 ? y[o] * std::log(y[o]) : 0.0);
    }
    return sum;
}

constexpr double kDelta = 0.7;
double pseudo_huber(const std::vector<double>& f, const double* y, std::vector<double>& slope) {
    double sum = 0.0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        const double r = f[o] - y[o], h = std::sqrt(1.0 + r * r / (kDelta * kDelta));
        slope[o] = r / h;
        sum += kDelta * kDelta * (h - 1.0);
    }
    return sum;
}

class PlainObjective {
  public:
    PlainObjective(const Dataset& data, PlainLoss loss) : data_(data), loss_(loss) {}

    double operator()(const Network& network, std::vector<double>& gradient) const {
        const Size m = network.width, d = network.inputs, outputs = network.output_count;
        gradient.assign(network.parameters.size(), 0.0);
        std::vector<double> x(d), u(network.features()), slopes(m), f(outputs), g(outputs), y(outputs);
        double total = 0.0;
        for (Size k = 0; k < data_.samples(); ++k) {
            data_.sample(k, x.data());
            for (Size i = 0; i < m; ++i)
                u[i] = sigma(network.activation_of(i),
                             std::inner_product(x.begin(), x.end(), network.weights(i), 0.0), slopes[i]);
            if (network.output_bias) u[m] = 1.0;
            if (network.skip) std::copy(x.begin(), x.end(), u.end() - d);
            for (Size o = 0; o < outputs; ++o) {
                f[o] = 0.0;
                y[o] = data_.target(k, o);
                for (Size q = 0; q < network.features(); ++q)
                    f[o] += network.parameters[network.coefficient(q, o)] * u[q];
            }
            total += data_.weight(k) * loss_(f, y.data(), g);
            for (Size o = 0; o < outputs; ++o) {
                const double slope = data_.weight(k) * g[o];
                for (Size q = 0; q < network.features(); ++q)
                    gradient[network.coefficient(q, o)] += slope * u[q];
                for (Size i = 0; i < m; ++i) {
                    for (Size j = 0; j < d; ++j)
                        gradient[network.weight(i, j)] += slope * network.output(i, o) * slopes[i] * x[j];
                }
            }
        }
        data_.decay().each(network, [&](Size p, double lambda) {
            total += 0.5 * lambda * network.parameters[p] * network.parameters[p];
            gradient[p] += lambda * network.parameters[p];
        });
        return total;
    }

    // Steepest descent with step lengths of Barzilai and Borwein, halved until the loss falls.
    double descend(Network& point, int steps) const {
        std::vector<double> gradient, next_gradient;
        double loss = (*this)(point, gradient), length = 1e-3;
        for (int step = 0; step < steps; ++step) {
            Network next = point;
            for (std::size_t p = 0; p < gradient.size(); ++p) next.parameters[p] -= length * gradient[p];
            const double there = (*this)(next, next_gradient);
            if (!(there < loss)) {
                length *= 0.25;
                if (length < 1e-14) break;
                continue;
            }
            double moved = 0.0, bent = 0.0;
            for (std::size_t p = 0; p < gradient.size(); ++p) {
                const double s = next.parameters[p] - point.parameters[p];
                moved += s * s;
                bent += s * (next_gradient[p] - gradient[p]);
            }
            length = bent > 0.0 ? moved / bent : 2.0 * length;
            point = std::move(next);
            gradient = next_gradient;
            loss = there;
        }
        return loss;
    }

  private:
    const Dataset& data_;
    PlainLoss loss_;
};

double largest(const std::vector<double>& values) {
    double most = 0.0;
    for (const double value : values) most = std::max(most, std::abs(value));
    return most;
}

Network prototype(ActivationKind kind, const Layout& layout) {
    return Network(Activation(kind), layout);
}

// Every converged start is stationary, and a minimum: descents from beside it find nothing lower nearby and,
// where the point is regular, come back to its loss.
void check_minima(const Dataset& data, PlainLoss loss, const SolveResult& result, Size least_converged) {
    const PlainObjective plain(data, loss);
    Size converged = 0;
    for (const StartReport& start : result.starts) {
        CAPTURE(start.reason, start.loss);
        if (start.outcome != StartOutcome::converged) continue;
        ++converged;
        std::vector<double> gradient;
        const double value = plain(start.point, gradient);
        CHECK(start.loss == Approx(value).epsilon(1e-12));
        CHECK(start.gradient_relative <= 1e-11);
        CHECK(largest(gradient) <= 1e-9 * (1.0 + std::abs(value)));
    }
    CHECK(converged >= least_converged);
    for (const DistinctPoint& point : result.points) {
        Network beside = perturbed(point.network, 1e-4, 3);
        const double fallen = plain.descend(beside, 3000);
        CAPTURE(point.loss, fallen, point.hits);
        CHECK(fallen >= point.loss * (1.0 - 1e-9) - 1e-9);
        CHECK(fallen <= point.loss * (1.0 + 1e-5) + 1e-9);
    }
}

}  // namespace

TEST_CASE("a teacher of several outputs, output bias and skip connections is found") {
    const bool skip = GENERATE(false, true);
    const Layout layout{2, 4, 3, !skip, skip};
    Network teacher = prototype(ActivationKind::tanh, layout);
    if (skip) teacher.unit_activations = {Activation(ActivationKind::tanh), Activation(ActivationKind::erf)};
    Random random(7, skip ? 1 : 2);
    for (double& p : teacher.parameters) p = random.normal();
    Samples samples{normal_inputs(80, 3, 12), 3};
    samples.problem.targets.assign(240, 0.0);
    outputs(samples.dataset(squared_loss()), teacher, samples.problem.targets.data(), nullptr, Execution{});
    const Dataset data = samples.dataset(squared_loss());
    SolveOptions options;
    options.starts = 16;
    const SolveResult result = solve(data, teacher, options, Execution{});
    REQUIRE_FALSE(result.points.empty());
    CHECK(result.points[0].loss < 1e-24);
    CHECK(same_up_to_symmetry(result.points[0].network, teacher, 1e-6));
    CHECK(result.points[0].hits >= 4);
}

TEST_CASE("noisy classes have finite minima, and they are found") {
    SolveOptions options;
    options.starts = 8;
    const Samples three = noisy_classes(400, 2, 3, 4);
    const Dataset data = three.dataset(softmax_loss());
    for (const Layout& layout : {Layout{2, 3, 3, true, false}, Layout{1, 3, 3, false, true}}) {
        const SolveResult result = solve(data, prototype(ActivationKind::tanh, layout), options, Execution{});
        check_minima(data, softmax, result, 2);
    }
}

TEST_CASE("two classes are the same by softmax and by one logistic output") {
    SolveOptions options;
    options.starts = 12;
    const Samples two = noisy_classes(400, 2, 2, 8), one = yes_or_no(two);
    const Dataset both = two.dataset(softmax_loss()), single = one.dataset(logistic_loss());
    const SolveResult shares =
        solve(both, prototype(ActivationKind::tanh, {2, 3, 2, true, false}), options, Execution{});
    const SolveResult yes =
        solve(single, prototype(ActivationKind::tanh, {2, 3, 1, true, false}), options, Execution{});
    check_minima(both, softmax, shares, 3);
    check_minima(single, logistic, yes, 3);
    REQUIRE_FALSE(shares.points.empty());
    REQUIRE_FALSE(yes.points.empty());
    CHECK(shares.points[0].loss == Approx(yes.points[0].loss).epsilon(1e-10));
}

TEST_CASE("counts and outliers") {
    SolveOptions options;
    options.starts = 8;
    const Layout layout{2, 3, 2, true, false};
    Samples counts = taught_outputs(layout, 300, 21);
    Random random(21, 3);
    for (double& y : counts.problem.targets) {  // whole numbers around a rate
        const double rate = std::exp(1.0 + 0.5 * y);
        y = std::floor(rate * (0.5 + random.uniform()) + 0.5);
    }
    const Dataset rates = counts.dataset(poisson_loss());
    check_minima(rates, poisson, solve(rates, prototype(ActivationKind::tanh, layout), options, Execution{}),
                 2);
    const std::unique_ptr<const Loss> huber = pseudo_huber_loss(kDelta);
    Samples outliers = taught_outputs(layout, 300, 22);
    for (double& y : outliers.problem.targets) y += 0.3 * random.normal();
    outliers.problem.targets[17] = 40.0;
    const Dataset robust = outliers.dataset(*huber);
    check_minima(robust, pseudo_huber,
                 solve(robust, prototype(ActivationKind::tanh, layout), options, Execution{}), 2);
}

TEST_CASE("classes that can be told apart have no finite minimum, and the runs say so") {
    Samples apart = noisy_classes(40, 2, 3, 2);
    std::fill(apart.problem.targets.begin(), apart.problem.targets.end(), 0.0);
    for (Size k = 0; k < 40; ++k) {
        const double score = apart.problem.x[2 * k];
        apart.problem.targets[3 * k + (score < -0.4 ? 0 : score < 0.4 ? 1 : 2)] = 1.0;
    }
    SolveOptions options;
    options.starts = 6;
    const SolveResult result =
        solve(apart.dataset(softmax_loss()), prototype(ActivationKind::tanh, {4, 3, 3, true, false}), options,
              Execution{});
    CHECK(result.points.empty());
    Size separated = 0;
    for (const StartReport& start : result.starts) {
        CAPTURE(start.reason, start.loss);
        CHECK(start.outcome != StartOutcome::converged);
        if (start.reason.find("separated") == std::string::npos) continue;
        ++separated;
        CHECK(start.loss < std::log(2.0));
    }
    CHECK(separated >= 4);
}

TEST_CASE("with weight decay every start ends at a point, whatever the data") {
    const auto activation = GENERATE(ActivationKind::tanh, ActivationKind::softplus);
    Samples apart = noisy_classes(60, 3, 3, 5);
    // A dependent input, and classes that can be told apart.
    for (Size k = 0; k < 60; ++k) {
        double* x = apart.problem.x.data() + 3 * k;
        x[2] = x[0] - 2.0 * x[1];
        for (Size o = 0; o < 3; ++o) apart.problem.targets[3 * k + o] = 0.0;
        apart.problem.targets[3 * k + (x[0] < -0.4 ? 0 : x[0] < 0.4 ? 1 : 2)] = 1.0;
    }
    SolveOptions options;
    options.starts = 8;
    const Decay everything{.weights = 0.02, .hidden_biases = 0.02, .outputs = 0.02, .output_biases = 0.02};
    const Decay no_biases{.weights = 0.1, .outputs = 0.1};
    for (const Decay& decay : {everything, no_biases}) {
        // Biases without decay may run to where softplus is a line.
        if (activation == ActivationKind::softplus && decay.hidden_biases == 0.0) continue;
        const Dataset data = apart.dataset(softmax_loss(), decay);
        check_minima(data, softmax,
                     solve(data, prototype(activation, {2, 4, 3, true, false}), options, Execution{}), 8);
        const Dataset squares = apart.dataset(squared_loss(), decay);
        check_minima(squares, squared,
                     solve(squares, prototype(activation, {2, 4, 3, true, false}), options, Execution{}), 8);
    }
}

TEST_CASE("searches among models give the same bits on any number of threads") {
    const Samples three = noisy_classes(120, 2, 3, 14);
    SolveOptions options;
    options.starts = 5;
    const auto found = [&](const Dataset& data, int threads) {
        return solve(data, prototype(ActivationKind::gelu, {2, 3, 3, true, false}), options,
                     Execution{threads});
    };
    for (const Loss* loss : {&softmax_loss(), &squared_loss()}) {
        const Dataset data = three.dataset(*loss);
        const SolveResult alone = found(data, 1), team = found(data, 3);
        REQUIRE(alone.starts.size() == team.starts.size());
        for (std::size_t i = 0; i < alone.starts.size(); ++i) {
            CHECK(alone.starts[i].point.parameters == team.starts[i].point.parameters);
            CHECK(alone.starts[i].iterations == team.starts[i].iterations);
        }
        CHECK(alone.points.size() == team.points.size());
    }
}

TEST_CASE("saddles of the softmax loss are found, apart from what it does not see") {
    const Samples three = noisy_classes(300, 2, 3, 31);
    const Dataset data = three.dataset(softmax_loss());
    SolveOptions options;
    options.starts = 12;
    options.target = SolveTarget::stationary;
    const SolveResult result =
        solve(data, prototype(ActivationKind::tanh, {2, 3, 3, true, false}), options, Execution{});
    const PlainObjective plain(data, softmax);
    int saddles = 0;
    for (const DistinctPoint& point : result.points) {
        std::vector<double> gradient;
        plain(point.network, gradient);
        CHECK(largest(gradient) <= 1e-7);
        // Beyond what rounding may make of the gauge's zeros.
        const Matrix curvature = hessian(data, point.network, Execution{}).value;
        saddles += linalg::shifted_inertia(curvature, -1e-6).negative > 0;
    }
    CHECK(saddles >= 1);
}

TEST_CASE("without a Hessian the same points are found") {
    SolveOptions dense, free;
    dense.starts = free.starts = 8;
    free.most_dense = 0;
    const Samples three = noisy_classes(300, 2, 3, 4);
    Samples numbers = taught_outputs({2, 3, 3, true, false}, 300, 41);
    Random random(41, 3);
    for (double& y : numbers.problem.targets) y += 0.2 * random.normal();
    const Network model = prototype(ActivationKind::tanh, {2, 3, 3, true, false});
    struct Model {
        const Samples& samples;
        const Loss& loss;
        PlainLoss plain;
    };
    for (const Model& given :
         {Model{three, softmax_loss(), softmax}, Model{numbers, squared_loss(), squared}}) {
        const Dataset data = given.samples.dataset(given.loss);
        const SolveResult with = solve(data, model, dense, Execution{});
        const SolveResult without = solve(data, model, free, Execution{});
        check_minima(data, given.plain, without, 3);
        REQUIRE_FALSE(with.points.empty());
        REQUIRE_FALSE(without.points.empty());
        CHECK(with.points[0].loss == Approx(without.points[0].loss).epsilon(1e-11));
        // A saddle is left along curvature that its gradient does not show.
        Network saddle = with.points[0].network;
        for (Size j = 0; j < saddle.inputs; ++j) saddle.weights(1)[j] = saddle.weights(0)[j];
        for (Size o = 0; o < 3; ++o) saddle.output(1, o) = saddle.output(0, o);
        const StartReport left = solve_from(data, saddle, free, Execution{});
        CHECK(left.outcome == StartOutcome::converged);
    }
}

TEST_CASE("samples that share their inputs: the loss reported is that of the given samples") {
    Samples twice = noisy_classes(24, 2, 3, 9);
    const std::vector<double> x = twice.problem.x;
    twice.problem.samples = 48;
    twice.problem.x.insert(twice.problem.x.end(), x.begin(), x.end());
    const std::vector<double> y = twice.problem.targets;
    for (Size k = 0; k < 24; ++k) {  // another class the second time
        for (Size o = 0; o < 3; ++o) twice.problem.targets.push_back(y[3 * k + (o + 1 + k % 2) % 3]);
    }
    const Dataset data = twice.dataset(softmax_loss());
    SolveOptions options;
    options.starts = 4;
    const SolveResult result =
        solve(data, prototype(ActivationKind::tanh, {14, 3, 3, true, false}), options, Execution{});
    CHECK(result.inputs.distinct_samples == 24);
    const PlainObjective plain(data, softmax);
    for (const StartReport& start : result.starts) {
        std::vector<double> gradient;
        CHECK(start.loss == Approx(plain(start.point, gradient)).epsilon(1e-10));
        CHECK(start.loss >= 48.0 * std::log(2.0) * (1.0 - 1e-9));
    }
    // The mean of targets does not do for the pseudo-Huber loss.
    const std::unique_ptr<const Loss> huber = pseudo_huber_loss(kDelta);
    options.starts = 1;
    options.max_iterations = 2;
    CHECK(solve(twice.dataset(*huber), prototype(ActivationKind::tanh, {14, 3, 3, true, false}), options,
                Execution{})
              .inputs.distinct_samples == 48);
}

TEST_CASE("neurons that differ by what output biases or skip connections take up are one point") {
    Random random(3, 0);
    Samples samples{normal_inputs(60, 2, 17), 2};
    samples.problem.targets.resize(120);
    for (double& y : samples.problem.targets) y = random.normal();
    const Dataset data = samples.dataset(squared_loss());
    SolveOptions options;
    options.starts = 16;
    for (const auto& [kind, layout] : {std::pair{ActivationKind::sigmoid, Layout{1, 3, 2, true, false}},
                                       std::pair{ActivationKind::softplus, Layout{1, 3, 2, false, true}}}) {
        options.target = SolveTarget::stationary;
        const SolveResult result = solve(data, prototype(kind, layout), options, Execution{});
        for (std::size_t p = 0; p < result.points.size(); ++p) {
            std::vector<double> f(120), g(120);
            outputs(data, result.points[p].network, f.data(), nullptr, Execution{});
            for (std::size_t q = 0; q < p; ++q) {
                outputs(data, result.points[q].network, g.data(), nullptr, Execution{});
                double apart = 0.0;
                for (std::size_t k = 0; k < f.size(); ++k) apart = std::max(apart, std::abs(f[k] - g[k]));
                CHECK(apart > 1e-7);
            }
        }
    }
}

TEST_CASE("models that a search does not take are refused") {
    const Samples three = noisy_classes(30, 2, 3, 6);
    const Dataset data = three.dataset(softmax_loss());
    const SolveOptions options;
    CHECK_THROWS_WITH(
        solve(data, prototype(ActivationKind::relu, {2, 3, 3, true, false}), options, Execution{}),
        Catch::Contains("ReLU-like"));
    CHECK_THROWS_WITH(
        solve(data, prototype(ActivationKind::tanh, {2, 3, 2, true, false}), options, Execution{}),
        Catch::Contains("2 outputs"));
    CHECK_THROWS_WITH(
        solve_from(data, prototype(ActivationKind::tanh, {2, 4, 3, true, false}), options, Execution{}),
        Catch::Contains("4 inputs"));
}
