#include <atomic>
#include <cmath>
#include <cstring>
#include <functional>

#include "network/derivatives/hessian.hpp"
#include "network/derivatives/hessian_vector.hpp"
#include "network/derivatives/outputs.hpp"
#include "splitting/inner_hessian_sum.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

struct Everything {
    HessianValue hessian;
    InnerHessians inner;
    std::vector<double> product;
};

Everything all_sums(const Dataset& data, const Network& network, const Blocking& blocking, int threads) {
    GradientSum gradient(network);
    HessianSum hessian(network, data.loss());
    InnerHessianSum inner(0, network.width, network.inputs);
    HessianVectorSum product(network, data.loss(), network.parameters.data(), 1);
    Accumulator* const accumulators[] = {&gradient, &hessian, &inner, &product};
    Pass(data, network, accumulators, blocking).run(Execution{threads});
    Everything all{hessian.finish(network, {}, gradient), inner.finish(),
                   std::vector<double>(network.parameters.size())};
    product.finish({}, all.product);
    return all;
}

bool same_bits(const double* a, const double* b, Size count) {
    return std::memcmp(a, b, static_cast<std::size_t>(count) * sizeof(double)) == 0;
}

bool same_bits(const Everything& a, const Everything& b) {
    const Gradient& g = a.hessian.gradient;
    const Gradient& h = b.hessian.gradient;
    const Size p = static_cast<Size>(g.value.size());
    return g.loss.loss == h.loss.loss && g.loss.rounding_loss == h.loss.rounding_loss &&
           same_bits(g.value.data(), h.value.data(), p) &&
           same_bits(g.magnitude.data(), h.magnitude.data(), p) &&
           same_bits(g.rounding.data(), h.rounding.data(), p) &&
           same_bits(a.hessian.value.data(), b.hessian.value.data(), p * p) &&
           same_bits(a.hessian.magnitude.data(), b.hessian.magnitude.data(), p) &&
           same_bits(a.inner.pairs.data(), b.inner.pairs.data(), a.inner.pairs.size()) &&
           same_bits(a.product.data(), b.product.data(), p);
}

int tanh_callback(void*, Size count, const double* z, double* value, double* first, double* second, double*) {
    kernels::evaluate_activation(ActivationKind::tanh, 0.0, count, z, {value, first, second, nullptr});
    return 0;
}

ActivationTraits tanh_traits() {
    return Activation(ActivationKind::tanh).traits();
}

Status status_of(const std::function<void()>& action, std::string* message = nullptr) {
    try {
        action();
    } catch (const Error& error) {
        if (message != nullptr) *message = error.what();
        return error.status();
    }
    return Status::ok;
}

}  // namespace

TEST_CASE("every number of threads gives the same bits") {
    struct Shape {
        Size samples, inputs, width;
    };
    for (const Shape shape : {Shape{5000, 12, 5}, Shape{700, 150, 3}, Shape{333, 3, 37}, Shape{2, 1, 1}}) {
        const Problem problem = random_problem(shape.samples, shape.inputs, shape.inputs, true, 3);
        const Dataset data(problem.source(), false, false, LossScaling::mean);
        const Network network = random_network(Activation(ActivationKind::erf), shape.width, shape.inputs, 4);
        for (const Blocking blocking : {choose_blocking(shape.samples, shape.width, shape.inputs, 0),
                                        Blocking{64, 16}, Blocking{64, 32, 4}}) {
            const Everything one = all_sums(data, network, blocking, 1);
            for (const int threads : {2, 3, 7}) {
                INFO(shape.samples << " samples, " << threads << " threads");
                REQUIRE(same_bits(one, all_sums(data, network, blocking, threads)));
            }
        }
    }
}

