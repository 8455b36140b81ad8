// Ranks, played by threads: the same bits as one process whatever the number of ranks and the division of the
// samples, and the same error on all.
#include <atomic>
#include <cmath>
#include <random>

#include "api/fixture.hpp"
#include "support/ranks.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

enum class Kind { doubles, floats, chunks };

struct Samples {
    int64_t n = 0, d = 0;
    std::vector<double> x, y, weights;
    std::vector<float> x32;
    tepui_dataset_flags flags = 0;
    int64_t gathered = 0;  // TEPUI_OPTION_GATHERED_VALUES
};

// Single precision holds x.
Samples samples_of(int64_t n, int64_t d, unsigned seed, tepui_dataset_flags flags) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    Samples samples{n, d, {}, {}, {}, {}, flags};
    for (int64_t e = 0; e < n * d; ++e) samples.x32.push_back(static_cast<float>(normal(random)));
    samples.x.assign(samples.x32.begin(), samples.x32.end());
    for (int64_t k = 0; k < n; ++k) {
        samples.y.push_back(normal(random));
        samples.weights.push_back(0.5 + std::abs(normal(random)));
    }
    return samples;
}

struct Chunks {
    const Samples* samples;
    int64_t begin;
    int64_t fails_at = -1;
};

int32_t read_chunk(void* user, int64_t first, int64_t count, double* x, double* y, double* weights) {
    const auto& chunks = *static_cast<Chunks*>(user);
    const Samples& from = *chunks.samples;
    const int64_t begin = chunks.begin + first;
    if (chunks.fails_at >= begin && chunks.fails_at < begin + count) return 9;
    std::copy_n(from.x.data() + begin * from.d, count * from.d, x);
    if (y != nullptr) std::copy_n(from.y.data() + begin, count, y);
    if (weights != nullptr) std::copy_n(from.weights.data() + begin, count, weights);
    return 0;
}

// Of the samples [begin, end).
tepui_status make(tepui_context* context, const Samples& from, Kind kind, int64_t begin, int64_t end,
                  Chunks& chunks, tepui_dataset** made) {
    tepui_context_set_integer(context, TEPUI_OPTION_GATHERED_VALUES, from.gathered);
    const double* weights = from.weights.empty() ? nullptr : from.weights.data() + begin;
    const int64_t n = end - begin;
    chunks.samples = &from;
    chunks.begin = begin;
    if (kind == Kind::doubles)
        return tepui_dataset_create(context, n, from.d, from.x.data() + begin * from.d, from.d,
                                    from.y.data() + begin, weights, from.flags, made);
    if (kind == Kind::floats)
        return tepui_dataset_create_f32(context, n, from.d, from.x32.data() + begin * from.d, from.d,
                                        from.y.data() + begin, weights, from.flags, made);
    return tepui_dataset_create_chunked(context, n, from.d, read_chunk, &chunks, 1, from.flags, made);
}

struct Result {
    std::string failure;  // the first call that failed, with its sentence
    tepui_status status = TEPUI_OK;
    std::vector<double> numbers;
    std::string text;

    bool operator==(const Result& other) const {
        return failure == other.failure && status == other.status && text == other.text &&
               numbers.size() == other.numbers.size() &&
               (numbers.empty() ||
                std::memcmp(numbers.data(), other.numbers.data(), numbers.size() * sizeof(double)) == 0);
    }
};

// What a rank asks of its data set.
using Question = std::function<tepui_status(tepui_context*, tepui_dataset*, Result&)>;

Result answer(tepui_context* context, const Samples& from, Kind kind, int64_t begin, int64_t end,
              const Question& question) {
    Result result;
    Chunks chunks{};
    tepui_dataset* data = nullptr;
    result.status = make(context, from, kind, begin, end, chunks, &data);
    const Dataset_ owner(data);
    if (result.status == TEPUI_OK) result.status = question(context, data, result);
    if (result.status != TEPUI_OK) result.failure = tepui_context_message(context);
    return result;
}

