// Several outputs, other losses, weight decay, output biases, skip connections and activations of neurons,
// from the caller's side: the numbers of the models beneath, in memory, in single precision and in chunks;
// refusals.
#include <cmath>

#include "api/fixture.hpp"
#include "core/random.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

constexpr int64_t kSamples = 700, kFeatures = 3, kInputs = kFeatures + 1, kWidth = 4, kOutputs = 3;

struct Samples {
    std::vector<double> x, y;
    std::vector<int64_t> labels;
    Samples() {
        Random random(3, 0);
        for (int64_t k = 0; k < kSamples; ++k) {
            for (int64_t j = 0; j < kFeatures; ++j) x.push_back(static_cast<float>(random.normal()));
            for (int64_t o = 0; o < kOutputs; ++o) y.push_back(random.normal());
            labels.push_back(static_cast<int64_t>(3.0 * random.uniform()));
        }
    }
};

Dataset_ data_set(const Context& context, const Samples& samples) {
    tepui_dataset* data = nullptr;
    REQUIRE(tepui_dataset_create(context, kSamples, kFeatures, samples.x.data(), kFeatures, nullptr, nullptr,
                                 TEPUI_DATASET_BIAS, &data) == TEPUI_OK);
    return Dataset_(data);
}

Activation_ activation(const Context& context, const char* name) {
    tepui_activation* made = nullptr;
    REQUIRE(tepui_activation_create_named(context, name, &made) == TEPUI_OK);
    return Activation_(made);
}

std::vector<double> parameters(int64_t outputs, tepui_model_flags flags) {
    Random random(8, 0);
    const int64_t features = kWidth + ((flags & TEPUI_MODEL_OUTPUT_BIAS) != 0 ? 1 : 0) +
                             ((flags & TEPUI_MODEL_SKIP) != 0 ? kInputs : 0);
    std::vector<double> values(static_cast<std::size_t>(kWidth * kInputs + features * outputs));
    for (double& value : values) value = 0.5 * random.normal();
    return values;
}

Network_ network(const Context& context, int64_t outputs, tepui_model_flags flags) {
    const std::vector<double> values = parameters(outputs, flags);
    tepui_network* made = nullptr;
    REQUIRE(tepui_network_create_model(context, activation(context, "tanh").get(), kWidth, kInputs, outputs,
                                       flags, values.data(), &made) == TEPUI_OK);
    CHECK(tepui_network_parameter_count(made) == static_cast<int64_t>(values.size()));
    CHECK(tepui_network_outputs(made) == outputs);
    CHECK(tepui_network_flags(made) == flags);
    return Network_(made);
}

std::vector<double> gradient(const Context& context, const Dataset_& data, const Network_& net,
                             double& loss) {
    std::vector<double> value(static_cast<std::size_t>(tepui_network_parameter_count(net.get())));
    INFO(context.message());
    REQUIRE(tepui_gradient(context, data.get(), net.get(), &loss, value.data(), nullptr) == TEPUI_OK);
    return value;
}

}  // namespace

TEST_CASE("a softmax network with output biases and skip connections, by plain loops") {
    const Context context(2);
    const Samples samples;
    const Dataset_ data = data_set(context, samples);
    REQUIRE(tepui_dataset_set_classes(context, data.get(), 3, samples.labels.data()) == TEPUI_OK);
    CHECK(tepui_dataset_outputs(data.get()) == 3);
    CHECK(tepui_dataset_loss(data.get()) == TEPUI_LOSS_SOFTMAX);
    const tepui_model_flags flags = TEPUI_MODEL_OUTPUT_BIAS | TEPUI_MODEL_SKIP;
    const Network_ net = network(context, 3, flags);
    const std::vector<double> theta = parameters(3, flags);
    double loss = 0.0, plain = 0.0, slope = 0.0;
    const std::vector<double> found = gradient(context, data, net, loss);
    std::vector<double> outputs(static_cast<std::size_t>(kSamples * 3));
    REQUIRE(tepui_outputs(context, data.get(), net.get(), outputs.data(), nullptr) == TEPUI_OK);
    for (int64_t k = 0; k < kSamples; ++k) {
        double f[3], sum = 0.0;
        const auto x = [&](int64_t j) { return j < kFeatures ? samples.x[k * kFeatures + j] : 1.0; };
        for (int64_t o = 0; o < 3; ++o) {
            f[o] = theta[kWidth * kInputs + kWidth * 3 + o];
            for (int64_t i = 0; i < kWidth; ++i) {
                double z = 0.0;
                for (int64_t j = 0; j < kInputs; ++j) z += theta[i * kInputs + j] * x(j);
                f[o] += theta[kWidth * kInputs + i * 3 + o] * std::tanh(z);
            }
            for (int64_t j = 0; j < kInputs; ++j)
                f[o] += theta[kWidth * kInputs + kWidth * 3 + 3 + o * kInputs + j] * x(j);
            sum += std::exp(f[o]);
            CHECK(outputs[k * 3 + o] == Approx(f[o]).epsilon(1e-13).margin(1e-14));
        }
        plain += std::log(sum) - f[samples.labels[k]];
        slope += std::exp(f[1]) / sum - (samples.labels[k] == 1 ? 1.0 : 0.0);
    }
    CHECK(loss == Approx(plain).epsilon(1e-13));
    CHECK(found[kWidth * kInputs + kWidth * 3 + 1] == Approx(slope).epsilon(1e-12));
}

