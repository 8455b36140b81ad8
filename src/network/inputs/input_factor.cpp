#include "network/inputs/input_factor.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "core/parallel.hpp"
#include "linalg/row_factor.hpp"

namespace tepui {
namespace {

constexpr Size kMinPiece = 256;  // rows a factorisation takes at once
constexpr Size kMinSlab = 4096;  // samples of one factor: enough to pay for merging it
constexpr Size kMaxSlabs = 16;   // memory: one d x d factor each

// sqrt(s_k / sum s) x_k of some samples.
void weighted_rows(const Dataset& data, Size first, Size count, double* rows) {
    const Size d = data.inputs();
    const double scale = 1.0 / (data.weight_sum() * data.scale());
    data.rows(first, count, rows);
    for (Size k = 0; k < count; ++k) {
        const double root = std::sqrt(data.weight(first + k) * scale);
        for (Size j = 0; j < d; ++j) rows[k * d + j] *= root;
    }
}

linalg::RowFactor factor_slab(const Dataset& data, Size begin, Size end, Size piece) {
    const Size d = data.inputs();
    linalg::RowFactor factor(d, piece);
    Matrix rows(piece, d);
    for (Size first = begin; first < end; first += piece) {
        const Size count = std::min(piece, end - first);
        weighted_rows(data, first, count, rows.data());
        factor.add(rows.data(), count);
    }
    return factor;
}

}  // namespace

Matrix input_factor(const Dataset& data, const Execution& execution) {
    const Size samples = data.samples();
    const Size piece = std::max(kMinPiece, 2 * data.inputs());
    const Size least = std::max({kMinSlab, 4 * piece, (samples + kMaxSlabs - 1) / kMaxSlabs});
    const Size slabs = (samples + least - 1) / least;
    std::vector<std::optional<linalg::RowFactor>> factors(slabs);
    // Slabs are cut by problem size and merged in order: the threads change nothing but the time.
    for (Size first = 0; first < slabs; first += execution.threads) {
        execution.report_or_throw("measuring inputs",
                                  static_cast<double>(first) / static_cast<double>(slabs));
        parallel_for(
            execution.threads, std::min<Size>(execution.threads, slabs - first), [&](Size task, Size) {
                const Size slab = first + task;
                factors[slab] = factor_slab(data, slab * least, std::min(samples, (slab + 1) * least), piece);
            });
    }
    linalg::RowFactor& whole = *factors.front();
    for (std::size_t slab = 1; slab < factors.size(); ++slab) whole.merge(*factors[slab]);
    return whole.triangle();
}

Matrix input_norm(const Dataset& data, const Execution& execution) {
    if (data.samples() >= data.inputs()) return input_factor(data, execution);
    Matrix rows(data.samples(), data.inputs());
    weighted_rows(data, 0, data.samples(), rows.data());
    return rows;
}

}  // namespace tepui