std::vector<Result> answers(const Samples& from, Kind kind, const Division& division,
                            const Question& question) {
    Ranks ranks(static_cast<int64_t>(division.size()) - 1);
    std::vector<Result> results(division.size() - 1);
    ranks.run([&](int64_t rank, tepui_context* context) {
        const auto r = static_cast<std::size_t>(rank);
        results[r] = answer(context, from, kind, division[r], division[r + 1], question);
    });
    CHECK(ranks.empty());
    return results;
}

Result alone(const Samples& from, Kind kind, const Question& question) {
    const Context context(2);
    return answer(context, from, kind, 0, from.n, question);
}

// Every number of ranks, every division: on all ranks what one process answers.
void check_all(const Samples& from, Kind kind, const Question& question, int64_t most = 4) {
    const Result one = alone(from, kind, question);
    INFO(one.failure);
    REQUIRE(one.status == TEPUI_OK);
    for (int64_t ranks = 2; ranks <= most; ++ranks) {
        int which = 0;
        for (const Division& division : divisions(from.n, ranks)) {
            INFO(ranks << " ranks, division " << which++ << ", kind " << static_cast<int>(kind));
            for (const Result& result : answers(from, kind, division, question)) {
                INFO(result.failure);
                REQUIRE(result.status == TEPUI_OK);
                REQUIRE(result == one);
            }
        }
    }
}

Network_ network_of(tepui_context* context, tepui_activation_kind kind, int64_t m, int64_t d) {
    tepui_activation* sigma = nullptr;
    if (tepui_activation_create(context, kind, &sigma) != TEPUI_OK) return nullptr;
    const Activation_ owner(sigma);
    std::mt19937_64 random(17);
    std::normal_distribution<double> normal;
    std::vector<double> values(static_cast<std::size_t>(m * (d + 1)));
    for (double& value : values) value = normal(random);
    tepui_network* made = nullptr;
    tepui_network_create(context, sigma, m, d, values.data(), d, values.data() + m * d, &made);
    return Network_(made);
}

// All sums that the library gives away.
tepui_status all_sums(tepui_context* context, tepui_dataset* data, Result& result) {
    const int64_t d = tepui_dataset_inputs(data), m = 5, p = m * (d + 1);
    const Network_ network = network_of(context, TEPUI_ACTIVATION_TANH, m, d);
    std::vector<double> loss(1), gradient(p), magnitude(p), hessian(p * p), product(p), inner(m * d * d);
    tepui_status status = tepui_loss(context, data, network.get(), loss.data());
    if (status == TEPUI_OK)
        status = tepui_gradient(context, data, network.get(), nullptr, gradient.data(), magnitude.data());
    if (status == TEPUI_OK) status = tepui_hessian(context, data, network.get(), hessian.data(), p);
    if (status == TEPUI_OK)
        status = tepui_hessian_vector(context, data, network.get(), gradient.data(), product.data());
    if (status == TEPUI_OK) status = tepui_inner_hessians(context, data, network.get(), inner.data());
    for (const auto& values : {loss, gradient, magnitude, hessian, product, inner})
        result.numbers.insert(result.numbers.end(), values.begin(), values.end());
    return status;
}

}  // namespace

TEST_CASE("sums over samples have the bits of one process, however the samples are divided") {
    const Samples samples = samples_of(20011, 6, 1, TEPUI_DATASET_BIAS | TEPUI_DATASET_MEAN_LOSS);
    for (const Kind kind : {Kind::doubles, Kind::floats, Kind::chunks}) check_all(samples, kind, all_sums);
    check_all(samples_of(3000, 20, 2, TEPUI_DATASET_COPY), Kind::doubles, all_sums);
    check_all(samples_of(5, 3, 3, 0), Kind::doubles, all_sums);
}

