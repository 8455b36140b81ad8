// Data sets that are filled piece by piece, and those in single precision.
#include "api/fixture.hpp"

using namespace tepui::test;

namespace {

struct Chunks {
    Problem problem;
    bool weighted = true;
    int32_t answer = 0;
    bool throws = false;
    int64_t calls = 0, largest = 0;
    bool saw_weights = false;
};

int32_t fill(void* user, int64_t first, int64_t count, double* x, double* y, double* weights) {
    auto& chunks = *static_cast<Chunks*>(user);
    if (chunks.throws) throw 42;
    if (chunks.answer != 0) return chunks.answer;
    ++chunks.calls;
    chunks.largest = std::max(chunks.largest, first + count);
    chunks.saw_weights = chunks.saw_weights || weights != nullptr;
    const Problem& problem = chunks.problem;
    for (int64_t k = 0; k < count; ++k) {
        const auto at = static_cast<std::size_t>(first + k);
        x[2 * k] = problem.x[2 * at];
        x[2 * k + 1] = problem.x[2 * at + 1];
        if (y != nullptr) y[k] = problem.y[at];
        if (weights != nullptr) weights[k] = problem.weights[at];
    }
    return 0;
}

Dataset_ chunked(const Context& context, Chunks& chunks, tepui_dataset_flags flags = 0) {
    tepui_dataset* made = nullptr;
    REQUIRE(tepui_dataset_create_chunked(context, 6, 2, fill, &chunks, chunks.weighted ? 1 : 0, flags,
                                         &made) == TEPUI_OK);
    return Dataset_(made);
}

std::vector<double> gradient_of(const Context& context, const tepui_dataset* data,
                                const tepui_network* network) {
    std::vector<double> all(static_cast<std::size_t>(2 * tepui_network_parameter_count(network) + 1));
    const std::size_t p = (all.size() - 1) / 2;
    REQUIRE(tepui_gradient(context, data, network, all.data(), all.data() + 1, all.data() + 1 + p) ==
            TEPUI_OK);
    return all;
}

}  // namespace

TEST_CASE("chunked data sets give the bits of those in memory") {
    for (const int64_t threads : {1, 2}) {
        Context context(threads);
        for (const bool weighted : {true, false}) {
            for (const tepui_dataset_flags flags : {0, TEPUI_DATASET_MEAN_LOSS + 0}) {
                Chunks chunks;
                chunks.weighted = weighted;
                const Problem& problem = chunks.problem;
                tepui_dataset* made = nullptr;
                REQUIRE(tepui_dataset_create(context, 6, 2, problem.x.data(), 2, problem.y.data(),
                                             weighted ? problem.weights.data() : nullptr, flags,
                                             &made) == TEPUI_OK);
                const Dataset_ memory(made), stream = chunked(context, chunks, flags);
                CHECK(chunks.calls >= 1);
                CHECK(chunks.largest == 6);
                CHECK(chunks.saw_weights == weighted);
                CHECK(tepui_dataset_samples(stream.get()) == 6);
                CHECK(tepui_dataset_inputs(stream.get()) == 2);
                const Network_ network = problem.network(context);
                CHECK(gradient_of(context, memory.get(), network.get()) ==
                      gradient_of(context, stream.get(), network.get()));
            }
        }
        Chunks chunks;
        CHECK(tepui_dataset_inputs(chunked(context, chunks, TEPUI_DATASET_BIAS).get()) == 3);
    }
}

TEST_CASE("chunked data sets: an error of the function ends the call that needed the samples") {
    Context context;
    Chunks chunks;
    const Dataset_ data = chunked(context, chunks);
    const Network_ network = chunks.problem.network(context);
    double loss = kUntouched;
    chunks.answer = 7;
    check_refused(context, tepui_loss(context, data.get(), network.get(), &loss), TEPUI_ERROR_CALLBACK,
                  {"chunk function", "7", "samples 0 to 5"});
    CHECK(loss == kUntouched);
    chunks.answer = 0;
    chunks.throws = true;
    CHECK(tepui_loss(context, data.get(), network.get(), &loss) != TEPUI_OK);
    chunks.throws = false;
    CHECK(tepui_loss(context, data.get(), network.get(), &loss) == TEPUI_OK);

    tepui_dataset* made = nullptr;
    const auto create = [&](int64_t n, int64_t d, tepui_chunk_function function, int32_t weighted,
                            tepui_dataset_flags flags) {
        return tepui_dataset_create_chunked(context, n, d, function, &chunks, weighted, flags, &made);
    };
    check_refused(context, create(0, 2, fill, 1, 0), TEPUI_ERROR_INVALID_SIZE, {"n is 0"});
    check_refused(context, create(6, 0, fill, 1, 0), TEPUI_ERROR_INVALID_SIZE, {"d is 0"});
    check_refused(context, create(INT64_MAX / 4, 64, fill, 1, 0), TEPUI_ERROR_INVALID_SIZE, {"overflow"});
    check_refused(context, create(6, 2, nullptr, 1, 0), TEPUI_ERROR_NULL_POINTER, {"function is null"});
    check_refused(context, create(6, 2, fill, 2, 0), TEPUI_ERROR_INVALID_VALUE, {"weighted is 2"});
    check_refused(context, create(6, 2, fill, 1, TEPUI_DATASET_COPY), TEPUI_ERROR_INVALID_VALUE,
                  {"flags is 1", "TEPUI_DATASET_BIAS"});
    check_refused(context, tepui_dataset_create_chunked(context, 6, 2, fill, &chunks, 1, 0, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"dataset is null"});
    chunks.answer = -3;
    check_refused(context, create(6, 2, fill, 1, 0), TEPUI_ERROR_CALLBACK, {"-3"});
    chunks.answer = 0;
    chunks.problem.x[7] = kInf;
    check_refused(context, create(6, 2, fill, 1, 0), TEPUI_ERROR_NOT_FINITE, {"x[3][1]", "inf"});
    CHECK(made == nullptr);
}

TEST_CASE("single precision: the bits of the same numbers in double precision") {
    Context context;
    Problem problem;
    std::vector<float> single;
    for (double& x : problem.x) {
        single.push_back(static_cast<float>(x * 1.1));
        x = single.back();
    }
    const Network_ network = problem.network(context);
    const Dataset_ wide = problem.dataset(context);
    for (const tepui_dataset_flags flags : {TEPUI_DATASET_BORROW, TEPUI_DATASET_COPY}) {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create_f32(context, 6, 2, single.data(), 2, problem.y.data(),
                                         problem.weights.data(), flags, &made) == TEPUI_OK);
        const Dataset_ narrow(made);
        CHECK(gradient_of(context, wide.get(), network.get()) ==
              gradient_of(context, narrow.get(), network.get()));
    }
    tepui_dataset* made = nullptr;
    check_refused(context,
                  tepui_dataset_create_f32(context, 6, 2, nullptr, 2, problem.y.data(), nullptr, 0, &made),
                  TEPUI_ERROR_NULL_POINTER, {"x is null"});
    check_refused(
        context,
        tepui_dataset_create_f32(context, 6, 2, single.data(), 1, problem.y.data(), nullptr, 0, &made),
        TEPUI_ERROR_INVALID_SIZE, {"ldx is 1"});
    single[5] = std::numeric_limits<float>::quiet_NaN();
    check_refused(
        context,
        tepui_dataset_create_f32(context, 6, 2, single.data(), 2, problem.y.data(), nullptr, 0, &made),
        TEPUI_ERROR_NOT_FINITE, {"x[2][1]", "nan"});
    CHECK(made == nullptr);
}
