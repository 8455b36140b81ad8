#include <cmath>
#include <limits>

#include "network/data/dataset.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

std::string refusal(const DatasetSource& source, Status expected) {
    try {
        const Dataset data(source, true, true, LossScaling::sum);
    } catch (const Error& error) {
        CHECK(error.status() == expected);
        return error.what();
    }
    return "accepted";
}

bool contains(const std::string& message, const std::string& part) {
    return message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("sizes and pointers of a data set are checked and named") {
    const Problem good = random_problem(6, 3, 5, true, 1);
    DatasetSource source = good.source();
    source.samples = 0;
    CHECK(contains(refusal(source, Status::invalid_size), "n is 0"));
    source = good.source();
    source.features = 0;
    CHECK(contains(refusal(source, Status::invalid_size), "d is 0"));
    source = good.source();
    source.ldx = 2;
    CHECK(contains(refusal(source, Status::invalid_size), "ldx is 2"));
    source = good.source();
    source.samples = INT64_MAX / 4;
    CHECK(contains(refusal(source, Status::invalid_size), "overflow"));
    source = good.source();
    source.x = nullptr;
    CHECK(contains(refusal(source, Status::null_pointer), "x is null"));
    source = good.source();
    source.targets = nullptr;
    CHECK(contains(refusal(source, Status::null_pointer), "y is null"));
}

TEST_CASE("values of a data set are checked and named") {
    const Problem good = random_problem(6, 3, 5, true, 1);
    Problem bad = good;
    bad.x[4 * 5 + 2] = kNan;
    CHECK(contains(refusal(bad.source(), Status::not_finite), "x[4][2] is nan"));
    bad = good;
    bad.targets[5] = -INFINITY;
    CHECK(contains(refusal(bad.source(), Status::not_finite), "y[5] is -inf"));
    bad = good;
    bad.weights[2] = kNan;
    CHECK(contains(refusal(bad.source(), Status::not_finite), "weights[2] is nan"));
    bad = good;
    bad.weights[1] = -0.5;
    CHECK(contains(refusal(bad.source(), Status::invalid_value), "weights[1] is -0.5"));
    bad.weights.assign(6, 0.0);
    CHECK(contains(refusal(bad.source(), Status::invalid_value), "sum of weights is 0"));
    bad.weights.assign(6, 1e308);
    CHECK(contains(refusal(bad.source(), Status::invalid_value), "sum of weights is"));
}

TEST_CASE("a copied data set outlives its source, a borrowed one follows it") {
    Problem problem = random_problem(9, 2, 3, true, 2);
    const Dataset copied(problem.source(), true, true, LossScaling::mean);
    const Dataset borrowed(problem.source(), false, true, LossScaling::sum);
    const double x = problem.x[3 * 4 + 1], y = problem.targets[4], s = problem.weights[4];
    problem.x[3 * 4 + 1] = 77.0;
    problem.targets[4] = 78.0;
    problem.weights[4] = 79.0;
    double sample[3];
    copied.sample(4, sample);
    CHECK(sample[1] == x);
    CHECK(sample[2] == 1.0);
    CHECK(copied.target(4) == y);
    CHECK(copied.weight(4) == s * copied.scale());
    CHECK(copied.scale() == Approx(1.0 / copied.weight_sum()));
    borrowed.sample(4, sample);
    CHECK(sample[1] == 77.0);
    CHECK(borrowed.target(4) == 78.0);
    CHECK(borrowed.weight(4) == 79.0);
    CHECK(borrowed.inputs() == 3);

    Dataset source(problem.source(), true, false, LossScaling::sum);
    const Dataset moved(std::move(source));
    moved.sample(4, sample);
    CHECK(sample[1] == 77.0);
}

TEST_CASE("packing transposes, appends the bias, pads with zeros and touches nothing else") {
    for (const bool bias : {false, true}) {
        for (const Size count : {1, 7, 16, 21, 48}) {
            const Problem problem = random_problem(60, 11, 13, true, 3);
            const Dataset data(problem.source(), false, bias, LossScaling::mean);
            const Size padded = round_up(count, 16), stride = padded + 5;
            PackedBlock block(data.inputs(), 1, stride);
            block.xt.fill(-7.0);
            block.targets.fill(-7.0);
            block.weights.fill(-7.0);
            block.first = 9;
            block.count = count;
            block.stride = stride;
            for (Size begin = 0; begin < padded; begin += 16) data.pack(block, begin, begin + 16);
            std::vector<double> x(static_cast<std::size_t>(data.inputs()));
            const auto expected = [&](Size k, double real) {
                return k >= padded ? -7.0 : (k < count ? real : 0.0);
            };
            for (Size k = 0; k < stride; ++k) {
                const Size sample = std::min<Size>(9 + k, 59);
                data.sample(sample, x.data());
                for (Size j = 0; j < data.inputs(); ++j) {
                    CHECK(block.xt[j * stride + k] == expected(k, x[static_cast<std::size_t>(j)]));
                }
                CHECK(block.targets[k] == expected(k, data.target(sample)));
                CHECK(block.weights[k] == expected(k, data.weight(sample)));
            }
        }
    }
}