TEST_CASE("a search among inputs that depend on each other has the bits of one process") {
    Samples samples = samples_of(2100, 4, 10, TEPUI_DATASET_BIAS);
    for (int64_t k = 0; k < samples.n; ++k) {
        double* row = samples.x.data() + 4 * k;
        row[3] = 0.3 * row[0] - row[1] + 0.7 * row[2] + 0.1;  // but for rounding
    }
    const auto points = [](tepui_context* context, tepui_dataset* data, Result& result) {
        tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 2);
        const Network_ network = network_of(context, TEPUI_ACTIVATION_TANH, 2, 5);
        tepui_solution* solution = nullptr;
        const tepui_status status = tepui_solve_like(context, data, network.get(), &solution);
        for (int64_t index = 0; status == TEPUI_OK && index < tepui_solution_points(solution); ++index) {
            const tepui_network* point = tepui_solution_point(solution, index);
            const double* parameters = tepui_network_parameters(point);
            result.numbers.insert(result.numbers.end(), parameters,
                                  parameters + tepui_network_parameter_count(point));
        }
        tepui_solution_destroy(solution);
        return status;
    };
    for (const Kind kind : {Kind::doubles, Kind::chunks}) check_all(samples, kind, points, 3);
}

TEST_CASE("few samples are on every rank") {
    Samples samples = samples_of(700, 4, 4, TEPUI_DATASET_BIAS);
    samples.gathered = int64_t{1} << 23;
    for (const Kind kind : {Kind::doubles, Kind::floats, Kind::chunks}) check_all(samples, kind, all_sums, 3);
}

TEST_CASE("every rank receives the outputs of its own samples") {
    const Samples samples = samples_of(9000, 3, 5, 0);
    const auto outputs = [&](int64_t n) {
        return [n](tepui_context* context, tepui_dataset* data, Result& result) {
            const Network_ network = network_of(context, TEPUI_ACTIVATION_GELU, 4, 3);
            result.numbers.assign(static_cast<std::size_t>(2 * n), kUntouched);
            return tepui_outputs(context, data, network.get(), result.numbers.data(),
                                 result.numbers.data() + n);
        };
    };
    const Result one = alone(samples, Kind::doubles, outputs(samples.n));
    for (const Division& division : divisions(samples.n, 3)) {
        Ranks ranks(3);
        std::vector<Result> results(3);
        ranks.run([&](int64_t rank, tepui_context* context) {
            const auto r = static_cast<std::size_t>(rank);
            results[r] = answer(context, samples, Kind::doubles, division[r], division[r + 1],
                                outputs(division[r + 1] - division[r]));
        });
        for (std::size_t r = 0; r < 3; ++r) {
            REQUIRE(results[r].status == TEPUI_OK);
            const int64_t n = division[r + 1] - division[r];
            for (int64_t k = 0; k < n; ++k) {
                REQUIRE(results[r].numbers[k] == one.numbers[division[r] + k]);
                REQUIRE(results[r].numbers[n + k] == one.numbers[samples.n + division[r] + k]);
            }
        }
    }
}

TEST_CASE("what one rank asks for beside the others is formed on all, and nowhere else") {
    const Samples samples = samples_of(9000, 3, 9, 0);
    const int64_t p = 4 * 4;
    // asking: the rank that wants the magnitudes; -1: none.
    const auto gradients = [&](int64_t asking) {
        Ranks ranks(3);
        std::vector<Result> results(3);
        const Division division = divisions(samples.n, 3)[0];
        ranks.run([&](int64_t rank, tepui_context* context) {
            const auto r = static_cast<std::size_t>(rank);
            results[r] = answer(context, samples, Kind::doubles, division[r], division[r + 1],
                                [&](tepui_context* at, tepui_dataset* data, Result& result) {
                                    const Network_ network = network_of(at, TEPUI_ACTIVATION_GELU, 4, 3);
                                    int64_t before = 0, after = 0;
                                    tepui_context_traffic(at, TEPUI_TRAFFIC_BYTES_SENT, &before);
                                    result.numbers.assign(static_cast<std::size_t>(2 * p), kUntouched);
                                    double* magnitude = rank == asking ? result.numbers.data() + p : nullptr;
                                    const tepui_status status = tepui_gradient(
                                        at, data, network.get(), nullptr, result.numbers.data(), magnitude);
                                    tepui_context_traffic(at, TEPUI_TRAFFIC_BYTES_SENT, &after);
                                    result.text = std::to_string(after - before);
                                    return status;
                                });
        });
        return results;
    };
    const Result one =
        alone(samples, Kind::doubles, [&](tepui_context* at, tepui_dataset* data, Result& result) {
            const Network_ network = network_of(at, TEPUI_ACTIVATION_GELU, 4, 3);
            result.numbers.assign(static_cast<std::size_t>(2 * p), kUntouched);
            return tepui_gradient(at, data, network.get(), nullptr, result.numbers.data(),
                                  result.numbers.data() + p);
        });
    const std::vector<Result> none = gradients(-1);
    for (int64_t asking = -1; asking < 3; ++asking) {
        const std::vector<Result> results = gradients(asking);
        for (int64_t rank = 0; rank < 3; ++rank) {
            const Result& result = results[static_cast<std::size_t>(rank)];
            REQUIRE(result.status == TEPUI_OK);
            for (int64_t e = 0; e < 2 * p; ++e) {
                const bool written = e < p || rank == asking;
                REQUIRE(result.numbers[e] == (written ? one.numbers[e] : kUntouched));
            }
            const int64_t more =
                std::stoll(result.text) - std::stoll(none[static_cast<std::size_t>(rank)].text);
            CHECK((more >= p * 8) == (asking >= 0));
        }
    }
}

