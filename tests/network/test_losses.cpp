// Losses far out, near their least values and across moves of every size, against 113-bit arithmetic.
#include "network/model/loss.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "core/random.hpp"
#include "network/data/dataset.hpp"

using namespace tepui;

namespace {

using Wide = boost::multiprecision::cpp_bin_float_quad;
using Truth = Wide (*)(const std::vector<Wide>& f, const std::vector<Wide>& y);

Wide log1p_exp(const Wide& z) {
    return z > 0 ? Wide(z + log1p(exp(-z))) : Wide(log1p(exp(z)));
}
Wide squared(const std::vector<Wide>& f, const std::vector<Wide>& y) {
    Wide sum = 0;
    for (std::size_t o = 0; o < f.size(); ++o) sum += (f[o] - y[o]) * (f[o] - y[o]) / 2;
    return sum;
}
Wide logistic(const std::vector<Wide>& f, const std::vector<Wide>& y) {
    Wide sum = 0;
    for (std::size_t o = 0; o < f.size(); ++o) sum += y[o] * log1p_exp(-f[o]) + (1 - y[o]) * log1p_exp(f[o]);
    return sum;
}
Wide softmax(const std::vector<Wide>& f, const std::vector<Wide>& y) {
    Wide top = f[0], sum = 0, value = 0;
    for (const Wide& one : f) top = one > top ? one : top;
    for (const Wide& one : f) sum += exp(one - top);
    for (std::size_t o = 0; o < f.size(); ++o) value += y[o] * (top - f[o]);
    return value + log(sum);
}
Wide poisson(const std::vector<Wide>& f, const std::vector<Wide>& y) {
    Wide sum = 0;
    for (std::size_t o = 0; o < f.size(); ++o)
        sum += exp(f[o]) - y[o] * f[o] + (y[o] > 0 ? Wide(y[o] * log(y[o]) - y[o]) : Wide(0));
    return sum;
}
constexpr double kDelta = 0.7;
Wide pseudo_huber(const std::vector<Wide>& f, const std::vector<Wide>& y) {
    Wide sum = 0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        const Wide r = (f[o] - y[o]) / kDelta;
        sum += Wide(kDelta) * kDelta * (sqrt(1 + r * r) - 1);
    }
    return sum;
}

struct Subject {
    const Loss* loss;
    Truth truth;
};

std::vector<double> target_of(LossKind kind, Size outputs, Random& random) {
    std::vector<double> y(static_cast<std::size_t>(outputs));
    const bool label = random.uniform() < 0.5;
    double sum = 0.0;
    for (double& one : y) {
        one = random.uniform();
        if (kind == LossKind::logistic && label) one = std::round(one);
        if (kind == LossKind::poisson) one = label ? std::floor(3.0 * one) : 10.0 * one;
        if (kind == LossKind::squared || kind == LossKind::pseudo_huber) one = random.normal();
        sum += one;
    }
    if (kind != LossKind::softmax) return y;
    const auto hit = static_cast<std::size_t>(random.uniform() * static_cast<double>(outputs));
    for (std::size_t o = 0; o < y.size(); ++o) y[o] = label ? (o == hit ? 1.0 : 0.0) : y[o] / sum;
    return y;
}

template <class Use>
void with_each_loss(Use&& use) {
    const std::unique_ptr<const Loss> huber = pseudo_huber_loss(kDelta);
    for (const Subject& subject : {Subject{&squared_loss(), squared}, Subject{&logistic_loss(), logistic},
                                   Subject{&softmax_loss(), softmax}, Subject{&poisson_loss(), poisson},
                                   Subject{huber.get(), pseudo_huber}}) {
        INFO(name_of(subject.loss->kind()));
        use(subject);
    }
}

