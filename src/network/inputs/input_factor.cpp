#include "network/inputs/input_factor.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/parallel.hpp"
#include "linalg/row_factor.hpp"

namespace tepui {
namespace {

constexpr Size kMinPiece = 256;  // rows a factorisation takes at once
constexpr Size kMinSlab = 4096;  // samples of one factor: enough to pay for merging it
constexpr Size kMaxSlabs = 16;   // memory: one d x d factor each

enum class From { held, ranks };  // inputs that are here, or that ranks ask for together

// sqrt(s_k / sum s) x_k of some samples.
void weighted_rows(const Dataset& data, Size first, Size count, From from, double* rows) {
    const Size d = data.inputs();
    const double scale = 1.0 / (data.weight_sum() * data.scale());
    if (from == From::held) {
        data.held_rows(first, count, rows);
    } else {
        data.rows(first, count, rows);
    }
    for (Size k = 0; k < count; ++k) {
        const double root = std::sqrt(data.weight(first + k) * scale);
        for (Size j = 0; j < d; ++j) rows[k * d + j] *= root;
    }
}

Matrix factor_slab(const Dataset& data, Size begin, Size end, Size piece, From from) {
    const Size d = data.inputs();
    linalg::RowFactor factor(d, piece);
    Matrix rows(piece, d);
    for (Size first = begin; first < end; first += piece) {
        const Size count = std::min(piece, end - first);
        weighted_rows(data, first, count, from, rows.data());
        factor.add(rows.data(), count);
    }
    return factor.triangle();
}

// As many as samples pay for.
Slabs factor_slabs(Size samples, Size piece) {
    const Size most = std::min(kMaxSlabs, Slabs::finest(samples));
    Size count = 1;
    while (2 * count <= most && 2 * count * std::max(kMinSlab, 4 * piece) <= samples) count *= 2;
    return {samples, count};
}

// Every rank has those of its slabs, and then all. Slabs of several ranks are formed by all of them.
void exchange(const Dataset& data, const Slabs& slabs, Size piece, std::vector<Matrix>& factors) {
    const Share& share = *data.share();
    const auto owner = [&](Size slab) { return share.owner(slabs.begin(slab)); };
    const auto whole = [&](Size slab) { return owner(slab) == share.owner(slabs.end(slab) - 1); };
    for (Size slab = 0; slab < slabs.count(); ++slab) {
        if (!whole(slab))
            factors[slab] = factor_slab(data, slabs.begin(slab), slabs.end(slab), piece, From::ranks);
        if (factors[slab].rows() == 0) factors[slab] = Matrix(data.inputs(), data.inputs());
    }
    share.collective->settle(Signature().add("input factor").add(slabs.count()).value());
    for (Size slab = 0; slab < slabs.count(); ++slab) {
        if (!whole(slab)) continue;
        const Size numbers = data.inputs() * data.inputs();
        share.collective->broadcast(owner(slab), factors[slab].data(), numbers * Size{sizeof(double)});
    }
}

}  // namespace

Matrix input_factor(const Dataset& data, const Execution& execution) {
    const Size d = data.inputs(), piece = std::max(kMinPiece, 2 * d);
    const Slabs slabs = factor_slabs(data.samples(), piece);
    std::vector<Matrix> factors(slabs.count());
    // Slabs are cut by problem size and merged along a tree: threads and ranks change nothing but the time.
    for (Size first = 0; first < slabs.count(); first += execution.threads) {
        execution.report_or_throw("measuring inputs",
                                  static_cast<double>(first) / static_cast<double>(slabs.count()));
        parallel_for(execution.threads, std::min<Size>(execution.threads, slabs.count() - first),
                     [&](Size task, Size) {
                         const Size slab = first + task, begin = slabs.begin(slab), end = slabs.end(slab);
                         if (begin >= data.held_begin() && end <= data.held_end())
                             factors[slab] = factor_slab(data, begin, end, piece, From::held);
                     });
    }
    if (data.share() != nullptr) exchange(data, slabs, piece, factors);
    for (Size step = 1; step < slabs.count(); step *= 2) {
        for (Size slab = 0; slab < slabs.count(); slab += 2 * step) {
            linalg::RowFactor both(d, piece);
            both.merge(factors[slab]);
            both.merge(factors[slab + step]);
            factors[slab] = both.triangle();
        }
    }
    return std::move(factors.front());
}

Matrix input_norm(const Dataset& data, const Execution& execution) {
    if (data.samples() >= data.inputs()) return input_factor(data, execution);
    Matrix rows(data.samples(), data.inputs());
    weighted_rows(data, 0, data.samples(), From::ranks, rows.data());
    return rows;
}

}  // namespace tepui