TEST_CASE("ranks tell apart what they sent and received, pass by pass") {
    const Samples samples = samples_of(8192, 4, 6, 0);
    std::vector<std::vector<int64_t>> traffic(4, std::vector<int64_t>(6));
    answers(samples, Kind::doubles, divisions(samples.n, 4)[0],
            [&](tepui_context* context, tepui_dataset* data, Result&) {
                const Network_ network = network_of(context, TEPUI_ACTIVATION_TANH, 5, 4);
                double loss = 0.0;
                static std::atomic<std::size_t> next;
                const tepui_status status = tepui_loss(context, data, network.get(), &loss);
                const std::size_t mine = next++ % 4;
                for (tepui_traffic_item item = 1; item <= 5; ++item)
                    tepui_context_traffic(context, item, &traffic[mine][static_cast<std::size_t>(item)]);
                return status;
            });
    int64_t sent = 0, received = 0;
    for (const auto& rank : traffic) {
        CHECK(rank[TEPUI_TRAFFIC_PASSES] == 1);
        CHECK(rank[TEPUI_TRAFFIC_ROUNDS] >= 4);
        sent += rank[TEPUI_TRAFFIC_BYTES_SENT];
        received += rank[TEPUI_TRAFFIC_BYTES_RECEIVED];
    }
    CHECK(sent == received);
    CHECK(sent > 0);
}

