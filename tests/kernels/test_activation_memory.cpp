// What a vector kernel can get wrong around its values: remainders, alignment, memory past the end, missing
// outputs.
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "activation_truth.hpp"
#include "kernels/isa.hpp"
#include "on_every_isa.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::kernels;
using tepui::kernels::testing::on_every_isa;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kGuard = -12345.678;
constexpr std::size_t kMargin = 16;

// The two differ by a few ulp of the largest term; the exact bound is the accuracy test's business.
bool close(double computed, double expected) {
    if (std::isnan(expected)) return std::isnan(computed);
    if (std::isinf(expected)) return computed == expected;
    return std::fabs(computed - expected) <= 1e-14 * std::max(1.0, std::fabs(expected));
}

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// One call with every array at the given offset from alignment, NaN around the input and guards around the
// outputs.
struct Call {
    std::vector<double> z;
    std::array<std::vector<double>, 4> out;
    std::size_t count;
    std::size_t offset;

    Call(const std::vector<double>& values, std::size_t n, std::size_t misalignment)
        : z(n + 2 * kMargin, kNan), count(n), offset(misalignment) {
        std::copy_n(values.begin(), n, input());
        for (auto& o : out) o.assign(n + 2 * kMargin, kGuard);
    }
    double* input() { return z.data() + kMargin / 2 + offset; }
    double* output(std::size_t order) { return out[order].data() + kMargin / 2 + (offset + order) % 8; }
    void run(const truth::Subject& subject, unsigned wanted) {
        const auto pointer = [&](std::size_t k) { return (wanted >> k & 1U) != 0 ? output(k) : nullptr; };
        evaluate_activation(subject.kind, subject.parameter, static_cast<Size>(count), input(),
                            {pointer(0), pointer(1), pointer(2), pointer(3)});
    }
    bool guards_intact() {
        for (std::size_t order = 0; order < 4; ++order) {
            const std::size_t begin = static_cast<std::size_t>(output(order) - out[order].data());
            for (std::size_t k = 0; k < out[order].size(); ++k) {
                if ((k < begin || k >= begin + count) && out[order][k] != kGuard) return false;
            }
        }
        return true;
    }
};

std::vector<double> ordinary_values(std::size_t n) {
    std::mt19937_64 engine(7);
    std::normal_distribution<double> normal(0.0, 3.0);
    std::vector<double> values(n);
    for (double& v : values) v = normal(engine);
    return values;
}

}  // namespace

TEST_CASE("every count, offset and set of outputs gives the reference's values and touches nothing else",
          "[activation]") {
    on_every_isa([] {
        const std::size_t most = 4 * static_cast<std::size_t>(active_lanes()) + 3;
        std::vector<double> values = ordinary_values(most);
        if (most > 5) values[5] = 1e3;  // one lane that takes its vector off the fast path
        for (const truth::Subject& subject : truth::subjects()) {
            std::array<std::vector<double>, 4> expected;
            for (auto& e : expected) e.resize(most);
            ref::evaluate_activation(
                subject.kind, subject.parameter, static_cast<Size>(most), values.data(),
                {expected[0].data(), expected[1].data(), expected[2].data(), expected[3].data()});
            std::size_t wrong = 0;
            for (std::size_t n = 0; n <= most; ++n) {
                for (unsigned wanted = 0; wanted < 16; ++wanted) {
                    Call call(values, n, (n + wanted) % 8);
                    call.run(subject, wanted);
                    if (!call.guards_intact()) ++wrong;
                    for (std::size_t order = 0; order < 4; ++order) {
                        const bool asked = (wanted >> order & 1U) != 0;
                        for (std::size_t k = 0; k < n; ++k) {
                            const double got = call.output(order)[k];
                            if (asked ? !close(got, expected[order][k]) : got != kGuard) ++wrong;
                        }
                    }
                }
            }
            INFO(subject.name);
            CHECK(wrong == 0);
        }
    });
}

TEST_CASE("an element's value does not depend on its place or its neighbours", "[activation]") {
    on_every_isa([] {
        const std::size_t n = 4 * static_cast<std::size_t>(active_lanes()) + 3;
        std::vector<double> values = ordinary_values(n);
        for (const truth::Subject& subject : truth::subjects()) {
            Call all(values, n, 0);
            all.run(subject, 15);
            std::size_t different = 0;
            for (std::size_t k = 0; k < n; ++k) {
                std::vector<double> shuffled(n, 900.0);  // a neighbour in the far tail
                const std::size_t place = n - 1 - k;
                shuffled[place] = values[k];
                Call other(shuffled, n, 3);
                other.run(subject, 15);
                for (std::size_t order = 0; order < 4; ++order) {
                    if (!same_bits(all.output(order)[k], other.output(order)[place])) ++different;
                }
            }
            INFO(subject.name);
            CHECK(different == 0);
        }
    });
}

TEST_CASE("NaN, infinities and zeros", "[activation]") {
    const double inf = std::numeric_limits<double>::infinity();
    on_every_isa([inf] {
        for (const truth::Subject& subject : truth::subjects()) {
            INFO(subject.name);
            const std::vector<double> special = {kNan, inf, -inf, 0.0, -0.0, 1.0, -1.0, kNan, 0.5};
            Call call(special, special.size(), 1);
            call.run(subject, 15);
            for (std::size_t order = 0; order < 4; ++order) {
                CHECK(std::isnan(call.output(order)[0]));
                CHECK(std::isnan(call.output(order)[7]));
                CHECK(!std::isnan(call.output(order)[8]));
                // sigma and its derivatives at 0 do not depend on the sign of 0.
                CHECK(call.output(order)[3] == call.output(order)[4]);
            }
            // Limits and what holds at a kink: the reference has them.
            std::array<double, 4> expected{};
            for (const std::size_t at : {1U, 2U, 3U, 4U}) {
                ref::evaluate_activation(subject.kind, subject.parameter, 1, &special[at],
                                         {&expected[0], &expected[1], &expected[2], &expected[3]});
                for (std::size_t order = 0; order < 4; ++order) {
                    INFO("order " << order << " at " << special[at]);
                    CHECK(close(call.output(order)[at], expected[order]));
                    if (subject.kind != ActivationKind::sin) CHECK(!std::isnan(expected[order]));
                }
            }
        }
    });
}

TEST_CASE("an activation without a kernel is refused", "[activation]") {
    double z = 0.5;
    double out = kGuard;
    CHECK_THROWS_AS(evaluate_activation(ActivationKind::custom, 0.0, 1, &z, {&out}), Error);
    CHECK(out == kGuard);
}
