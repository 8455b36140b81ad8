// Samples with equal inputs merged into their mean.
#include "network/inputs/equal_samples.hpp"

#include <cmath>

#include "core/random.hpp"
#include "network/derivatives/objective.hpp"
#include "solve/problems.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

struct Repeated {
    Problem problem;
    std::vector<double> weights;
    Size different = 0;

    Dataset dataset(LossScaling scaling) const {
        return Dataset({problem.samples, problem.features, problem.x.data(), problem.features,
                        problem.targets.data(), weights.data()},
                       false, true, scaling);
    }
};

// Every row is one of `different`, the first `different` rows are all of them; some weights are 0.
Repeated repeated(Size samples, Size different, std::uint64_t seed) {
    Repeated result{normal_inputs(samples, 2, seed), std::vector<double>(static_cast<std::size_t>(samples)),
                    different};
    Random random(seed, 5);
    result.problem.x[0] = 0.0;
    for (Size k = 0; k < samples; ++k) {
        const auto row = static_cast<std::size_t>(2 * k);
        const auto from = static_cast<std::size_t>(
            2 * (k < different ? k : static_cast<Size>(random.bits() % std::uint64_t(different))));
        result.problem.x[row] = from == 0 && k % 2 == 1 ? -0.0 : result.problem.x[from];  // -0 is 0
        result.problem.x[row + 1] = result.problem.x[from + 1];
        result.problem.targets[static_cast<std::size_t>(k)] = random.normal();
        result.weights[static_cast<std::size_t>(k)] =
            k >= different && random.uniform() < 0.2 ? 0.0 : 0.5 + random.uniform();
    }
    return result;
}

}  // namespace

TEST_CASE("merging samples of equal inputs takes a constant from the loss and leaves its gradient") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Repeated table = repeated(30, 7, seed);
        const Dataset data = table.dataset(seed % 2 == 0 ? LossScaling::sum : LossScaling::mean);
        const std::optional<Dataset> merged = merge_equal_samples(data);
        REQUIRE(merged);
        CHECK(merged->samples() == table.different);
        CHECK(merged->weight_sum() == Approx(data.weight_sum()));
        double lost = -1.0;
        for (int draw = 0; draw < 3; ++draw) {
            Network network{Activation(ActivationKind::tanh), 2, 3};
            Random random(seed, static_cast<std::uint64_t>(10 + draw));
            for (double& p : network.parameters) p = random.normal();
            const Gradient all = gradient(data, network, Execution{});
            const Gradient few = gradient(*merged, network, Execution{});
            const double difference = all.loss.loss - few.loss.loss;
            CHECK(difference >= 0.0);
            if (draw > 0) CHECK(difference == Approx(lost));
            lost = difference;
            for (std::size_t j = 0; j < all.value.size(); ++j)
                CHECK(std::abs(all.value[j] - few.value[j]) <= 1e-13 * all.magnitude[j]);
        }
    }
}

TEST_CASE("different inputs are left as they are") {
    const Problem problem = normal_inputs(40, 3, 1);
    CHECK_FALSE(merge_equal_samples(problem.dataset(true)));
}

TEST_CASE("samples that agree keep their target to the bit") {
    for (const int count : {3, 48, 49, 1000}) {
        std::vector<double> x(static_cast<std::size_t>(count) + 2, 0.5), y, weights;
        x.back() = 2.0;
        for (int k = 0; k < count + 2; ++k) {
            y.insert(y.end(), {1.0, 0.0});
            weights.push_back(k % 3 == 0 ? 1e-3 : 0.7 + k);
        }
        const Dataset data = test::dataset_of(1, x, 2, y, softmax_loss(), weights);
        const std::optional<Dataset> merged = merge_equal_samples(data);
        REQUIRE(merged);
        REQUIRE(merged->samples() == 2);
        for (Size k = 0; k < 2; ++k) {
            CHECK(merged->target(k, 0) == 1.0);
            CHECK(merged->target(k, 1) == 0.0);
        }
    }
}
