// a_i D_i >= 0: every method against the others, certificates and plain search.
#include <cmath>
#include <numbers>

#include "classification/directional/directional.hpp"
#include "core/random.hpp"
#include "linalg/linear_program.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

KinkForm form_of(std::vector<double> slope, const std::vector<std::vector<double>>& inputs,
                 std::vector<double> coefficients) {
    KinkForm form;
    const Size d = static_cast<Size>(slope.size()), kinks = static_cast<Size>(inputs.size());
    form.inputs = Matrix(kinks, d);
    form.slope_magnitude.assign(slope.size(), 0.0);
    for (Size j = 0; j < d; ++j) {
        form.slope_magnitude[j] = std::abs(slope[j]);
        for (Size g = 0; g < kinks; ++g) {
            form.inputs(g, j) = inputs[g][j];
            form.slope_magnitude[j] += std::abs(coefficients[g] * inputs[g][j]);
        }
        form.slope_tolerance.push_back(1e-9 * form.slope_magnitude[j]);
    }
    for (const double c : coefficients) form.coefficient_tolerance.push_back(1e-9 * std::abs(c));
    form.slope = std::move(slope);
    form.coefficients = std::move(coefficients);
    return form;
}

SignOptions only(bool programs, Size budget) {
    SignOptions options;
    options.linear_programs = programs;
    options.budget = budget;
    return options;
}

// The least S over a circle or sphere, densely sampled.
double sampled_least(const KinkForm& form, Random& random, int count) {
    double least = 1e300;
    const Size d = form.dimension();
    for (int l = 0; l < count; ++l) {
        std::vector<double> v(static_cast<std::size_t>(d));
        double length = 0.0;
        for (double& c : v) {
            c = random.normal();
            length = std::hypot(length, c);
        }
        for (double& c : v) c /= length;
        least = std::min(least, form.value(v));
    }
    return least;
}

void check_no(const KinkForm& form, const SignAnswer& answer) {
    REQUIRE(answer.answer == Answer::no);
    REQUIRE(static_cast<Size>(answer.direction.size()) == form.dimension());
    CHECK(answer.value == form.value(answer.direction));
    CHECK(answer.value < -form.tolerance(answer.direction));
}

}  // namespace

TEST_CASE("forms by hand", "[nonnegative]") {
    CHECK(nonnegative(form_of({0.0, 0.0}, {}, {}), {}).answer == Answer::yes);
    check_no(form_of({1e-3, 0.0}, {}, {}), nonnegative(form_of({1e-3, 0.0}, {}, {}), {}));
    // |x| + |y| + |x + y| holds slopes in the hexagon with the corners (2, 2), (0, 2), (2, 0), ...
    const std::vector<std::vector<double>> three{{1.0, 0.0}, {0.0, 1.0}, {1.0, 1.0}};
    for (const bool programs : {true, false}) {
        const auto answer = [&](double p, double q, std::vector<double> c) {
            return nonnegative(form_of({p, q}, three, std::move(c)), only(programs, 1 << 18)).answer;
        };
        CHECK(answer(1.99, 1.99, {1, 1, 1}) == Answer::yes);
        CHECK(answer(2.0, 2.0, {1, 1, 1}) == Answer::yes);
        CHECK(answer(0.0, 2.0, {1, 1, 1}) == Answer::yes);
        CHECK(answer(2.01, 1.9, {1, 1, 1}) == Answer::no);
        CHECK(answer(-0.1, 2.0, {1, 1, 1}) == Answer::no);
        // |x| + |y| - |x + y| / 2 >= |x + y| / 2
        CHECK(answer(0.0, 0.0, {1, 1, -0.5}) == Answer::yes);
        CHECK(answer(0.49, 0.49, {1, 1, -0.5}) == Answer::yes);
        CHECK(answer(0.51, 0.51, {1, 1, -0.5}) == Answer::no);
        CHECK(answer(0.0, 0.0, {1, 1, -1.01}) == Answer::no);
    }
    // A kink of its own holds a slope up to its coefficient.
    CHECK(nonnegative(form_of({0.9, 0.0}, {{1, 0}, {0, 1}}, {1.0, 1.0}), {}).answer == Answer::yes);
    CHECK(nonnegative(form_of({1.1, 0.0}, {{1, 0}, {0, 1}}, {1.0, 1.0}), {}).answer == Answer::no);
    CHECK(nonnegative(form_of({0.0, -3.0}, {{1, 0}, {0, 1}}, {1.0, 2.0}), {}).answer == Answer::no);
    // What falls by less than its tolerance is no way down.
    KinkForm barely = form_of({1.0, 1.0}, {{1, 1}}, {1.0});
    for (const double excess : {0.5, 3.0}) {
        SignAnswer found;
        barely.slope[0] = barely.slope[1] = 1.0 + excess * 2e-9;
        barely.slope_tolerance = {1e-9, 1e-9};
        barely.coefficient_tolerance = {1e-9};
        try_direction(barely, {-1.0, -1.0}, found);
        CHECK(found.answer == (excess < 1.0 ? Answer::undetermined : Answer::no));
    }
    // The span of the kinks holds the slope, or not.
    CHECK(nonnegative(form_of({0.5, 0.5, 0.0}, {{1, 1, 0}}, {1.0}), {}).answer == Answer::yes);
    CHECK(nonnegative(form_of({0.5, 0.5, 0.1}, {{1, 1, 0}}, {1.0}), {}).answer == Answer::no);
    CHECK(nonnegative(form_of({0.5, 0.4, 0.0}, {{1, 1, 0}}, {1.0}), {}).answer == Answer::no);
}

