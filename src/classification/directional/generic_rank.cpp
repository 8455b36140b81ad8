#include "classification/directional/generic_rank.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.hpp"

namespace tepui {
namespace {

// The integers modulo 2^61 - 1, in which a power of 2 is a rotation of 61 bits: doubles are among them.
constexpr int kBits = 61;
constexpr std::uint64_t kPrime = (std::uint64_t{1} << kBits) - 1;
using Number = std::uint64_t;
using Row = std::vector<Number>;

Number fold(unsigned __int128 value) {
    const Number sum = static_cast<Number>(value & kPrime) + static_cast<Number>(value >> kBits);
    return sum >= kPrime ? sum - kPrime : sum;
}
Number times(Number a, Number b) {
    return fold(static_cast<unsigned __int128>(a) * b);
}
Number plus(Number a, Number b) {
    return fold(static_cast<unsigned __int128>(a) + b);
}
Number minus(Number a, Number b) {
    return plus(a, kPrime - b);
}
Number inverse(Number a) {
    Number result = 1;
    for (Number power = kPrime - 2; power > 0; power >>= 1, a = times(a, a))
        if ((power & 1) != 0) result = times(result, a);
    return result;
}
Number of_double(double value) {
    int exponent = 0;
    const double part = std::frexp(std::abs(value), &exponent);
    const auto mantissa = static_cast<Number>(std::ldexp(part, 53));
    const int shift = ((exponent - 53) % kBits + kBits) % kBits;
    const Number size = fold(static_cast<unsigned __int128>(mantissa % kPrime) << shift);
    return value < 0.0 && size > 0 ? kPrime - size : size;
}

// Rows in echelon form, taken in one by one.
class Echelon {
  public:
    explicit Echelon(std::size_t columns) : row_of_(columns, kNone) {}
    std::size_t rank() const noexcept { return rows_.size(); }

    bool add(Row row) {
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (row[c] == 0) continue;
            if (row_of_[c] == kNone) {
                const Number scale = inverse(row[c]);
                for (std::size_t l = c; l < row.size(); ++l) row[l] = times(row[l], scale);
                row_of_[c] = rows_.size();
                rows_.push_back(std::move(row));
                return true;
            }
            const Row& pivot = rows_[row_of_[c]];
            const Number share = kPrime - row[c];
            for (std::size_t l = c; l < row.size(); ++l)
                if (pivot[l] != 0) row[l] = plus(row[l], times(share, pivot[l]));
        }
        return false;
    }
    // A basis of what every row taken in is orthogonal to.
    std::vector<Row> null_space() {
        const std::size_t columns = row_of_.size();
        std::vector<Row> basis;
        for (std::size_t free = 0; free < columns; ++free) {
            if (row_of_[free] != kNone) continue;
            Row v(columns, 0);
            v[free] = 1;
            for (std::size_t c = columns; c-- > 0;) {
                if (row_of_[c] == kNone) continue;
                Number sum = 0;
                for (std::size_t l = c + 1; l < columns; ++l)
                    sum = plus(sum, times(rows_[row_of_[c]][l], v[l]));
                v[c] = minus(0, sum);
            }
            basis.push_back(std::move(v));
        }
        return basis;
    }

  private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::vector<std::size_t> row_of_;
    std::vector<Row> rows_;
};

// Derivatives of the outputs of one sample after the other by parameters on the faces along which no decayed
// parameter moves.
class Jacobian {
  public:
    explicit Jacobian(const KinkedPoint& point) : point_(point), random_(0x67656e65, 0) {
        const Network& network = point.network;
        for (Size i = 0; i < network.width; ++i) {
            Echelon kinks(static_cast<std::size_t>(network.inputs));
            for (const Size k : point.sums.kinks[i].samples)
                if (point.data.weight(k) > 0.0) kinks.add(sample(k));
            kink_ranks_.push_back(static_cast<Size>(kinks.rank()));
            weights_.push_back(drawn(kinks.null_space()));
            for (Size j = 0; j < network.inputs; ++j) {
                if (point.lambda(network.weight(i, j)) > 0.0) kinks.add(unit(j));
            }
            tangents_.push_back(kinks.null_space());
            columns_ += tangents_.back().size();
        }
        for (Size at = 0; at < network.width * network.output_count; ++at) outputs_.push_back(draw());
        for (Size q = 0; q < network.features(); ++q)
            for (Size o = 0; o < network.output_count; ++o) columns_ += free(q, o) ? 1 : 0;
    }

    std::size_t columns() const noexcept { return columns_; }
    const std::vector<Size>& kink_ranks() const noexcept { return kink_ranks_; }
    Number draw() { return random_.bits() % kPrime; }

