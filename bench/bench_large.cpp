// Verdicts on large problems: plants a stationary point without training (MATH.md section 11), judges it, and
// prints where the time went and the peak of the resident memory.
//
//   bench_large minimum|saddle m d n [epsilon]     m distinct neurons, P = m (d + 1) < n; epsilon: the
//                                                  residuals' root mean square
//   bench_large teacher m d n [epsilon]            the same, fitted but for a tenth of the samples, which
//   come
//                                                  in pairs, epsilon too high and too low
//   bench_large split m d n r [negative] [direct]  r neurons, split into m: P may exceed n
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <string>
#include <vector>

#include "classification/any_network/any_network.hpp"
#include "classification/spectrum/block_scaling.hpp"
#include "core/random.hpp"
#include "good_blas_kernels.hpp"
#include "kernels/hidden_layer.hpp"
#include "network/derivatives/hessian_blocks.hpp"
#include "network/derivatives/hessian_vector.hpp"
#include "splitting/split.hpp"

namespace tepui {
namespace {

using Clock = std::chrono::steady_clock;
using Vector = std::vector<double>;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Of all threads.
double processor_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

double dot(const Vector& a, const Vector& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

// J v, one value a sample: the change of the outputs along v.
class OutputChange final : public Accumulator {
  public:
    OutputChange(const Vector& v, Size width, Size inputs, Vector& change)
        : v_(v), width_(width), inputs_(inputs), change_(change) {}
    int derivative_order() const override { return 1; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override {
        kernels::preactivations(v_.data(), inputs_, width_,
                                {block.xt + begin, block.stride, end - begin, inputs_}, p_.data() + begin,
                                block.stride);
        for (Size k = begin; k < std::min(end, block.count); ++k) {
            double sum = 0.0;
            for (Size i = 0; i < width_; ++i) {
                const Size at = i * block.stride + k;
                sum += v_[static_cast<std::size_t>(width_ * inputs_ + i)] * block.features[at] +
                       block.network->output(i) * block.first_derivative[at] * p_[at];
            }
            change_[static_cast<std::size_t>(block.first + k)] = sum;
        }
    }
    Size parts() const override { return 0; }
    void add(const EvaluatedBlock&, Size, Size) override {}

  protected:
    void begin(Size stride) override { p_ = Buffer<double>(width_ * stride); }

  private:
    const Vector& v_;
    Size width_, inputs_;
    Vector& change_;
    Buffer<double> p_;
};

struct Problem {
    Size n, d;
    Vector x, f, targets;
    Network network;
    Execution execution;

    Problem(Size n_, Size d_, Size m, const Execution& execution_)
        : n(n_),
          d(d_),
          x(static_cast<std::size_t>(n_ * d_)),
          f(static_cast<std::size_t>(n_)),
          network(Activation(ActivationKind::tanh), m, d_),
          execution(execution_) {
        Random random(1, 0);
        for (double& value : x) value = random.normal();
        for (Size i = 0; i < m; ++i) {
            for (Size j = 0; j < d; ++j)
                network.weights(i)[j] = 1.5 * random.normal() / std::sqrt(static_cast<double>(d));
            network.output(i) = (i % 2 == 0 ? 1.0 : -1.0) * (0.5 + random.uniform());
        }
        targets = f;
        outputs(with(f), network, f.data(), nullptr, execution);
    }
    Dataset with(const Vector& y) const {
        return Dataset({n, d, x.data(), d, y.data(), nullptr}, false, false, LossScaling::sum);
    }
    Dataset dataset() const { return with(targets); }

    // r less its part in the range of the Jacobian: conjugate gradients on J^T J, which is the Hessian at
    // zero residuals, scaled by its blocks.
    void project(Vector& r) const {
        const Dataset exact = with(f);
        const BlockScaling scaling(hessian_blocks(exact, network, execution), network, execution.threads);
        const auto size = static_cast<std::size_t>(network.parameter_count());
        double first = 0.0;
        for (int round = 0; round < 3; ++round) {
            Vector y(f);
            for (std::size_t k = 0; k < y.size(); ++k) y[k] -= r[k];
            Vector left = gradient(with(y), network, execution, Bounds::without).value;
            scaling.from_parameters(left, left);
            const double start = std::sqrt(dot(left, left));
            if (round == 0) first = start;
            if (start <= 1e-11 * first) break;
            Vector solution(size, 0.0), search(left), image(size);
            Matrix direction(1, network.parameter_count());
            double square = dot(left, left);
            int step = 0;
            for (; step < 400 && std::sqrt(square) > 1e-9 * start; ++step) {
                scaling.to_parameters(search, {direction.row(0), size});
                hessian_vector(exact, network, {direction.row(0), size}, image, execution);
                scaling.from_parameters(image, image);
                const double length = square / dot(search, image);
                for (std::size_t p = 0; p < size; ++p) {
                    solution[p] += length * search[p];
                    left[p] -= length * image[p];
                }
                const double next = dot(left, left);
                for (std::size_t p = 0; p < size; ++p) search[p] = left[p] + next / square * search[p];
                square = next;
            }
            Vector v(size), change(r.size());
            scaling.to_parameters(solution, v);
            OutputChange jv(v, network.width, network.inputs, change);
            Accumulator* const accumulators[] = {&jv};
            Pass(exact, network, accumulators).run(execution);
            for (std::size_t k = 0; k < r.size(); ++k) r[k] -= change[k];
            std::printf("  projection %d: %d products, |J^T r| from %.2e down by %.1e\n", round, step, start,
                        std::sqrt(square) / start);
            std::fflush(stdout);
        }
    }

    // A twentieth of the samples twice, with opposite residuals: their gradients cancel exactly, and their
    // second derivatives too, so that the Hessian is J^T J. n / 20 samples fewer are different.
    void repeat(double epsilon) {
        const Size pairs = n / 20;
        for (Size p = 0; p < pairs; ++p) {
            std::copy_n(x.begin() + 2 * p * d, d, x.begin() + (2 * p + 1) * d);
            f[static_cast<std::size_t>(2 * p + 1)] = f[static_cast<std::size_t>(2 * p)];
        }
        targets = f;
        for (Size p = 0; p < 2 * pairs; ++p)
            targets[static_cast<std::size_t>(p)] += p % 2 == 0 ? epsilon : -epsilon;
    }

    // Residuals along which every inner Hessian is positive on the average, or random ones.
    void plant(double epsilon, bool definite) {
        Vector r(f.size());
        Random random(2, 0);
        for (Size k = 0; k < n; ++k) {
            double sum = definite ? 0.0 : random.normal();
            for (Size i = 0; definite && i < network.width; ++i) {
                double z = 0.0;
                for (Size j = 0; j < d; ++j)
                    z += network.weights(i)[j] * x[static_cast<std::size_t>(k * d + j)];
                const double u = std::tanh(z);
                sum += network.output(i) * -2.0 * u * (1.0 - u * u);
            }
            r[static_cast<std::size_t>(k)] = sum;
        }
        project(r);
        const double size = std::sqrt(dot(r, r) / static_cast<double>(n));
        for (std::size_t k = 0; k < r.size(); ++k) targets[k] = f[k] - epsilon / size * r[k];
    }
};

const char* name(Verdict verdict) {
    switch (verdict) {
        case Verdict::local_minimum:
            return "local minimum";
        case Verdict::saddle:
            return "saddle";
        case Verdict::undetermined:
            return "undetermined";
        case Verdict::not_stationary:
            return "not stationary";
        case Verdict::indicated_minimum:
            return "local minimum (indicated)";
    }
    return "?";
}

void print(const PointReport& point) {
    std::printf("verdict: %s (%s)\n", name(point.verdict), std::string(name_of(point.rule)).c_str());
    std::printf("loss %.6e, |gradient| %.2e, relative %.2e\n", point.loss, point.gradient_norm,
                point.gradient_relative);
    if (point.evidence) {
        const HessianEvidence& e = *point.evidence;
        std::printf(
            "smallest Ritz value %.6e, residual %.2e, tau %.2e, products %lld, missed with probability <= "
            "%.1e\n",
            e.ritz, e.residual, e.tau, static_cast<long long>(e.products), e.miss_probability);
    }
    if (point.witness) {
        std::printf("witness: predicted %.4e, measured %.4e +- %.1e\n", point.witness->predicted,
                    point.witness->measured, point.witness->measured_error);
    }
}

void print(const PhaseTimes& times, double total, double processor) {
    for (const PhaseTimes::Phase& phase : times.phases())
        std::printf("  %-28s %8.2f s\n", phase.name, phase.seconds);
    std::printf("  %-28s %8.2f s, processor time %.2f s, peak memory %.0f MB\n", "total", total, processor,
                peak_megabytes());
}

void analyze_and_print(const Dataset& data, const Network& network, Execution execution) {
    PhaseTimes times;
    execution.times = &times;
    const Clock::time_point start = Clock::now();
    const double processor = processor_seconds();
    const Analysis analysis = analyze(data, network, Tolerances{}, execution);
    times.leave();
    const double total = seconds_since(start);
    print(analysis.point);
    Size indefinite = 0;
    for (const NeuronReport& neuron : analysis.neurons)
        indefinite += neuron.definiteness == Definiteness::indefinite ? 1 : 0;
    std::printf("neurons: %zu, indefinite inner Hessians: %lld\n", analysis.neurons.size(),
                static_cast<long long>(indefinite));
    print(times, total, processor_seconds() - processor);
}

void classify_and_print(const Dataset& data, const Network& network, Execution execution) {
    PhaseTimes times;
    execution.times = &times;
    const Clock::time_point start = Clock::now();
    const double processor = processor_seconds();
    const NetworkReport report =
        classify_network(data, network, Tolerances{}, ReductionTolerances{}, execution);
    times.leave();
    const double total = seconds_since(start);
    std::printf("verdict: %s (%s), reduced to width %lld, Morse index %lld, nullity %lld\n",
                name(report.verdict), std::string(name_of(report.rule)).c_str(),
                static_cast<long long>(report.grouping.narrow.width),
                static_cast<long long>(report.index.known() ? report.index.morse_index.least : -1),
                static_cast<long long>(report.index.known() ? report.index.nullity.least : -1));
    if (report.narrow) print(report.narrow->point);
    print(times, total, processor_seconds() - processor);
}

int run(int argc, char** argv) {
    const auto number = [&](int at) { return static_cast<Size>(std::atoll(argv[at])); };
    if (argc < 5) {
        std::fputs(
            "bench_large minimum|saddle|teacher m d n [epsilon]\n"
            "bench_large split m d n r [negative] [direct]\n",
            stderr);
        return 2;
    }
    const std::string mode = argv[1];
    const Size m = number(2), d = number(3), n = number(4);
    Execution execution;
    execution.threads = 2;
    if (const char* threads = std::getenv("OMP_NUM_THREADS"))
        execution.threads = std::max(1, std::atoi(threads));
    std::printf("m %lld, d %lld, n %lld: P = %lld, %d threads\n", static_cast<long long>(m),
                static_cast<long long>(d), static_cast<long long>(n), static_cast<long long>(m) * (d + 1),
                execution.threads);
    if (mode == "split") {
        const Size narrow = number(5);
        bool negative = false, direct = false;
        for (int at = 6; at < argc; ++at) {
            negative = negative || std::strcmp(argv[at], "negative") == 0;
            direct = direct || std::strcmp(argv[at], "direct") == 0;
        }
        Problem problem(n, d, narrow, execution);
        problem.plant(0.05, true);
        Network wide = problem.network;
        Random random(3, 0);
        for (Size i = narrow; i-- > 0;) {
            const Size daughters = m / narrow + (i < m % narrow ? 1 : 0);
            if (daughters < 2) continue;
            Vector gamma(static_cast<std::size_t>(daughters));
            double sum = 0.0;
            for (double& g : gamma) sum += g = 0.2 + random.uniform();
            for (double& g : gamma) g /= sum;
            if (negative && i == 0) {
                gamma[0] += 2.0 * gamma[1];
                gamma[1] = -gamma[1];
            }
            wide = split_neuron(wide, i, gamma);
        }
        const Dataset data = problem.dataset();
        if (direct) {
            analyze_and_print(data, wide, execution);
        } else {
            classify_and_print(data, wide, execution);
        }
        return 0;
    }
    Problem problem(n, d, m, execution);
    const double epsilon = argc > 5 ? std::atof(argv[5]) : (mode == "saddle" ? 3.0 : 1e-3);
    const Clock::time_point start = Clock::now();
    if (mode == "teacher") {
        problem.repeat(epsilon);
    } else {
        problem.plant(epsilon, false);
    }
    std::printf("planted in %.1f s\n", seconds_since(start));
    std::fflush(stdout);
    analyze_and_print(problem.dataset(), problem.network, execution);
    return 0;
}

}  // namespace
}  // namespace tepui

int main(int argc, char** argv) try {
    tepui::bench::start_with_good_blas_kernels(argv);
    return tepui::run(argc, argv);
} catch (const std::exception& error) {
    std::fprintf(stderr, "bench_large: %s\n", error.what());
    return 1;
}