std::vector<Wide> widened(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("the change of a loss, and its error, at moves of every size") {
    with_each_loss([](const Subject& subject) {
        Random random(5, 0);
        const LossKind kind = subject.loss->kind();
        double worst = 0.0;
        for (int round = 0; round < 1500; ++round) {
            const Size outputs = 1 + round % 4;
            const std::vector<double> y = target_of(kind, outputs, random);
            std::vector<double> f(y.size()), change(y.size()), f_error(y.size()), change_error(y.size());
            const double spread =
                kind == LossKind::poisson ? 2.0 : std::pow(10.0, 3.0 * random.uniform() - 1.0);
            const double size = std::pow(10.0, 15.0 * random.uniform() - 14.0);
            const bool wrong = round % 3 == 0;
            const double error = wrong ? 1e-9 : 0.0;
            std::vector<Wide> from(y.size()), to(y.size());
            for (std::size_t o = 0; o < y.size(); ++o) {
                f[o] = spread * random.normal();
                change[o] = size * random.normal();
                f_error[o] = error;
                change_error[o] = error * size;
                from[o] = Wide(f[o]) + error * (2.0 * random.uniform() - 1.0);
                to[o] = from[o] + Wide(change[o]) + error * size * (2.0 * random.uniform() - 1.0);
            }
            const Loss::Difference found = subject.loss->difference(
                {outputs, f.data(), f_error.data(), y.data(), change.data(), change_error.data()});
            const std::vector<Wide> target = widened(y);
            const double exact = static_cast<double>(subject.truth(to, target) - subject.truth(from, target));
            INFO("round " << round << ": " << found.value << " +- " << found.error << ", exact " << exact);
            REQUIRE(std::abs(found.value - exact) <= found.error + 1e-15 * std::abs(exact) + 1e-30);
            if (!wrong && size < 1e-3) worst = std::max(worst, found.error / (size + 1e-300));
        }
        CHECK(worst < 1e-11);  // not what subtracting two losses would leave
    });
}

TEST_CASE("value, gradient, its bound and the Hessian of a loss near and far") {
    with_each_loss([](const Subject& subject) {
        Random random(9, 0);
        const LossKind kind = subject.loss->kind();
        for (int round = 0; round < 60; ++round) {
            const Size outputs = 1 + round % 5, count = 1 + round % 70, stride = count + round % 3;
            const Size rows = subject.loss->hessian_rows(outputs);
            std::vector<double> f(outputs * stride, 0.0), error(f), y(f), s(stride, 0.0), value(s),
                rounding(s);
            std::vector<double> g(f), g_error(f), bends(static_cast<std::size_t>(rows * stride));
            const double spread =
                kind == LossKind::poisson ? 2.0 : std::pow(10.0, 3.0 * random.uniform() - 1.0);
            for (Size k = 0; k < count; ++k) {
                const std::vector<double> target = target_of(kind, outputs, random);
                s[k] = random.uniform();
                for (Size o = 0; o < outputs; ++o) {
                    y[o * stride + k] = target[o];
                    f[o * stride + k] = spread * random.normal();
                    error[o * stride + k] = round % 2 == 0 ? 0.0 : 1e-7;
                }
            }
            subject.loss->evaluate({outputs, count, stride, f.data(), error.data(), y.data(), s.data()},
                                   {value.data(), rounding.data(), g.data(), g_error.data(), bends.data()});
            for (Size k = 0; k < count; ++k) {
                std::vector<Wide> at, target;
                for (Size o = 0; o < outputs; ++o) {
                    at.push_back(f[o * stride + k]);
                    target.push_back(y[o * stride + k]);
                }
                const Wide exact = s[k] * subject.truth(at, target);
                REQUIRE(value[k] == Approx(static_cast<double>(exact)).epsilon(1e-13).margin(1e-14));
                const Wide h = 1e-8;
                const auto slope = [&](std::vector<Wide> where, Size o) {
                    std::vector<Wide> up = where, down = where;
                    up[o] += h;
                    down[o] -= h;
                    return Wide(s[k] * (subject.truth(up, target) - subject.truth(down, target)) / (2 * h));
                };
                for (Size o = 0; o < outputs; ++o) {
                    std::vector<Wide> moved = at;
                    for (Size q = 0; q < outputs; ++q)
                        moved[q] += error[q * stride + k] * (q % 2 == 0 ? 1 : -1);
                    const double exact_slope = static_cast<double>(slope(moved, o));
                    INFO(o << " of " << k << ": " << g[o * stride + k] << " +- " << g_error[o * stride + k]);
                    REQUIRE(std::abs(g[o * stride + k] - exact_slope) <=
                            g_error[o * stride + k] + 1e-14 * std::abs(exact_slope) +
                                1e-15 * std::exp(spread > 4 ? 0.0 : 2.0 * spread));
                    for (Size q = 0; q <= o; ++q) {
                        std::vector<Wide> up = at, down = at;
                        up[q] += h;
                        down[q] -= h;
                        const double exact_bend =
                            static_cast<double>((slope(up, o) - slope(down, o)) / (2 * h));
                        const double found =
                            rows == 1 ? (o == q ? bends[k] : 0.0) : bends[packed_index(o, q) * stride + k];
                        REQUIRE(found == Approx(exact_bend).epsilon(1e-9).margin(1e-12));
                    }
                }
            }
        }
    });
}

TEST_CASE("a separated sample keeps its digits: the gradient of a label falls with the tail") {
    double f[2] = {40.0, -40.0}, error[2] = {}, y[2] = {1.0, 0.0}, s = 1.0;
    double value, rounding, g[2], g_error[2], bend[3];
    logistic_loss().evaluate({1, 1, 1, f, error, y, &s}, {&value, &rounding, g, g_error, bend});
    CHECK(g[0] == Approx(-std::exp(-40.0)).epsilon(1e-12));
    CHECK(value == Approx(std::exp(-40.0)).epsilon(1e-12));
    softmax_loss().evaluate({2, 1, 1, f, error, y, &s}, {&value, &rounding, g, g_error, bend});
    CHECK(g[0] == Approx(-std::exp(-80.0)).epsilon(1e-12));
    CHECK(g[1] == Approx(std::exp(-80.0)).epsilon(1e-12));
    CHECK(bend[0] == Approx(std::exp(-80.0)).epsilon(1e-12));
}

TEST_CASE("targets that a loss does not take are refused with the sample, and nothing changes") {
    const double x[3] = {1.0, 2.0, 3.0}, y[3] = {0.5, 0.25, 1.0};
    Dataset data({3, 1, x, 1, y}, true, false, LossScaling::sum);
    const auto refusal = [&](Size outputs, const std::vector<double>& targets,
                             const Loss& loss) -> std::string {
        try {
            data.set_targets(outputs, targets.data(), loss);
        } catch (const Error& error) {
            CHECK(error.status() == Status::invalid_value);
            return error.what();
        }
        return "accepted";
    };
    CHECK(refusal(1, {0.0, 1.5, 1.0}, logistic_loss()) ==
          "y[1] is 1.5, a number in [0, 1] for the logistic loss is expected");
    CHECK(refusal(1, {0.0, 1.0, -1.0}, poisson_loss()) ==
          "y[2] is -1, a number >= 0 for the Poisson loss is expected");
    CHECK(refusal(2, {1.0, 0.0, 0.5, 0.25, 0.0, 1.0}, softmax_loss()) ==
          "y[1] is 0.5, 0.25, a row of shares that sum to 1 for the softmax loss is expected");
    CHECK(data.outputs() == 1);
    CHECK(data.target(1) == 0.25);
    CHECK(refusal(2, {1.0, 0.0, 0.5, 0.5, 0.0, 1.0}, softmax_loss()) == "accepted");
    CHECK(data.outputs() == 2);
}
