#include "support/embeddings.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tepui::test {
namespace {

struct Draw {
    NeuronPlace place;
    std::vector<double> weights;
};

Size below(Random& random, Size count) {
    return static_cast<Size>(random.bits() % static_cast<std::uint64_t>(count));
}

int random_sign(const Network& narrow, Random& random) {
    return narrow.activation.traits().parity != Parity::none && random.uniform() < 0.5 ? -1 : 1;
}

// Values that sum to `sum`; the last one makes it so and is not 0.
std::vector<double> summing_to(double sum, Size count, bool zeros, Random& random) {
    std::vector<double> values;
    double rest = sum;
    for (Size q = 1; q < count; ++q) {
        // Eighths: every sum below is exact.
        const double value = zeros && random.uniform() < 0.2 ? 0.0 : std::round(8.0 * random.normal()) / 8.0;
        values.push_back(value);
        rest -= value;
    }
    if (rest == 0.0 && count > 1) {
        values.front() += 0.125;
        rest = -0.125;
    }
    values.push_back(rest);
    return values;
}

std::vector<double> random_row(const Network& narrow, Random& random) {
    std::vector<double> row(static_cast<std::size_t>(narrow.inputs));
    for (double& x : row) x = random.normal();
    return row;
}

}  // namespace

Embedding random_embedding(const Network& narrow, const EmbeddingShape& shape, std::uint64_t seed) {
    Random random(seed, 77);
    const std::vector<double> unread(static_cast<std::size_t>(narrow.inputs),
                                     std::numeric_limits<double>::quiet_NaN());
    std::vector<Draw> draws;
    for (Size parent = 0; parent < narrow.width; ++parent) {
        const Size count = 1 + below(random, shape.most_daughters);
        for (const double gamma : summing_to(1.0, count, shape.zero_gammas, random)) {
            draws.push_back(
                {{NeuronRole::daughter, parent, random_sign(narrow, random), gamma, 0.0}, unread});
        }
    }
    for (Size group = 0; group < shape.cancelled_groups; ++group) {
        const std::vector<double> row = random_row(narrow, random);
        for (const double output : summing_to(0.0, 2 + below(random, 3), false, random)) {
            const int sign = random_sign(narrow, random);
            draws.push_back({{NeuronRole::cancelled, group, sign, 0.0, output}, row});
            for (double& x : draws.back().weights) x *= sign;
        }
    }
    for (Size l = 0; l < shape.nulls; ++l) {
        draws.push_back({{NeuronRole::null, -1, 1, 0.0, 0.0}, random_row(narrow, random)});
    }
    const bool idle = narrow.activation.traits().value_at_zero == 0.0;
    for (Size l = 0; idle && l < shape.idle; ++l) {
        draws.push_back({{NeuronRole::idle, -1, 1, 0.0, random.normal()}, unread});
    }
    for (std::size_t i = draws.size(); i > 1; --i) {
        std::swap(draws[i - 1], draws[static_cast<std::size_t>(below(random, static_cast<Size>(i)))]);
    }
    Embedding embedding;
    embedding.narrow_width = narrow.width;
    embedding.inputs = narrow.inputs;
    for (const Draw& draw : draws) {
        embedding.places.push_back(draw.place);
        embedding.free_weights.insert(embedding.free_weights.end(), draw.weights.begin(), draw.weights.end());
    }
    return embedding;
}

}  // namespace tepui::test
