// The weighted Gram in single precision: the same loops on other lanes, and the bound on what that costs
// (MATH.md section 10).
#include <array>
#include <cmath>

#include "kernels/blocking.hpp"
#include "kernels/gram_cases.hpp"
#include "kernels/on_every_isa.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::kernels;
using namespace tepui::kernels::testing;

namespace {

using SingleCase = GramCaseOf<float>;

std::vector<double> run(const SingleCase& problem, const std::vector<Size>& cuts,
                        const GramBlocking& blocking) {
    std::vector<double> g = problem.start;
    for (std::size_t c = 0; c + 1 < cuts.size(); ++c) {
        weighted_gram_blocked({problem.xt(), problem.ldx, problem.count, problem.d}, problem.rows.data(),
                              problem.q_count, {cuts[c], cuts[c + 1]}, g.data() + problem.shift, problem.ldg,
                              blocking);
    }
    return g;
}

std::vector<double> run(const SingleCase& problem, const GramBlocking& blocking = {}) {
    return run(problem, {0, triangle(problem.d)}, blocking);
}

constexpr GramLanes kBothLanes[] = {GramLanes::rows, GramLanes::inputs};

// Coefficients of samples x = 1 whose partial sums all round down, by nearly half a unit in the last place.
std::vector<float> losing_coefficients(Size count) {
    std::vector<float> c;
    float sum = 0.0F;
    for (Size k = 0; k < count; ++k) {
        if (k % kSingleTerms == 0) sum = 0.0F;
        const float half_unit = std::ldexp(1.0F, std::ilogb(sum + 1.0F) - 24);
        c.push_back(1.0F + std::max(0.0F, half_unit - 0x1p-23F));
        sum += c.back();
    }
    return c;
}

// The error of sum c x x over kSingleGramError times the sum of absolute terms.
double share_of_bound(const std::vector<float>& c, float x, GramLanes lanes) {
    const auto n = static_cast<Size>(c.size());
    const std::vector<float> samples(c.size(), x);
    const GramRowOf<float> row{c.data(), nullptr};
    double g = 0.0;
    weighted_gram_blocked({samples.data(), n, n, 1}, &row, 1, {0, 1}, &g, 1, {0, 0, lanes});
    long double exact = 0.0L;
    for (const float value : c) exact += static_cast<long double>(value) * x * x;
    return static_cast<double>(std::abs(g - exact) / (kSingleGramError * exact));
}

}  // namespace

TEST_CASE("single precision: every small number of rows and inputs", "[gram]") {
    on_every_isa([] {
        for (Size q = 1; q <= 100; q += q < 52 ? 1 : 6) {
            for (Size d = 1; d <= 20; d += q % 4 == 0 ? 1 : 3) {
                const SingleCase problem(d, (q * 7 + d * 5) % 41, q, static_cast<std::uint64_t>(q * 100 + d),
                                         q % 8);
                INFO("Q " << q << ", d " << d << ", count " << problem.count);
                const std::vector<double> exact = problem.exact();
                CHECK(problem.relative_error(problem.reference(), exact) <= 1);
                CHECK(problem.relative_error(run(problem), exact) <= 1);
                for (const GramLanes lanes : kBothLanes)
                    CHECK(problem.relative_error(run(problem, {0, 0, lanes}), exact) <= 1);
            }
        }
    });
}

TEST_CASE("single precision: every count, none included, and larger shapes", "[gram]") {
    on_every_isa([] {
        for (const GramLanes lanes : kBothLanes) {
            for (Size count = 0; count <= 70; ++count) {
                const SingleCase problem(9, count, 19, static_cast<std::uint64_t>(count), count % 8);
                INFO("count " << count);
                CHECK(problem.relative_error(run(problem, {0, 0, lanes}), problem.exact()) <= 1);
            }
        }
        for (const auto& [d, count, q] : {std::array<Size, 3>{5, 511, 3},
                                          {5, 512, 50},
                                          {5, 513, 3},
                                          {5, 1027, 51},
                                          {64, 500, 24},
                                          {20, 300, 130},
                                          {100, 300, 5},
                                          {33, 777, 100},
                                          {290, 40, 25}}) {
            const SingleCase problem(d, count, q, static_cast<std::uint64_t>(d));
            INFO("d " << d << ", count " << count << ", Q " << q);
            CHECK(problem.relative_error(run(problem), problem.exact()) <= 1);
        }
    });
}

TEST_CASE("single precision: tiny blocks cross every edge of the loops", "[gram]") {
    on_every_isa([] {
        for (const GramLanes lanes : kBothLanes) {
            for (const Size samples : {1, 3, 17}) {
                for (const Size inputs : {1, 2, 5, 8}) {
                    for (const Size d : {1, 2, 7, 13, 20}) {
                        const SingleCase problem(d, 37, 51,
                                                 static_cast<std::uint64_t>(samples * 10 + inputs));
                        const std::vector<double> exact = problem.exact();
                        for (const Size fold : {0, 9, 64}) {
                            INFO("blocks " << samples << " x " << inputs << ", d " << d << ", folded from "
                                           << fold);
                            CHECK(problem.relative_error(run(problem, {samples, inputs, lanes, fold}),
                                                         exact) <= 1);
                        }
                    }
                }
            }
        }
    });
}

TEST_CASE("single precision: bitwise the same however the pairs are divided", "[gram]") {
    on_every_isa([] {
        Random random(5, 0);
        for (const Size d : {1, 9, 26, 40}) {
            for (const Size q : {1, 8, 23, 49}) {
                for (const GramBlocking& blocking :
                     {GramBlocking{}, {16, 4, GramLanes::rows}, {16, 4, GramLanes::inputs}}) {
                    const SingleCase problem(d, 211, q, static_cast<std::uint64_t>(d * q));
                    std::vector<Size> cuts = {0, triangle(d)};
                    for (Size c = 0; c < 5; ++c) {
                        cuts.push_back(
                            static_cast<Size>(random.uniform() * static_cast<double>(triangle(d) + 1)));
                    }
                    std::sort(cuts.begin(), cuts.end());
                    INFO("d " << d << ", Q " << q);
                    CHECK(run(problem, cuts, blocking) == run(problem, blocking));
                }
            }
        }
    });
}

TEST_CASE("single precision: the bound holds where every rounding goes the same way, and is nearly reached",
          "[gram]") {
    on_every_isa([] {
        double worst = 0.0;
        for (const GramLanes lanes : kBothLanes) {
            for (const Size n : {1, 2, 16, 100, 511, 512, 1024, 4096}) {
                const std::vector<float> losing = losing_coefficients(n);
                worst = std::max(worst, share_of_bound(losing, 1.0F, lanes));
                worst = std::max(worst, share_of_bound(losing, 1.0F + 0x1p-12F, lanes));  // x^2 rounds, too
                for (const float c : {1.0F, 1.0F / 3.0F, 1.0F + 0x1p-23F}) {
                    for (float x = 1.0F; x < 1.0F + 0x1p-11F; x += 0x1p-15F) {
                        const std::vector<float> same(static_cast<std::size_t>(n), c);
                        worst = std::max(worst, share_of_bound(same, x, lanes));
                    }
                }
            }
        }
        INFO(worst << " of the bound");
        CHECK(worst <= 1.0);
        CHECK(worst >= 0.3);
    });
}
