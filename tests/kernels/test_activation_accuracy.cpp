// Every activation, every derivative, every ISA against multiprecision truth (MATH.md section 2: 4 ulp).
#include <algorithm>
#include <cstdio>
#include <random>

#include "activation_truth.hpp"
#include "kernels/activation/rows.hpp"
#include "kernels/isa.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::kernels;

namespace {

constexpr double kBound = 4.0;

void add_neighbours(std::vector<double>& points, double centre) {
    double up = centre;
    double down = centre;
    for (int k = 0; k < 20; ++k) {
        points.push_back(up);
        points.push_back(down);
        up = std::nextafter(up, HUGE_VAL);
        down = std::nextafter(down, -HUGE_VAL);
    }
    for (int k = 2; k < 52; k += 3) {
        points.push_back(centre * (1 + std::ldexp(1.0, -k)));
        points.push_back(centre * (1 - std::ldexp(1.0, -k)));
    }
}

// Uniform in the core and over the tails, log-uniform over all doubles, neighbours of roots and of range
// edges.
std::vector<double> sample_points(const truth::Subject& subject, std::size_t per_kind) {
    std::mt19937_64 engine(20240607);
    const auto uniform = [&](double lo, double hi) {
        return std::uniform_real_distribution<double>(lo, hi)(engine);
    };
    std::vector<double> points;
    for (std::size_t k = 0; k < per_kind; ++k) {
        for (const double radius : {0.1, 1.0, 3.0, 9.0, 40.0, 760.0})
            points.push_back(uniform(-radius, radius));
        points.push_back(std::copysign(std::exp2(uniform(-60.0, 12.0)), uniform(-1.0, 1.0)));
        points.push_back(std::copysign(std::exp2(uniform(-1074.0, 1024.0)), uniform(-1.0, 1.0)));
    }
    for (const double root : subject.roots) {
        add_neighbours(points, root);
        add_neighbours(points, -root);
    }
    // Range edges of the kernels' tables and of the double exponent.
    for (const double edge :
         {0.0,    1.0,   34.5,   36.75,  37.0,   37.5,   38.5,  39.0,  40.0,   320.0, 345.0,
          372.0,  372.5, 373.0,  640.0,  680.0,  690.0,  700.0, 708.4, 709.78, 710.0, 745.1,
          745.13, 751.0, 1000.0, 0x1p20, 0x1p27, 0x1p53, 1e150, 1e154, 1e160,  1e162, 1e300}) {
        add_neighbours(points, edge);
        add_neighbours(points, -edge);
    }
    for (const double special : {0.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1.7976931348623157e308}) {
        points.push_back(special);
        points.push_back(-special);
    }
    return points;
}

struct Worst {
    double error = 0.0;
    double at = 0.0;
};

using Errors = std::array<Worst, 4>;

template <class Evaluate>
Errors measure(const truth::Subject& subject, const std::vector<double>& points,
               const std::vector<truth::Jet>& exact, Evaluate evaluate) {
    const std::size_t n = points.size();
    std::array<std::vector<double>, 4> got;
    for (auto& g : got) g.resize(n);
    evaluate(subject.kind, subject.parameter, static_cast<Size>(n), points.data(),
             ActivationOutputs{got[0].data(), got[1].data(), got[2].data(), got[3].data()});
    Errors worst;
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t order = 0; order < 4; ++order) {
            const double error = truth::ulp_error(got[order][k], exact[k][order]);
            if (error > worst[order].error) worst[order] = {error, points[k]};
        }
    }
    return worst;
}

void report(std::string_view isa, const truth::Subject& subject, const Errors& worst) {
    std::printf("%-9s %-11s", std::string(isa).c_str(), subject.name.c_str());
    for (const Worst& w : worst) std::printf("  %6.3f at %-24.17g", w.error, w.at);
    std::printf("\n");
}

void check_all(std::size_t per_kind, bool print) {
    const std::string_view before = active_isa();
    for (const truth::Subject& subject : truth::subjects()) {
        const std::vector<double> points = sample_points(subject, per_kind);
        std::vector<truth::Jet> exact(points.size());
        std::ranges::transform(points, exact.begin(), [&](double z) { return truth::jet(subject, z); });
        const auto check = [&](std::string_view isa, const Errors& worst) {
            if (print) report(isa, subject, worst);
            for (std::size_t order = 0; order < 4; ++order) {
                INFO(isa << " " << subject.name << " derivative " << order << " at z = " << worst[order].at);
                CHECK(worst[order].error <= kBound);
            }
        };
        for (const std::string_view isa : available_isas()) {
            REQUIRE(force_isa(isa));
            REQUIRE(active_isa() == isa);
            check(isa, measure(subject, points, exact, evaluate_activation));
        }
        check("reference", measure(subject, points, exact, ref::evaluate_activation));
    }
    REQUIRE(force_isa(before));
}

}  // namespace

TEST_CASE("activations and derivatives are within 4 ulp", "[activation]") {
    check_all(300, false);
}

TEST_CASE("the rows hold in quadruple precision") {
    if (!kHasQuad) return;
    const auto full = [](Quad x) {
        truth::Real sum = 0;
        for (int part = 0; part < 3; ++part) {
            const auto leading = static_cast<long double>(x);  // tails lie beyond the range of doubles
            sum += leading;
            x -= static_cast<Quad>(leading);
        }
        return sum;
    };
    for (const truth::Subject& subject : truth::subjects()) {
        for (const double z : {-30.0, -7.5, -2.0, -0.6, -1e-3, 0.0, 0.25, 1.0, 3.1, 9.0, 25.0}) {
            const auto parameter = static_cast<Quad>(subject.parameter);
            const ActivationJet<Quad> jet = activation_jet(subject.kind, parameter, static_cast<Quad>(z));
            const truth::Jet exact = truth::jet(subject, z);
            const Quad found[] = {jet.value, jet.first, jet.second, jet.third};
            for (int order = 0; order < 4; ++order) {
                CAPTURE(subject.name, z, order);
                CHECK(abs(full(found[order]) - exact[order].exact) <= 1e-31 * exact[order].largest);
            }
        }
    }
}

// Run by name: prints the largest error found and where.
TEST_CASE("measured error bounds of activations", "[.][bounds]") {
    check_all(4000, true);
}
