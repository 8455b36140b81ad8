#include "kernels/weighted_gram.hpp"

#include <algorithm>
#include <numeric>

#include "core/parallel.hpp"
#include "kernels/blocking.hpp"
#include "kernels/gram_cases.hpp"
#include "kernels/on_every_isa.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::kernels;
using namespace tepui::kernels::testing;

namespace {

std::vector<double> run(const GramCase& problem, const std::vector<Size>& cuts,
                        const GramBlocking& blocking) {
    std::vector<double> g = problem.start;
    for (std::size_t c = 0; c + 1 < cuts.size(); ++c) {
        weighted_gram_blocked({problem.xt(), problem.ldx, problem.count, problem.d}, problem.rows.data(),
                              problem.q_count, {cuts[c], cuts[c + 1]}, g.data() + problem.shift, problem.ldg,
                              blocking);
    }
    return g;
}

std::vector<double> run(const GramCase& problem, const GramBlocking& blocking = {}) {
    return run(problem, {0, triangle(problem.d)}, blocking);
}

double error_of(const GramCase& problem, const GramBlocking& blocking = {}) {
    return problem.relative_error(run(problem, blocking), problem.reference());
}

constexpr GramLanes kAllLanes[] = {GramLanes::rows, GramLanes::inputs, GramLanes::samples};

}  // namespace

TEST_CASE("the weighted Gram equals its definition for every small number of rows and inputs", "[gram]") {
    on_every_isa([] {
        for (Size q = 1; q <= 52; ++q) {
            for (Size d = 1; d <= 20; d += q % 4 == 0 ? 1 : 3) {
                const GramCase problem(d, (q * 7 + d * 5) % 41, q, static_cast<std::uint64_t>(q * 100 + d),
                                       q % 8);
                INFO("Q " << q << ", d " << d << ", count " << problem.count);
                const std::vector<double> expected = problem.reference();
                CHECK(problem.relative_error(run(problem), expected) <= 1);
                for (const GramLanes lanes : kAllLanes) {
                    CHECK(problem.relative_error(run(problem, {0, 0, lanes}), expected) <= 1);
                }
            }
        }
    });
}

TEST_CASE("the weighted Gram takes every count, none included", "[gram]") {
    on_every_isa([] {
        for (const GramLanes lanes : kAllLanes) {
            for (Size count = 0; count <= 70; ++count) {
                const GramCase problem(9, count, 11, static_cast<std::uint64_t>(count), count % 8);
                INFO("count " << count);
                CHECK(error_of(problem, {0, 0, lanes}) <= 1);
            }
            for (const Size count : {190, 191, 192, 193, 200, 383, 384, 385, 1000}) {
                const GramCase problem(5, count, 3, static_cast<std::uint64_t>(count));
                INFO("count " << count);
                CHECK(error_of(problem, {0, 0, lanes}) <= 1);
            }
        }
    });
}

TEST_CASE("tiny blocks cross every edge of the weighted Gram's loops", "[gram]") {
    on_every_isa([] {
        for (const GramLanes lanes : kAllLanes) {
            for (const Size samples : {1, 3, 8, 17}) {
                for (const Size inputs : {1, 2, 5, 8}) {
                    for (const Size d : {1, 2, 7, 13, 20}) {
                        const GramCase problem(d, 37, 27, static_cast<std::uint64_t>(samples * 10 + inputs));
                        const std::vector<double> expected = problem.reference();
                        for (const Size fold : {0, 9, 64}) {
                            INFO("blocks " << samples << " x " << inputs << ", d " << d << ", folded from "
                                           << fold);
                            CHECK(problem.relative_error(run(problem, {samples, inputs, lanes, fold}),
                                                         expected) <= 1);
                        }
                    }
                }
            }
        }
    });
}

TEST_CASE("the weighted Gram holds for larger shapes", "[gram]") {
    on_every_isa([] {
        for (const auto& [d, count, q] : {std::array<Size, 3>{64, 500, 24},
                                          {100, 700, 24},
                                          {20, 300, 130},
                                          {100, 300, 5},
                                          {33, 777, 100},
                                          {300, 50, 2},
                                          {290, 40, 25}}) {
            const GramCase problem(d, count, q, static_cast<std::uint64_t>(d));
            INFO("d " << d << ", count " << count << ", Q " << q);
            CHECK(error_of(problem) <= 1);
        }
    });
}

TEST_CASE("the weighted Gram sums long chunks of samples", "[gram]") {
    on_every_isa([] {
        for (const Size count : {513, 1023, 1024, 1500}) {
            const GramCase problem(11, count, 5, static_cast<std::uint64_t>(count));
            for (const Size fold : {0, 64}) {
                INFO("count " << count << ", folded from " << fold);
                CHECK(error_of(problem, {2048, 0, GramLanes::rows, fold}) <= 1);
            }
        }
    });
}

