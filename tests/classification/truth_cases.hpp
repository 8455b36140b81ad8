// What the minimal cases share: problems by their numbers, points that a search finds, and what has to be
// said of a global minimum.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/judged.hpp"
#include "support/report.hpp"
#include "support/table.hpp"

namespace tepui::test {

using Vector = std::vector<double>;

inline SmallProblem small_problem(ActivationKind kind, Size features, bool bias, Vector x, Vector targets,
                                  Vector w, Vector a) {
    SmallProblem made;
    made.samples = static_cast<Size>(targets.size());
    made.features = features;
    made.bias = bias;
    made.x = std::move(x);
    made.targets = std::move(targets);
    made.network = Network(Activation(kind), static_cast<Size>(a.size()), features + (bias ? 1 : 0));
    made.network.parameters = std::move(w);
    made.network.parameters.insert(made.network.parameters.end(), a.begin(), a.end());
    return made;
}

// A global minimum, and so is every split, by every function that says anything of it.
inline void check_global(const SmallProblem& made) {
    const Judge judge(made);
    const Judged network = judge.network(), point = judge.point();
    INFO("network: " << network.text() << "; point: " << point.text());
    CHECK(network.verdict == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(network.global);
    CHECK(point.verdict == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(point.global);
    for (Size i = 0; i < judge.neurons(); ++i) {
        const JudgedNeuron neuron = judge.neuron(i);
        INFO("neuron " << i << ": " << tepui_name(TEPUI_WORDS_PLATEAU_TYPE, neuron.plateau) << " by "
                       << neuron.rule);
        CHECK(neuron.plateau == TEPUI_PLATEAU_ALL_LOCAL_MINIMA);
        CHECK(neuron.saddles == TEPUI_REGION_NONE);
        for (const Vector& gamma : {Vector{1.0, 0.0}, {0.5, 0.5}, {2.0, -1.0}, {0.2, 0.3, 0.5}}) {
            const Judged split = judge.split(i, gamma);
            INFO("split: " << split.text());
            CHECK(split.verdict == TEPUI_VERDICT_LOCAL_MINIMUM);
        }
    }
}

// The distinct converged points of a search.
struct Solved {
    explicit Solved(const SmallProblem& made, Size width, int64_t starts) {
        REQUIRE(tepui_context_create(&context) == TEPUI_OK);
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, starts) == TEPUI_OK);
        REQUIRE(tepui_dataset_create(context, made.samples, made.features, made.x.data(), made.features,
                                     made.targets.data(), nullptr, made.bias ? TEPUI_DATASET_BIAS : 0,
                                     &data) == TEPUI_OK);
        const std::string name(made.network.activation.name());
        REQUIRE(tepui_activation_create_named(context, name.c_str(), &activation) == TEPUI_OK);
        REQUIRE(tepui_solve(context, data, activation, width, &solution) == TEPUI_OK);
        const auto with = [&](const tepui_network* point) {
            SmallProblem there = made;
            there.network = Network(made.network.activation, width, made.network.inputs);
            there.network.parameters.assign(
                tepui_network_parameters(point),
                tepui_network_parameters(point) + tepui_network_parameter_count(point));
            return there;
        };
        for (int64_t p = 0; p < tepui_solution_points(solution); ++p) {
            points.push_back(with(tepui_solution_point(solution, p)));
            losses.push_back(
                test::report_of(context, solution).real("points/" + std::to_string(p) + "/loss"));
        }
    }
    ~Solved() {
        tepui_solution_destroy(solution);
        tepui_activation_destroy(activation);
        tepui_dataset_destroy(data);
        tepui_context_destroy(context);
    }
    Solved(const Solved&) = delete;
    Solved& operator=(const Solved&) = delete;

    tepui_context* context = nullptr;
    tepui_dataset* data = nullptr;
    tepui_activation* activation = nullptr;
    tepui_solution* solution = nullptr;
    std::vector<SmallProblem> points;
    Vector losses;
};

// Standardised columns of the diabetes data by number.
inline SmallProblem diabetes(const std::vector<Size>& columns, ActivationKind kind, bool bias,
                             bool targets_too) {
    const Table table = read_table(TEPUI_TEST_DATA "/diabetes.csv");
    const auto features = static_cast<Size>(columns.size());
    SmallProblem made = small_problem(kind, features, bias, {}, table.targets, {}, {});
    for (Size k = 0; k < table.samples; ++k) {
        for (const Size j : columns)
            made.x.push_back(table.x[static_cast<std::size_t>(k * table.features + j)]);
    }
    for (Size j = 0; j < features; ++j) standardise(made.x, j, features, made.samples);
    if (targets_too) standardise(made.targets, 0, 1, made.samples);
    return made;
}

}  // namespace tepui::test