TEST_CASE("targets are those of samples in memory, in single precision and in chunks") {
    const Context context(1);
    const Samples samples;
    const std::vector<float> single(samples.x.begin(), samples.x.end());
    const auto read = [](void* user, int64_t first, int64_t count, double* x, double* y, double*) -> int32_t {
        const auto* from = static_cast<const Samples*>(user);
        std::copy_n(from->x.data() + first * kFeatures, count * kFeatures, x);
        if (y != nullptr) std::fill_n(y, count, 0.0);
        return 0;
    };
    tepui_dataset *f32 = nullptr, *chunked = nullptr;
    REQUIRE(tepui_dataset_create_f32(context, kSamples, kFeatures, single.data(), kFeatures, nullptr, nullptr,
                                     TEPUI_DATASET_BIAS, &f32) == TEPUI_OK);
    REQUIRE(tepui_dataset_create_chunked(context, kSamples, kFeatures, read, const_cast<Samples*>(&samples),
                                         0, TEPUI_DATASET_BIAS, &chunked) == TEPUI_OK);
    const Dataset_ forms[] = {data_set(context, samples), Dataset_(f32), Dataset_(chunked)};
    std::vector<std::vector<double>> found;
    const Network_ net = network(context, kOutputs, TEPUI_MODEL_OUTPUT_BIAS);
    for (const Dataset_& data : forms) {
        std::vector<double> y = samples.y;
        REQUIRE(tepui_dataset_set_targets(context, data.get(), TEPUI_LOSS_PSEUDO_HUBER, 0.5, kOutputs,
                                          y.data()) == TEPUI_OK);
        std::fill(y.begin(), y.end(), kNaN);  // copied
        double loss = 0.0;
        found.push_back(gradient(context, data, net, loss));
        found.back().push_back(loss);
    }
    CHECK(found[0] == found[1]);
    CHECK(found[0] == found[2]);
}

TEST_CASE("weight decay adds lambda theta, block by block") {
    const Context context(1);
    const Samples samples;
    const Dataset_ plain = data_set(context, samples), decayed = data_set(context, samples);
    for (const Dataset_* data : {&plain, &decayed})
        REQUIRE(tepui_dataset_set_classes(context, data->get(), 3, samples.labels.data()) == TEPUI_OK);
    REQUIRE(tepui_dataset_set_decay(context, decayed.get(), 0.5, 0.25, 2.0, 4.0, 8.0) == TEPUI_OK);
    const tepui_model_flags flags = TEPUI_MODEL_OUTPUT_BIAS | TEPUI_MODEL_SKIP;
    const Network_ net = network(context, 3, flags);
    const std::vector<double> theta = parameters(3, flags);
    double loss = 0.0, decayed_loss = 0.0, penalty = 0.0;
    const std::vector<double> without = gradient(context, plain, net, loss);
    const std::vector<double> with = gradient(context, decayed, net, decayed_loss);
    for (std::size_t p = 0; p < theta.size(); ++p) {
        const std::size_t w = kWidth * kInputs, b = w + kWidth * 3, c = b + 3;
        const bool bias = (p < w ? p : p - c) % kInputs == kInputs - 1;
        const double lambda = p < w ? (bias ? 0.25 : 0.5) : p < b ? 2.0 : p < c || bias ? 4.0 : 8.0;
        penalty += 0.5 * lambda * theta[p] * theta[p];
        CHECK(with[p] == Approx(without[p] + lambda * theta[p]).epsilon(1e-13).margin(1e-12));
    }
    CHECK(decayed_loss == Approx(loss + penalty).epsilon(1e-13));
}