    // [outputs] rows; of outputs known up to what they share the differences from the last that is seen.
    std::vector<Row> rows(Size k) const {
        const Network& network = point_.network;
        const Size outputs = network.output_count;
        std::vector<Row> result(static_cast<std::size_t>(outputs), Row(columns_, 0));
        const Row x = sample(k);
        std::size_t at = 0;
        std::vector<Number> features;
        for (Size i = 0; i < network.width; ++i) {
            const Number slope = slope_of(i, k);
            for (std::size_t l = 0; l < tangents_[i].size(); ++l, ++at) {
                const Number along = times(slope, dot(tangents_[i][l], x));
                for (Size o = 0; o < outputs; ++o) result[o][at] = times(outputs_[i * outputs + o], along);
            }
            features.push_back(times(slope, dot(weights_[i], x)));
        }
        if (network.output_bias) features.push_back(1);
        if (network.skip) features.insert(features.end(), x.begin(), x.end());
        for (std::size_t q = 0; q < features.size(); ++q)
            for (Size o = 0; o < outputs; ++o)
                if (free(static_cast<Size>(q), o)) result[o][at++] = features[q];
        if (!point_.data.loss().shift_invariant()) return result;
        std::vector<Row> seen;
        for (Size o = 0; o < outputs; ++o)
            if (point_.data.loss().sees(point_.data.target(k, o))) seen.push_back(std::move(result[o]));
        for (std::size_t l = 0; l + 1 < seen.size(); ++l)
            for (std::size_t c = 0; c < columns_; ++c) seen[l][c] = minus(seen[l][c], seen.back()[c]);
        seen.pop_back();
        return seen;
    }

  private:
    static Number dot(const Row& a, const Row& b) {
        Number sum = 0;
        for (std::size_t j = 0; j < a.size(); ++j) sum = plus(sum, times(a[j], b[j]));
        return sum;
    }
    bool free(Size feature, Size output) const {
        return !(point_.lambda(point_.network.coefficient(feature, output)) > 0.0);
    }
    Row unit(Size input) const {
        Row row(static_cast<std::size_t>(point_.network.inputs), 0);
        row[static_cast<std::size_t>(input)] = 1;
        return row;
    }
    // Any weights on a face.
    Row drawn(const std::vector<Row>& face) {
        Row w(static_cast<std::size_t>(point_.network.inputs), 0);
        for (const Row& v : face) {
            const Number share = draw();
            for (std::size_t j = 0; j < w.size(); ++j) w[j] = plus(w[j], times(share, v[j]));
        }
        return w;
    }
    Row sample(Size k) const {
        std::vector<double> x(static_cast<std::size_t>(point_.data.inputs()));
        point_.data.sample(k, x.data());
        Row row;
        for (const double component : x) row.push_back(of_double(component));
        return row;
    }
    // 0 at a kink, where no parameter on the face moves anything.
    Number slope_of(Size i, Size k) const {
        const std::vector<Size>& kinks = point_.sums.kinks[i].samples;
        if (std::binary_search(kinks.begin(), kinks.end(), k)) return 0;
        std::vector<double> x(static_cast<std::size_t>(point_.data.inputs()));
        point_.data.sample(k, x.data());
        double z = 0.0;
        for (std::size_t j = 0; j < x.size(); ++j) z += point_.network.weights(i)[j] * x[j];
        return of_double(z >= 0.0 ? point_.sums.slopes.above : point_.sums.slopes.below);
    }

    const KinkedPoint& point_;
    Random random_;
    std::vector<Size> kink_ranks_;            // of every neuron
    std::vector<Row> weights_;                // likewise, on its face
    std::vector<std::vector<Row>> tangents_;  // likewise: of its face, across what decays
    Row outputs_;                             // [width][outputs]
    std::size_t columns_ = 0;
};

}  // namespace

// Samples are taken in until some add nothing; then all that are left at once, by random combinations.
std::optional<Size> generic_rank(const KinkedPoint& point, std::span<const Size> kink_ranks) {
    constexpr int kIdle = 4, kCombinations = 2;
    if (point.network.parameter_count() > kMostRanked) return std::nullopt;
    Jacobian jacobian(point);
    for (std::size_t i = 0; i < kink_ranks.size(); ++i)
        if (kink_ranks[i] >= 0 && kink_ranks[i] != jacobian.kink_ranks()[i]) return std::nullopt;
    Echelon echelon(jacobian.columns());
    const Size samples = point.data.samples();
    int idle = 0;
    for (Size first = 0; first < samples; ++first) {
        if (point.data.weight(first) == 0.0) continue;
        const std::size_t before = echelon.rank();
        for (Row& row : jacobian.rows(first)) echelon.add(std::move(row));
        idle = echelon.rank() == before ? idle + 1 : 0;
        if (idle < kIdle) continue;
        std::vector<Row> combined(kCombinations, Row(jacobian.columns(), 0));
        for (Size k = first + 1; k < samples; ++k) {
            if (point.data.weight(k) == 0.0) continue;
            for (const Row& row : jacobian.rows(k)) {
                for (Row& sum : combined) {
                    const Number share = jacobian.draw();
                    for (std::size_t c = 0; c < row.size(); ++c) sum[c] = plus(sum[c], times(share, row[c]));
                }
            }
        }
        bool more = false;
        for (Row& sum : combined) more = echelon.add(std::move(sum)) || more;
        if (!more) break;
        idle = 0;
    }
    return static_cast<Size>(echelon.rank());
}

}  // namespace tepui