TEST_CASE("slabs give the same bits on every number of threads and what one slab gives but for rounding") {
    const Problem problem = random_problem(1500, 9, 9, true, 5);
    const Dataset data(problem.source(), false, false, LossScaling::mean);
    const Network network = random_network(Activation(ActivationKind::gelu), 27, 9, 6);
    struct Sums {
        Gradient gradient;
        InnerHessians inner;
        std::vector<double> residuals;
    };
    const auto sums = [&](const Blocking& blocking, int threads) {
        GradientSum gradient(network);
        InnerHessianSum inner(0, network.width, network.inputs);
        Sums all;
        all.residuals.resize(1500);
        OutputCollector collector({.residuals = all.residuals.data()});
        Accumulator* const accumulators[] = {&gradient, &inner, &collector};
        Pass(data, network, accumulators, blocking).run(Execution{threads});
        all.gradient = gradient.finish(network, {});
        all.inner = inner.finish();
        return all;
    };
    const Sums whole = sums({1504, 256, 1}, 1);
    for (const Blocking blocking : {Blocking{16, 16, 4}, Blocking{64, 32, 4}, Blocking{64, 64, 8}}) {
        const Sums one = sums(blocking, 1);
        INFO(blocking.slabs << " slabs of blocks of " << blocking.block);
        REQUIRE(one.residuals == whole.residuals);
        REQUIRE(one.gradient.loss.loss == Approx(whole.gradient.loss.loss).epsilon(1e-14));
        for (std::size_t p = 0; p < one.gradient.value.size(); ++p) {
            REQUIRE(std::abs(one.gradient.value[p] - whole.gradient.value[p]) <=
                    1e-14 * whole.gradient.magnitude[p]);
        }
        for (Size q = 0; q < network.width; ++q) {
            for (Size i = 0; i < network.inputs; ++i) {
                for (Size j = 0; j <= i; ++j) {
                    const Size at = (triangle(i) + j) * one.inner.stride + q;
                    const double terms = std::sqrt(whole.inner.magnitude(q, i) * whole.inner.magnitude(q, j));
                    REQUIRE(std::abs(one.inner.pairs[at] - whole.inner.pairs[at]) <= 1e-14 * terms);
                }
            }
        }
        for (const int threads : {2, 3, 4, 7}) {
            const Sums many = sums(blocking, threads);
            INFO(threads << " threads");
            REQUIRE(many.residuals == one.residuals);
            REQUIRE(many.gradient.loss.loss == one.gradient.loss.loss);
            REQUIRE(many.gradient.loss.rounding_loss == one.gradient.loss.rounding_loss);
            REQUIRE(many.gradient.value == one.gradient.value);
            REQUIRE(many.gradient.magnitude == one.gradient.magnitude);
            REQUIRE(same_bits(many.inner.pairs.data(), one.inner.pairs.data(), one.inner.pairs.size()));
        }
    }
}

TEST_CASE("without bounds the sums are the same bits") {
    const Problem problem = random_problem(2100, 9, 9, true, 8);
    const Dataset data(problem.source(), false, true, LossScaling::sum);
    const Network network = random_network(Activation(ActivationKind::silu), 27, 10, 9);
    const InnerHessians with = inner_hessians(data, network, Execution{2});
    const InnerHessians without = inner_hessians(data, network, Execution{1}, Bounds::without);
    const Gradient alone = gradient(data, network, Execution{1}, Bounds::without);
    REQUIRE(without.gradient.loss.loss == with.gradient.loss.loss);
    REQUIRE(without.gradient.value == with.gradient.value);
    REQUIRE(same_bits(without.pairs.data(), with.pairs.data(), triangle(10) * with.stride));
    REQUIRE(without.magnitude.rows() == 0);
    REQUIRE(without.gradient.magnitude.empty());
    REQUIRE(alone.rounding.empty());
    const Gradient both = gradient(data, network, Execution{1});
    REQUIRE(alone.value == both.value);
    REQUIRE(both.magnitude.size() == both.value.size());
}