TEST_CASE("the weighted Gram is bitwise the same however its pairs are divided", "[gram]") {
    on_every_isa([] {
        Random random(5, 0);
        for (const Size d : {1, 3, 9, 26, 40}) {
            for (const Size q : {1, 5, 8, 23, 24, 30, 49}) {
                for (const GramBlocking& blocking : {GramBlocking{},
                                                     {16, 4, GramLanes::rows},
                                                     {16, 4, GramLanes::inputs},
                                                     {16, 4, GramLanes::samples},
                                                     {64, 8, GramLanes::rows, 12}}) {
                    const GramCase problem(d, 211, q, static_cast<std::uint64_t>(d * q));
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

TEST_CASE("threads that share the pairs give the bits of one", "[gram]") {
    const GramCase problem(48, 400, 30, 3);
    const std::vector<double> alone = run(problem);
    for (const int threads : {2, 3, 7}) {
        std::vector<double> g = problem.start;
        const Size pairs = triangle(problem.d);
        parallel_for(threads, threads, [&](Size task, Size) {
            weighted_gram({problem.xt(), problem.ldx, problem.count, problem.d}, problem.rows.data(),
                          problem.q_count, {pairs * task / threads, pairs * (task + 1) / threads},
                          g.data() + problem.shift, problem.ldg);
        });
        CHECK(g == alone);
    }
}

TEST_CASE("a range of pairs touches nothing outside it", "[gram]") {
    on_every_isa([] {
        for (const GramLanes lanes : kAllLanes) {
            const GramCase problem(12, 30, 7, 8);
            const std::vector<double> g = run(problem, {20, 41}, {0, 0, lanes});
            for (Size p = 0; p < triangle(problem.d); ++p) {
                for (Size q = 0; q < problem.q_count; ++q) {
                    const std::size_t at = problem.index(p, q);
                    CHECK((g[at] != problem.start[at]) == (p >= 20 && p < 41));
                }
            }
            CHECK(run(problem, {20, 20}, {0, 0, lanes}) == problem.start);
        }
    });
}

TEST_CASE("identities of the weighted Gram", "[gram]") {
    on_every_isa([] {
        for (const GramLanes lanes : kAllLanes) {
            GramCase problem(17, 203, 13, 77);
            std::fill(problem.start.begin(), problem.start.end(), 0.0);
            const std::vector<double> g = run(problem, {0, 0, lanes});

            Random random(9, 0);
            std::vector<double> v(17);
            for (double& value : v) value = random.normal();
            for (Size q = 0; q < problem.q_count; ++q) {  // v^T G v = sum c (v.x)^2
                double form = 0, direct = 0, scale = 0;
                for (Size i = 0, p = 0; i < problem.d; ++i) {
                    for (Size j = 0; j <= i; ++j, ++p)
                        form += (i == j ? 1 : 2) * v[i] * v[j] * g[problem.index(p, q)];
                }
                for (Size k = 0; k < problem.count; ++k) {
                    double dot = 0;
                    for (Size i = 0; i < problem.d; ++i) dot += v[i] * problem.xt()[i * problem.ldx + k];
                    direct += problem.c(q, k) * dot * dot;
                    scale += std::abs(problem.c(q, k)) * dot * dot;
                }
                CHECK(std::abs(form - direct) <= 1e-13 * scale);
            }

            GramCase doubled = problem;  // powers of two commute with rounding
            for (double& c : doubled.left) c *= 2;
            for (Size q = 0; q < problem.q_count; ++q) {
                doubled.rows[q] = {doubled.left.data() + (problem.rows[q].left - problem.left.data()),
                                   problem.rows[q].right};
            }
            const std::vector<double> twice = run(doubled, {0, 0, lanes});
            for (std::size_t s = 0; s < g.size(); ++s) CHECK(twice[s] == 2 * g[s]);

            GramCase reversed = problem;  // the order of the samples matters to rounding only
            for (Size j = 0; j < problem.d; ++j) {
                double* row = reversed.samples.data() + problem.shift + j * problem.ldx;
                std::reverse(row, row + problem.count);
            }
            reversed.right = problem.right;
            for (Size q = 0; q < problem.q_count; ++q) {
                const Size left = problem.rows[q].left - problem.left.data();
                const Size right = problem.rows[q].right ? problem.rows[q].right - problem.right.data() : -1;
                std::reverse(reversed.left.begin() + left, reversed.left.begin() + left + problem.count);
                if (right >= 0)
                    std::reverse(reversed.right.begin() + right,
                                 reversed.right.begin() + right + problem.count);
                reversed.rows[q] = {reversed.left.data() + left,
                                    right >= 0 ? reversed.right.data() + right : nullptr};
            }
            CHECK(problem.relative_error(run(reversed, {0, 0, lanes}), g) <= 1);
        }
    });
}
