#include "splitting/seen_weights.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"
#include "core/parallel.hpp"
#include "core/rounding.hpp"
#include "linalg/blas.hpp"
#include "network/inputs/input_factor.hpp"

namespace tepui {
namespace {

constexpr Size kRows = 64;         // neurons of one task
constexpr double kRounding = 8.0;  // of R and of the product, in units of d eps |R| |w|

// The root mean square of each input: the length of its column of R.
std::vector<double> input_lengths(const Matrix& r) {
    std::vector<double> lengths(r.cols(), 0.0);
    for (Size j = 0; j < r.cols(); ++j) {
        double square = 0.0;
        for (Size i = 0; i < r.rows(); ++i) square += r(i, j) * r(i, j);
        lengths[j] = std::sqrt(square);
    }
    return lengths;
}

void multiply(const Network& network, const Matrix& r, SeenWeights& seen, const Execution& execution) {
    const Size d = network.inputs, rows = r.rows();  // rows <= d
    std::fill(seen.coordinates.begin(), seen.coordinates.end(), 0.0);
    const std::vector<double> lengths = input_lengths(r);
    const double unit = kRounding * static_cast<double>(d) * kEps;
    parallel_for(execution.threads, (network.width + kRows - 1) / kRows, [&](Size task, Size) {
        const Size first = task * kRows;
        const Size count = std::min(kRows, network.width - first);
        linalg::gemm(false, true, count, rows, d, 1.0, network.weights(first), d, r.data(), d, 0.0,
                     seen.coordinates.data() + first * d, d, 1);
        for (Size i = first; i < first + count; ++i) {
            double reach = 0.0;  // the longest that w could be seen
            for (Size j = 0; j < d; ++j) reach += lengths[j] * std::abs(network.weights(i)[j]);
            seen.rounding[i] = unit * reach;
        }
    });
}

}  // namespace

SeenWeights see_weights(const Network& network, const Dataset* data, const Execution& execution) {
    SeenWeights seen;
    seen.inputs = network.inputs;
    seen.lengths.resize(network.width);
    seen.rounding.assign(network.width, 0.0);
    const auto values = network.parameters.begin();
    seen.coordinates.assign(values, values + network.width * network.inputs);
    if (data != nullptr) {
        if (data->inputs() != network.inputs) {
            throw Error(Status::invalid_size, "the network has " + std::to_string(network.inputs) +
                                                  " inputs, the data set gives " +
                                                  std::to_string(data->inputs()));
        }
        multiply(network, input_norm(*data, execution), seen, execution);
    }
    for (Size i = 0; i < network.width; ++i) {
        const double length = norm_of({seen.of(i), static_cast<std::size_t>(network.inputs)});
        if (!std::isfinite(length)) {
            throw Error(Status::numeric, "the length of the weights of neuron " + std::to_string(i) +
                                             " overflows: smaller weights or inputs are expected");
        }
        seen.lengths[i] = length;
        seen.unit = std::min(1.0, std::max(seen.unit, length));
    }
    return seen;
}

}  // namespace tepui