TEST_CASE("an error on one rank is the same error on all") {
    const Samples good = samples_of(6000, 3, 7, 0);
    const auto same_everywhere = [](const std::vector<Result>& results, tepui_status status,
                                    std::initializer_list<const char*> words) {
        for (const Result& result : results) {
            INFO(result.failure);
            CHECK(std::string(tepui_status_name(result.status)) == tepui_status_name(status));
            CHECK(result.failure == results.front().failure);
            for (const char* word : words) CHECK(result.failure.find(word) != std::string::npos);
        }
    };
    const auto loss = [](tepui_context* context, tepui_dataset* data, Result& result) {
        const Network_ network = network_of(context, TEPUI_ACTIVATION_TANH, 5, 3);
        result.numbers.resize(1);
        return tepui_loss(context, data, network.get(), result.numbers.data());
    };
    for (const Division& division : divisions(good.n, 3)) {
        Samples bad = good;
        bad.x[3 * 4321 + 1] = kNaN;
        same_everywhere(answers(bad, Kind::doubles, division, loss), TEPUI_ERROR_NOT_FINITE, {"x[4321][1]"});
        bad = good;
        bad.weights[5999] = -1.0;
        same_everywhere(answers(bad, Kind::doubles, division, loss), TEPUI_ERROR_INVALID_VALUE,
                        {"weights[5999]"});
        // The first of two residuals that overflow, on different ranks.
        bad = good;
        bad.x[3 * 5001] = bad.x[3 * 2500] = 1e4;
        const auto overflow = [](tepui_context* context, tepui_dataset* data, Result&) {
            tepui_activation* sigma = nullptr;
            tepui_activation_create(context, TEPUI_ACTIVATION_EXP, &sigma);
            const Activation_ owner(sigma);
            const double w[] = {1.0, 0.0, 0.0}, a[] = {1.0};
            tepui_network* made = nullptr;
            tepui_network_create(context, sigma, 1, 3, w, 3, a, &made);
            const Network_ network(made);
            double value = kUntouched;
            const tepui_status status = tepui_loss(context, data, network.get(), &value);
            return value == kUntouched ? status : TEPUI_OK;
        };
        same_everywhere(answers(bad, Kind::doubles, division, overflow), TEPUI_ERROR_NUMERIC,
                        {"sample 2500 "});
    }
    const Division division = divisions(good.n, 3)[0];
    // A reader that fails, at first and later.
    Ranks ranks(3);
    std::vector<Result> results(3);
    ranks.run([&](int64_t rank, tepui_context* context) {
        const auto r = static_cast<std::size_t>(rank);
        Chunks chunks{};
        tepui_dataset* data = nullptr;
        results[r].status = make(context, good, Kind::chunks, division[r], division[r + 1], chunks, &data);
        const Dataset_ owner(data);
        if (rank == 2) chunks.fails_at = 5500;
        if (results[r].status == TEPUI_OK) results[r].status = loss(context, data, results[r]);
        results[r].failure = tepui_context_message(context);
        // The collective goes on after an error.
        chunks.fails_at = -1;
        if (loss(context, data, results[r]) != TEPUI_OK) results[r].failure += " and again";
    });
    same_everywhere(results, TEPUI_ERROR_CALLBACK, {"returned 9"});
    CHECK(results[0].failure.find("again") == std::string::npos);
    // One whose listener stops a search that would take hours: all end with the same, soon.
    {
        const Samples few = samples_of(2100, 3, 7, 0);
        const Division halves = divisions(few.n, 3)[0];
        ranks.run([&](int64_t rank, tepui_context* context) {
            const auto cancel = [](void*, const char*, double) -> int32_t { return 1; };
            const auto r = static_cast<std::size_t>(rank);
            results[r] = answer(context, few, Kind::doubles, halves[r], halves[r + 1],
                                [&](tepui_context* at, tepui_dataset* data, Result& result) {
                                    if (rank == 1) tepui_context_set_progress(at, cancel, nullptr);
                                    tepui_context_set_integer(at, TEPUI_OPTION_SOLVE_STARTS, 20000);
                                    tepui_solution* solution = nullptr;
                                    const Network_ network = network_of(at, TEPUI_ACTIVATION_TANH, 8, 3);
                                    const tepui_status status =
                                        tepui_solve_like(at, data, network.get(), &solution);
                                    result.text = std::to_string(tepui_solution_points(solution));
                                    tepui_solution_destroy(solution);
                                    return status;
                                });
        });
        for (const Result& result : results) {
            CHECK((result.status == TEPUI_OK || result.status == TEPUI_ERROR_CANCELLED));
            CHECK(result == results.front());
        }
    }
}

