// Every operation and function of balls against MPFR in 100 digits: wherever in the operands, the truth is in
// the result, in any rounding mode and where the processor flushes subnormal numbers; and the result is
// narrow.
#include "certify/ball_functions.hpp"

#include <cfenv>
#include <cmath>
#include <functional>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "certify/mpfr_state.hpp"
#include "certify/truth_balls.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::balls;

namespace {

using Real = truth::LongReal;

constexpr double kSlack = 1e-96;  // of the 100 digits

// What a program may have set before it calls.
class Mode {
  public:
    static constexpr int kCount = 5;
    explicit Mode(int which) {
        constexpr int kRoundings[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
        std::fegetenv(&before_);
        std::fesetround(kRoundings[which % 4]);
#if defined(__x86_64__)
        if (which == 4) _mm_setcsr(_mm_getcsr() | 0x8040);  // results and operands flushed
#endif
    }
    ~Mode() {
        std::fesetenv(&before_);
    }

  private:
    std::fenv_t before_;
};

// All digits of the middle used, or a double; with a radius or without; over so many decades around 1.
Ball random_ball(Random& random, double decades, double widest) {
    const double size = std::pow(10.0, decades * (random.uniform() - 0.5));
    Ball ball(random.normal() * size);
    if (random.bits() % 4 != 0) ball = (ball / Ball(3.0)).centre();
    if (random.bits() % 3 != 0) ball.widen(widest * size * std::pow(10.0, -30.0 * random.uniform()));
    if (random.bits() % 5 == 0) ball.widen(widest * size * random.uniform());
    return ball;
}

// Both ends, the middle and points between, exactly.
std::vector<Real> points_of(const Ball& ball, Random& random) {
    const Real middle = truth::middle_of(ball);
    std::vector<Real> points;
    for (const double part : {-1.0, 0.0, 1.0, 2.0 * random.uniform() - 1.0, 2.0 * random.uniform() - 1.0})
        points.push_back(middle + Real(part) * Real(ball.radius()));
    return points;
}

template <class Function>
Real by_mpfr(Function&& function, const Real& x) {
    Real result;
    function(result.backend().data(), x.backend().data(), MPFR_RNDN);
    return result;
}

struct Subject {
    std::string name;
    std::function<Ball(const Ball&)> ball;
    std::function<Real(const Real&)> exact;
    double decades = 8.0, slope = 4.0;  // of the arguments; how far a radius may grow from narrow arguments
    bool positive = false;              // asks for a middle that is not negative, and speaks of such numbers
};

Ball bell_of(const Ball& z) {
    return tepui::balls::exp(-squared(z));
}

std::vector<Subject> subjects() {
    return {
        {"exp", [](const Ball& z) { return tepui::balls::exp(z); },
         [](const Real& x) { return by_mpfr(mpfr_exp, x); }, 4.0},
        {"one_minus_exp", one_minus_exp, [](const Real& x) { return Real(-by_mpfr(mpfr_expm1, x)); }, 4.0},
        {"log1p_of_positive", log1p_of_positive, [](const Real& x) { return by_mpfr(mpfr_log1p, x); }, 40.0,
         4.0, true},
        {"sin", [](const Ball& z) { return tepui::balls::sin(z); },
         [](const Real& x) { return by_mpfr(mpfr_sin, x); }},
        {"cos", [](const Ball& z) { return tepui::balls::cos(z); },
         [](const Real& x) { return by_mpfr(mpfr_cos, x); }},
        {"arctan", [](const Ball& z) { return arctan(z, Ball(1.0) / (squared(z) + Ball(1.0))); },
         [](const Real& x) { return by_mpfr(mpfr_atan, x); }},
        {"erf", [](const Ball& z) { return tepui::balls::erf(z, bell_of(z)); },
         [](const Real& x) { return by_mpfr(mpfr_erf, x); }, 2.0},
        {"one_plus_erf", [](const Ball& z) { return one_plus_erf(z, bell_of(z)); },
         [](const Real& x) { return by_mpfr(mpfr_erfc, Real(-x)); }, 2.0},
        {"scaled up", [](const Ball& z) { return scaled(z, 3); }, [](const Real& x) { return Real(8 * x); },
         600.0, 16.0},
        {"scaled down", [](const Ball& z) { return scaled(z, -2); },
         [](const Real& x) { return Real(x / 4); }, 600.0},
        {"minus", [](const Ball& z) { return -z; }, [](const Real& x) { return Real(-x); }, 600.0},
        {"absolute", absolute, [](const Real& x) { return Real(abs(x)); }, 600.0},
        {"squared", squared, [](const Real& x) { return Real(x * x); }, 300.0, 1e9},
    };
}

void check_binary(const Ball& a, const Ball& b, int mode, Random& random) {
    Ball sum, difference, product, quotient;
    {
        const Mode set(mode);
        sum = a + b, difference = a - b, product = a * b, quotient = a / b;
    }
    CAPTURE(mode, truth::middle_of(a).str(40), a.radius(), truth::middle_of(b).str(40), b.radius());
    for (const Real& x : points_of(a, random)) {
        for (const Real& y : points_of(b, random)) {
            CHECK(truth::contains(sum, Real(x + y), kSlack));
            CHECK(truth::contains(difference, Real(x - y), kSlack));
            CHECK(truth::contains(product, Real(x * y), kSlack));
            if (y != 0) CHECK(truth::contains(quotient, Real(x / y), kSlack));
        }
    }
}

}  // namespace

TEST_CASE("functions of balls hold the truth at every point of the argument") {
    const MpfrState state;
    for (const Subject& subject : subjects()) {
        for (int mode = 0; mode < Mode::kCount; ++mode) {
            Random random(31, static_cast<std::uint64_t>(mode));
            int finite = 0;
            for (int trial = 0; trial < 200; ++trial) {
                Ball z = random_ball(random, subject.decades, 1.0);
                if (subject.positive) z = absolute(z);
                Ball result;
                {
                    const Mode set(mode);
                    result = subject.ball(z);
                }
                if (result.radius() < 1e300) ++finite;
                for (const Real& x : points_of(z, random)) {
                    if (subject.positive && x < 0) continue;
                    CAPTURE(subject.name, mode, x.str(40), z.radius(), result.radius());
                    CHECK(truth::contains(result, subject.exact(x), kSlack));
                }
            }
            CAPTURE(subject.name, mode);
            CHECK(finite > 100);
        }
    }
}

TEST_CASE("functions of points and of narrow balls are narrow") {
    const MpfrState state;
    for (const Subject& subject : subjects()) {
        Random random(32, 0);
        for (int trial = 0; trial < 200; ++trial) {
            Ball z(subject.positive ? random.uniform() : 2.0 * random.normal());
            CAPTURE(subject.name, middle(z));
            const double size = std::max(1.0, magnitude_bound(subject.ball(z)));
            CHECK(subject.ball(z).radius() <= 1e-37 * size);
            z.widen(1e-20);
            CHECK(subject.ball(z).radius() <= subject.slope * 1.001e-20 * size);
        }
    }
}

TEST_CASE("roots of all numbers from 1 on in a ball are in its root") {
    const MpfrState state;
    Random random(33, 0);
    for (int trial = 0; trial < 200; ++trial) {
        const double at = 1.0 + 4.0 * random.uniform(), radius = 0.5 * random.uniform();
        Ball z(at);
        z.widen(radius);
        const Ball root = root_of_at_least_one(z);
        for (const double number : {at, at + radius, std::max(1.0, at - radius)})
            CHECK(truth::contains(root, Real(sqrt(Real(number))), kSlack));
        CHECK(root.radius() <= 0.51 * radius);
    }
}

TEST_CASE("constants are in their balls") {
    for (const unsigned long number : {2UL, 3UL, 10UL}) {
        CHECK(truth::contains(inverse_root(number), Real(1 / sqrt(Real(number))), kSlack));
        CHECK(inverse_root(number).radius() < 1e-38);
    }
    const Real pi = 2 * by_mpfr(mpfr_acos, Real(0));
    CHECK(truth::contains(inverse_root_of_two_pi(), Real(1 / sqrt(2 * pi)), kSlack));
    CHECK(inverse_root_of_two_pi().radius() < 1e-37);
}

TEST_CASE("operations hold the truth in every mode, at every size") {
    const MpfrState state;
    for (int mode = 0; mode < Mode::kCount; ++mode) {
        Random random(33, static_cast<std::uint64_t>(mode));
        for (const double decades : {1.0, 40.0, 610.0})
            for (int trial = 0; trial < 100; ++trial)
                check_binary(random_ball(random, decades, 0.5), random_ball(random, decades, 0.5), mode,
                             random);
        // Where exponents leave those of doubles, on either side.
        std::vector<Ball> edges;
        for (const long exponent :
             {-2100L, -1074L, -1023L, -1022L, -1021L, -1019L, 1021L, 1022L, 1023L, 1024L, 1025L})
            for (const double part : {1.0, 1.25, 2.0 - 0x1p-52})
                for (const double radius : {0.0, 0x1p-1022, 0x1p-1000, 0x1p969, 0x1p1022}) {
                    Ball edge = scaled(Ball(part), exponent);
                    edge.widen(radius);
                    edges.push_back(edge);
                }
        edges.push_back(Ball());
        edges.push_back(Ball(1.0));
        for (std::size_t pair = 0; pair < 600; ++pair)
            check_binary(edges[random.bits() % edges.size()], -edges[random.bits() % edges.size()], mode,
                         random);
    }
}

TEST_CASE("bounds hold every number of a ball") {
    const MpfrState state;
    Random random(34, 0);
    for (int mode = 0; mode < Mode::kCount; ++mode) {
        for (int trial = 0; trial < 1000; ++trial) {
            const Ball ball = random_ball(random, trial % 2 == 0 ? 5.0 : 600.0, 1.0);
            double lower = 0.0, upper = 0.0, magnitude = 0.0;
            Size told = 0;
            {
                const Mode set(mode);
                lower = lower_bound(ball), upper = upper_bound(ball), magnitude = magnitude_bound(ball);
                told = sign(ball);
            }
            const Real middle = truth::middle_of(ball), radius(ball.radius());
            CAPTURE(mode, middle.str(40), ball.radius());
            CHECK(Real(lower) <= middle - radius);
            CHECK(middle + radius <= Real(upper));
            CHECK(abs(middle) + radius <= Real(magnitude));
            CHECK(told == (middle > radius ? 1 : middle < -radius ? -1 : 0));
            CHECK(upper - lower <= 2.0 * ball.radius() * (1 + 1e-12) + 6e-16 * magnitude + 1e-305);
        }
    }
}

TEST_CASE("every double is taken exactly, also where subnormal numbers count as zero") {
    for (const double value :
         {1.0, -0.1, 0x1p-1022, 0x1p-1074, -0x1.8p-1040, 0x1.fffffffffffffp1023, 0.0, -0.0}) {
        Ball ball;
        {
            const Mode set(4);
            ball = Ball(value);
        }
        CHECK(ball.is_exact());
        CHECK(truth::middle_of(ball) == Real(value));
    }
    for (const double value : {std::numeric_limits<double>::infinity(), std::nan("")})
        CHECK(lower_bound(Ball(value)) == -std::numeric_limits<double>::infinity());
}