TEST_CASE("a neuron's own activation") {
    const Context context(1);
    const Samples samples;
    const Dataset_ data = data_set(context, samples);
    const Network_ mixed = network(context, 1, TEPUI_MODEL_PLAIN),
                   plain = network(context, 1, TEPUI_MODEL_PLAIN);
    REQUIRE(tepui_network_set_activation(context, mixed.get(), 2, activation(context, "identity").get()) ==
            TEPUI_OK);
    std::vector<double> f(kSamples), g(kSamples);
    REQUIRE(tepui_outputs(context, data.get(), mixed.get(), f.data(), nullptr) == TEPUI_OK);
    REQUIRE(tepui_outputs(context, data.get(), plain.get(), g.data(), nullptr) == TEPUI_OK);
    const std::vector<double> theta = parameters(1, TEPUI_MODEL_PLAIN);
    for (int64_t k = 0; k < kSamples; ++k) {
        double z = theta[2 * kInputs + kFeatures];
        for (int64_t j = 0; j < kFeatures; ++j) z += theta[2 * kInputs + j] * samples.x[k * kFeatures + j];
        CHECK(f[k] - g[k] ==
              Approx(theta[kWidth * kInputs + 2] * (z - std::tanh(z))).epsilon(1e-11).margin(1e-13));
    }
}

TEST_CASE("the caller's own loss, and its failure") {
    const Context context(1);
    const Samples samples;
    const Dataset_ own = data_set(context, samples), built_in = data_set(context, samples);
    const auto squared = [](void* user, int64_t count, int64_t outputs, const double* f, const double* y,
                            double* value, double* gradient, double* hessian) -> int32_t {
        if (user != nullptr) return *static_cast<int*>(user);
        for (int64_t k = 0; k < count; ++k) {
            value[k] = 0.0;
            for (int64_t o = 0; o < outputs; ++o) {
                const double r = *f++ - *y++;
                value[k] += 0.5 * r * r;
                *gradient++ = r;
                for (int64_t q = 0; q < outputs; ++q) *hessian++ = o == q ? 1.0 : 0.0;
            }
        }
        return 0;
    };
    REQUIRE(tepui_dataset_set_custom_loss(context, own.get(), squared, nullptr, 1, kOutputs,
                                          samples.y.data()) == TEPUI_OK);
    REQUIRE(tepui_dataset_set_targets(context, built_in.get(), TEPUI_LOSS_SQUARED, 0, kOutputs,
                                      samples.y.data()) == TEPUI_OK);
    const Network_ net = network(context, kOutputs, TEPUI_MODEL_SKIP);
    double loss = 0.0, expected = 0.0;
    const std::vector<double> found = gradient(context, own, net, loss);
    const std::vector<double> right = gradient(context, built_in, net, expected);
    CHECK(loss == Approx(expected).epsilon(1e-14));
    for (std::size_t p = 0; p < right.size(); ++p)
        CHECK(found[p] == Approx(right[p]).epsilon(1e-12).margin(1e-12));
    int answer = 5;
    REQUIRE(tepui_dataset_set_custom_loss(context, own.get(), squared, &answer, 1, kOutputs,
                                          samples.y.data()) == TEPUI_OK);
    check_refused(context, tepui_loss(context, own.get(), net.get(), &loss), TEPUI_ERROR_CALLBACK,
                  {"the loss function returned 5"});
}