TEST_CASE("ranks that do not do the same are told so, and null arguments of one end the call on all") {
    const Samples samples = samples_of(3000, 3, 8, 0);
    const auto each = [&](auto&& question) {
        Ranks ranks(3);
        std::vector<Result> results(3);
        const Division division = divisions(samples.n, 3)[1];
        ranks.run([&](int64_t rank, tepui_context* context) {
            const auto r = static_cast<std::size_t>(rank);
            results[r] = answer(context, samples, Kind::doubles, division[r], division[r + 1],
                                [&](tepui_context* at, tepui_dataset* data, Result& result) {
                                    return question(rank, at, data, result);
                                });
        });
        CHECK(ranks.empty());
        return results;
    };
    const auto loss = [](tepui_context* context, tepui_dataset* data, int64_t m, double* to) {
        const Network_ network = network_of(context, TEPUI_ACTIVATION_TANH, m, 3);
        return tepui_loss(context, data, network.get(), to);
    };
    double value = 0.0;
    for (const Result& result : each([&](int64_t rank, tepui_context*context, tepui_dataset*data, Result&) {
             return loss(context, data, rank == 2 ? 4 : 5, &value);
         })) {
        CHECK(result.status == TEPUI_ERROR_INVALID_VALUE);
        CHECK(result.failure.find("do not do the same") != std::string::npos);
    }
    for (const Result& result : each([&](int64_t rank, tepui_context*context, tepui_dataset*data, Result&) {
             if (rank == 1) tepui_context_set_real(context, TEPUI_OPTION_ROUNDING_FACTOR, 5.0);
             return loss(context, data, 5, &value);
         }))
        CHECK(result.failure.find("options") != std::string::npos);
    for (const Result& result : each([&](int64_t rank, tepui_context*context, tepui_dataset*data, Result&) {
             double mine = 0.0;
             return loss(context, data, 5, rank == 1 ? nullptr : &mine);
         })) {
        CHECK(result.status == TEPUI_ERROR_NULL_POINTER);
        CHECK(result.failure.find("loss is null") != std::string::npos);
    }
    // What reads the samples of others by itself.
    for (const Result& result : each([&](int64_t, tepui_context*context, tepui_dataset*data, Result&) {
             tepui_activation* relu = nullptr;
             tepui_activation_create(context, TEPUI_ACTIVATION_RELU, &relu);
             const Activation_ owner(relu);
             tepui_trace* trace = nullptr;
             return tepui_trace_descent(context, data, relu, 2, 0.01, 10, &trace);
         })) {
        CHECK(result.status == TEPUI_ERROR_UNSUPPORTED);
        CHECK(result.failure.find("shared out over ranks") != std::string::npos);
    }
}

TEST_CASE("a collective's arguments are checked, and a context without one has no traffic") {
    const Context context;
    const auto send = [](void*, int64_t, const void*, int64_t) -> int32_t { return 1; };
    const auto receive = [](void*, int64_t, void*, int64_t) -> int32_t { return 1; };
    check_refused(context, tepui_context_set_collective(context, 0, 0, send, receive, nullptr),
                  TEPUI_ERROR_INVALID_SIZE, {"size is 0"});
    check_refused(context, tepui_context_set_collective(context, 2, 2, send, receive, nullptr),
                  TEPUI_ERROR_INVALID_SIZE, {"rank is 2"});
    check_refused(context, tepui_context_set_collective(context, 2, 0, nullptr, receive, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"send"});
    check_refused(context, tepui_context_set_collective(context, 2, 0, send, nullptr, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"receive"});
    int64_t value = -1;
    REQUIRE(tepui_context_traffic(context, TEPUI_TRAFFIC_ROUNDS, &value) == TEPUI_OK);
    CHECK(value == 0);
    check_refused(context, tepui_context_traffic(context, 9, &value), TEPUI_ERROR_INVALID_VALUE,
                  {"item is 9"});
    // Functions that fail end the call, and every later one.
    REQUIRE(tepui_context_set_collective(context, 2, 0, send, receive, nullptr) == TEPUI_OK);
    const double x[] = {1.0, 2.0}, y[] = {1.0, 2.0};
    tepui_dataset* data = nullptr;
    for (int again = 0; again < 2; ++again)
        check_refused(context, tepui_dataset_create(context, 2, 1, x, 1, y, nullptr, 0, &data),
                      TEPUI_ERROR_CALLBACK, {"returned 1", "rank 1"});
    CHECK(data == nullptr);
    // One rank is one process.
    REQUIRE(tepui_context_set_collective(context, 1, 0, send, receive, nullptr) == TEPUI_OK);
    REQUIRE(tepui_dataset_create(context, 2, 1, x, 1, y, nullptr, 0, &data) == TEPUI_OK);
    tepui_dataset_destroy(data);
}