TEST_CASE("linear programs, rays and sign patterns agree", "[nonnegative]") {
    Random random(3, 0);
    int yes = 0, no = 0, negative_yes = 0;
    for (int trial = 0; trial < 600; ++trial) {
        const Size d = 2 + trial % 3, kinks = d + 1 + trial % 4;
        const bool convex = trial % 2 == 0;
        std::vector<std::vector<double>> inputs;
        std::vector<double> coefficients, slope(static_cast<std::size_t>(d), 0.0);
        const double reach = 1.5 * random.uniform();
        for (Size g = 0; g < kinks; ++g) {
            inputs.emplace_back();
            for (Size j = 0; j < d; ++j) inputs.back().push_back(random.normal());
            coefficients.push_back(0.2 + random.uniform());
            if (!convex && g == 0) coefficients.back() *= -0.5;
            const double b = reach * std::copysign(coefficients.back(), random.normal());
            for (Size j = 0; j < d; ++j) slope[j] += b * inputs[g][j];
        }
        const KinkForm form = form_of(slope, inputs, coefficients);
        const SignAnswer rays = nonnegative(form, only(false, 1 << 18));
        REQUIRE(rays.answer != Answer::undetermined);
        CHECK(rays.method == SignMethod::rays);
        (rays.answer == Answer::yes ? yes : no) += 1;
        negative_yes += !convex && rays.answer == Answer::yes;
        if (rays.answer == Answer::no) check_no(form, rays);
        if (rays.answer == Answer::yes) CHECK(sampled_least(form, random, 2000) > -1e-12);
        if (!linalg::has_linear_programs()) continue;
        // Too small a budget for the rays, enough for two programs.
        const SignAnswer programs = nonnegative(form, convex ? only(true, 1) : only(true, 1 << 18));
        CHECK(programs.answer == rays.answer);
        if (programs.answer == Answer::no) check_no(form, programs);
        if (convex) {
            CHECK(programs.method == SignMethod::zonotope);
            if (programs.answer == Answer::yes) CHECK(programs.margin >= 0.0);
        }
    }
    CHECK(yes > 100);
    CHECK(no > 100);
    CHECK(negative_yes > 10);
}

TEST_CASE("sign patterns decide what is beyond the rays", "[nonnegative]") {
    if (!linalg::has_linear_programs()) return;
    Random random(9, 0);
    int yes = 0, no = 0;
    for (int trial = 0; trial < 20; ++trial) {
        // 60 kinks in 8 dimensions have 4e8 choices of 7.
        const Size d = 8, kinks = 60;
        std::vector<std::vector<double>> inputs;
        std::vector<double> coefficients, slope(static_cast<std::size_t>(d), 0.0);
        for (Size g = 0; g < kinks; ++g) {
            inputs.emplace_back();
            for (Size j = 0; j < d; ++j) inputs.back().push_back(random.normal());
            coefficients.push_back(g < 3 ? -0.5 : 0.2 + random.uniform());
        }
        const double size = trial % 2 == 0 ? 0.3 : 30.0;
        for (double& c : slope) c = size * random.normal();
        const KinkForm form = form_of(slope, inputs, coefficients);
        const SignAnswer answer = nonnegative(form, {});
        CHECK(answer.method == SignMethod::sign_patterns);
        CHECK(answer.answer == (trial % 2 == 0 ? Answer::yes : Answer::no));
        (answer.answer == Answer::yes ? yes : no) += 1;
        if (answer.answer == Answer::no) check_no(form, answer);
        const SignAnswer open = nonnegative(form, only(false, 1000));
        CHECK(open.answer == Answer::undetermined);
        CHECK(open.reason == SignReason::no_linear_programs);
    }
}

TEST_CASE("a form that is not zero shows it", "[nonnegative]") {
    Random random(4, 0);
    for (int trial = 0; trial < 200; ++trial) {
        const Size d = 1 + trial % 5, kinks = trial % 7;
        std::vector<std::vector<double>> inputs;
        std::vector<double> coefficients, slope(static_cast<std::size_t>(d), 0.0);
        for (Size g = 0; g < kinks; ++g) {
            inputs.emplace_back();
            for (Size j = 0; j < d; ++j) inputs.back().push_back(random.normal());
            coefficients.push_back(random.normal());
        }
        if (kinks == 0) slope[0] = 1.0;
        const KinkForm form = form_of(slope, inputs, coefficients);
        const std::vector<double> v = nonzero_direction(form);
        REQUIRE_FALSE(v.empty());
        CHECK(std::abs(form.value(v)) > form.tolerance(v));
    }
}