TEST_CASE("models are searched from random starts and from a given one") {
    Context context(2);
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 4) == TEPUI_OK);
    const Samples samples;
    const Dataset_ data = data_set(context, samples);
    REQUIRE(tepui_dataset_set_classes(context, data.get(), 3, samples.labels.data()) == TEPUI_OK);
    REQUIRE(tepui_dataset_set_decay(context, data.get(), 0.5, 0.5, 0.5, 0.5, 0.5) == TEPUI_OK);
    const tepui_model_flags flags = TEPUI_MODEL_OUTPUT_BIAS | TEPUI_MODEL_SKIP;
    const Network_ net = network(context, 3, flags);
    tepui_solution* made = nullptr;
    REQUIRE(tepui_solve_like(context, data.get(), net.get(), &made) == TEPUI_OK);
    const Solution_ several(made);
    REQUIRE(tepui_solve_from(context, data.get(), net.get(), &made) == TEPUI_OK);
    const Solution_ one(made);
    CHECK(tepui_solution_starts(several.get()) == 4);
    for (const Solution_* solution : {&several, &one}) {
        REQUIRE(tepui_solution_points(solution->get()) >= 1);
        const tepui_network* point = tepui_solution_point(solution->get(), 0);
        CHECK(tepui_network_flags(point) == flags);
        CHECK(tepui_network_outputs(point) == 3);
        double loss = 0.0;
        std::vector<double> slopes(static_cast<std::size_t>(tepui_network_parameter_count(point)));
        REQUIRE(tepui_gradient(context, data.get(), point, &loss, slopes.data(), nullptr) == TEPUI_OK);
        for (const double slope : slopes) CHECK(std::abs(slope) <= 1e-9);
        CHECK(loss < kSamples * std::log(3.0));
    }
    check_refused(context, tepui_solve_like(context, data.get(), network(context, 1, flags).get(), &made),
                  TEPUI_ERROR_INVALID_SIZE, {"network has 1 outputs", "3 targets a sample"});
    const std::vector<double> theta = parameters(3, flags);
    tepui_network* relu = nullptr;
    REQUIRE(tepui_network_create_model(context, activation(context, "relu").get(), kWidth, kInputs, 3, flags,
                                       theta.data(), &relu) == TEPUI_OK);
    REQUIRE(tepui_solve_like(context, data.get(), Network_(relu).get(), &made) == TEPUI_OK);
    const Solution_ kinked(made);
    REQUIRE(tepui_solution_points(made) >= 1);
    CHECK(tepui_network_flags(tepui_solution_point(made, 0)) == flags);
}

TEST_CASE("what does not fit is refused, and functions for plain networks say so") {
    const Context context(1);
    const Samples samples;
    const Dataset_ data = data_set(context, samples);
    const double* y = samples.y.data();
    check_refused(context, tepui_dataset_set_targets(context, data.get(), 9, 0, 1, y),
                  TEPUI_ERROR_INVALID_VALUE, {"loss is 9", "TEPUI_LOSS_"});
    check_refused(context, tepui_dataset_set_targets(context, data.get(), TEPUI_LOSS_PSEUDO_HUBER, 0, 1, y),
                  TEPUI_ERROR_INVALID_VALUE, {"parameter is 0", "delta"});
    check_refused(context, tepui_dataset_set_targets(context, data.get(), TEPUI_LOSS_SQUARED, 2, 1, y),
                  TEPUI_ERROR_INVALID_VALUE, {"parameter is 2", "0 is expected"});
    check_refused(context, tepui_dataset_set_targets(context, data.get(), TEPUI_LOSS_LOGISTIC, 0, 1, y),
                  TEPUI_ERROR_INVALID_VALUE, {"y[", "[0, 1]"});
    check_refused(context, tepui_dataset_set_decay(context, data.get(), 0, -1, 0, 0, 0),
                  TEPUI_ERROR_INVALID_VALUE, {"hidden_biases is -1"});
    REQUIRE(tepui_dataset_set_targets(context, data.get(), TEPUI_LOSS_SQUARED, 0, kOutputs, y) == TEPUI_OK);
    const Network_ one = network(context, 1, TEPUI_MODEL_OUTPUT_BIAS);
    double loss = 0.0;
    check_refused(context, tepui_loss(context, data.get(), one.get(), &loss), TEPUI_ERROR_INVALID_SIZE,
                  {"network has 1 outputs", "3 targets a sample"});
    const Network_ several = network(context, kOutputs, TEPUI_MODEL_OUTPUT_BIAS);
    tepui_analysis* analysis = nullptr;
    check_refused(context, tepui_analyze(context, data.get(), several.get(), &analysis),
                  TEPUI_ERROR_UNSUPPORTED, {"dataset has 3 targets", "tepui_classify_model"});
    REQUIRE(tepui_dataset_set_decay(context, data.get(), 0.5, 0.0, 0.5, 0.0, 0.0) == TEPUI_OK);
    tepui_reduction* reduction = nullptr;
    check_refused(context, tepui_reduce(context, several.get(), data.get(), &reduction),
                  TEPUI_ERROR_UNSUPPORTED, {"weight decay", "penalty"});
    tepui_critical_set* set = nullptr;
    check_refused(context, tepui_map_critical_set(context, data.get(), several.get(), 4, 1, &set),
                  TEPUI_ERROR_UNSUPPORTED, {"weight decay", "not stationary"});
}