TEST_CASE("tiny blocks cross every edge and change nothing but rounding") {
    for (const Size n : {1, 15, 16, 17, 63, 64, 65, 129, 250}) {
        const Problem problem = random_problem(n, 5, 6, true, 40);
        const Dataset data(problem.source(), false, true, LossScaling::sum);
        const Network network = random_network(Activation(ActivationKind::softplus), 3, 6, 41);
        const Everything whole = all_sums(data, network, {256, 256}, 1);
        const Gradient& g = whole.hessian.gradient;
        for (const Blocking blocking : {Blocking{16, 16}, Blocking{32, 16}, Blocking{64, 48}}) {
            const Everything cut = all_sums(data, network, blocking, 2);
            INFO("n = " << n << ", blocks of " << blocking.block);
            REQUIRE(cut.hessian.gradient.loss.loss == Approx(g.loss.loss).epsilon(1e-14));
            const Size p = network.parameter_count();
            for (Size i = 0; i < p; ++i) {
                REQUIRE(std::abs(cut.hessian.gradient.value[i] - g.value[i]) <= 1e-14 * g.magnitude[i]);
                for (Size l = 0; l < p; ++l) {
                    REQUIRE(std::abs(cut.hessian.value(i, l) - whole.hessian.value(i, l)) <=
                            1e-14 * std::sqrt(whole.hessian.magnitude[i] * whole.hessian.magnitude[l]));
                }
            }
        }
    }
}

TEST_CASE("blocks fit in a few MiB however many samples there are") {
    for (const Size width : {1, 24, 500}) {
        for (const Size inputs : {1, 64, 784}) {
            CHECK(choose_blocking(10, width, inputs, 0).block == 16);
            const Blocking large = choose_blocking(100000000, width, inputs, 0);
            CHECK(large.block % kSamplePadding == 0);
            CHECK(large.strip % kSamplePadding == 0);
            CHECK((large.block == 512 || large.block * (10 * width + 2 * inputs) * 8 <= (Size{3} << 20)));
            CHECK(choose_blocking(1000000000, width, inputs, 0).block == large.block);
            CHECK(choose_blocking(1000000000, width, inputs, 2048).block >= 2048);
        }
    }
    // Rows of no neurons have no address to which the place of a strip could be added.
    const Blocking none = choose_blocking(100000, 0, 3, 0);
    CHECK(none.strip == none.block);
}

TEST_CASE("slabs are cut by the number of samples alone, and coarser ones are made of finer ones") {
    for (const Size n : {1, 2047, 2048, 5000, 16384, 70000, 1000003, 40000000}) {
        const Slabs slabs(n);
        CHECK(slabs.count() <= 4096);
        CHECK((Size{1} << slabs.levels()) == slabs.count());
        CHECK(slabs.begin(0) == 0);
        CHECK(slabs.end(slabs.count() - 1) == n);
        const Size least = slabs.count() > 16 ? 4080 : slabs.count() > 1 ? 1008 : 1;
        for (Size slab = 0; slab < slabs.count(); ++slab) {
            REQUIRE(slabs.end(slab) - slabs.begin(slab) >= least);
            REQUIRE(slabs.begin(slab) % kSamplePadding == 0);
        }
        for (Size count = slabs.count() / 2; count > 0; count /= 2) {
            const Slabs coarse(n, count);
            for (Size slab = 0; slab < count; ++slab)
                REQUIRE(coarse.begin(slab) == slabs.begin(slab * slabs.count() / count));
        }
    }
}

TEST_CASE("a user's callback gives what the built-in gives and sees true samples only") {
    static std::atomic<Size> seen;
    seen = 0;
    const Activation::Callback counting = [](void*, Size count, const double* z, double* value, double* first,
                                             double* second, double* third) {
        seen += count;
        return tanh_callback(nullptr, count, z, value, first, second, third);
    };
    const Problem problem = random_problem(517, 4, 4, false, 50);
    const Dataset data(problem.source(), false, true, LossScaling::sum);
    const Network built_in = random_network(Activation(ActivationKind::tanh), 3, 5, 51);
    Network custom(Activation(counting, nullptr, tanh_traits()), 3, 5);
    custom.parameters = built_in.parameters;
    const Blocking blocking{64, 16};
    REQUIRE(same_bits(all_sums(data, built_in, blocking, 2), all_sums(data, custom, blocking, 2)));
    REQUIRE(seen == 3 * 517);
}

TEST_CASE("a callback that fails or returns what is not finite ends the pass") {
    const Problem problem = random_problem(5000, 2, 2, false, 60);
    const Dataset data(problem.source(), false, false, LossScaling::sum);
    const Activation::Callback fails = [](void*, Size, const double*, double*, double*, double*, double*) {
        return 7;
    };
    const Activation::Callback overflows = [](void*, Size count, const double*, double* value, double* first,
                                              double*, double*) {
        std::fill_n(value, count, 1.0);
        if (first != nullptr) std::fill_n(first, count, INFINITY);
        return 0;
    };
    std::string message;
    const auto run = [&](Activation::Callback callback, int threads) {
        const Network network(Activation(callback, nullptr, tanh_traits()), 2, 2);
        return status_of([&] { gradient(data, network, Execution{threads}); }, &message);
    };
    for (const int threads : {1, 4}) {
        REQUIRE(run(fails, threads) == Status::callback);
        REQUIRE(message.find("returned 7") != std::string::npos);
        REQUIRE(run(overflows, threads) == Status::callback);
        REQUIRE(message.find("sigma'") != std::string::npos);
    }
}

TEST_CASE("an overflow names the first sample whose residual is not finite") {
    Problem problem = random_problem(600, 2, 2, false, 70);
    problem.x[2 * 133] = 1e4;
    problem.x[2 * 433] = 1e4;  // in the same block
    problem.x[2 * 555] = 1e4;
    const Dataset data(problem.source(), false, false, LossScaling::sum);
    // Neurons enough for several threads to be worth it: both are seen, in any order.
    Network network(Activation(ActivationKind::exp), 60, 2);
    for (Size i = 0; i < network.width; ++i) {
        network.weights(i)[0] = i == 7 ? 1.0 : 0.0;
        network.output(i) = 1.0;
    }
    for (const int threads : {1, 2, 5}) {
        std::string message;
        REQUIRE(status_of([&] { loss(data, network, Execution{threads}); }, &message) == Status::numeric);
        REQUIRE(message.find("sample 133 ") != std::string::npos);
        LossSum sum;
        Accumulator* const accumulators[] = {&sum};
        REQUIRE(status_of(
                    [&] {
                        Pass(data, network, accumulators, {16, 16, 4}).run(Execution{threads});
                    },
                    &message) == Status::numeric);
        REQUIRE(message.find("sample 133 ") != std::string::npos);
    }
}

TEST_CASE("finite residuals whose squares overflow are refused") {
    Problem problem = random_problem(20, 2, 2, false, 71);
    problem.targets[3] = 1e200;
    const Dataset data(problem.source(), false, false, LossScaling::sum);
    const Network network = random_network(Activation(ActivationKind::tanh), 2, 2, 72);
    REQUIRE(status_of([&] { loss(data, network, Execution{1}); }) == Status::numeric);
    REQUIRE(status_of([&] { gradient(data, network, Execution{1}); }) == Status::numeric);
    REQUIRE(status_of([&] { hessian(data, network, Execution{1}); }) == Status::numeric);
}

TEST_CASE("a network of another input size and a missing derivative are refused") {
    const Problem problem = random_problem(20, 2, 2, false, 90);
    const Dataset data(problem.source(), false, true, LossScaling::sum);
    std::string message;
    const Network narrow = random_network(Activation(ActivationKind::tanh), 2, 2, 91);
    REQUIRE(status_of([&] { loss(data, narrow, Execution{1}); }, &message) == Status::invalid_size);
    REQUIRE(message.find("3 with its bias") != std::string::npos);

    class ThirdOrder final : public Accumulator {
      public:
        int derivative_order() const override { return 3; }
        void prepare(const EvaluatedBlock& block, Size, Size) override {
            seen = block.third_derivative != nullptr;
        }
        Size parts() const override { return 0; }
        void add(const EvaluatedBlock&, Size, Size) override {}
        bool seen = false;
    };
    ThirdOrder third;
    Accumulator* const accumulators[] = {&third};
    const auto run = [&](ActivationKind kind) {
        const Network network = random_network(Activation(kind), 1, 3, 1);
        return status_of([&] { Pass(data, network, accumulators).run(Execution{1}); });
    };
    REQUIRE(run(ActivationKind::relu3) == Status::unsupported);
    REQUIRE(run(ActivationKind::tanh) == Status::ok);
    REQUIRE(third.seen);
}
