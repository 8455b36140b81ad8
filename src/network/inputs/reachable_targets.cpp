#include "network/inputs/reachable_targets.hpp"

#include <algorithm>
#include <cmath>

#include "core/compensated.hpp"
#include "core/matrix.hpp"
#include "core/rounding.hpp"
#include "linalg/row_factor.hpp"
#include "linalg/singular.hpp"
#include "network/inputs/equal_inputs.hpp"
#include "network/inputs/input_factor.hpp"
#include "network/pass/rows.hpp"

namespace tepui {
namespace {

// Beyond, the projection on forms would cost more than an analysis.
constexpr double kMostProducts = 2e9;
constexpr double kMostForms = 1500;
// Singular values between rounding and this share of the largest leave it open what can be reached.
constexpr double kDistinct = 1e-9;
// A projection that is known less well, beside the targets, is not used.
constexpr double kAccurate = 1e-8;

// Singular values of so many columns that are no more than this share of the largest are rounding.
double rank_rounding(Size columns, Size samples) {
    return 32.0 * sum_rounding(columns, samples);
}

// Means of the targets over groups of equal inputs.
std::optional<ReachableTargets> group_means(const Dataset& data, const ActivationTraits& traits) {
    const EqualInputs equal = equal_inputs(data, traits);
    if (!equal.any()) return std::nullopt;
    struct Mean {
        CompensatedSum sum, weight;
        double magnitude = 0.0;
    };
    std::vector<Mean> means(equal.groups);
    const Size n = data.samples();
    for (Size k = 0; k < n; ++k) {
        if (equal.group[k] < 0) continue;
        Mean& mean = means[equal.group[k]];
        const double term = data.given_weight(k) * data.target(k) * equal.sign[k];
        mean.sum.add(term);
        mean.weight.add(data.given_weight(k));
        mean.magnitude += std::abs(term);
    }
    ReachableTargets result{Buffer<double>(n), Buffer<double>(n)};
    for (Size k = 0; k < n; ++k) {
        result.targets[k] = data.target(k);
        if (equal.group[k] < 0) continue;
        const Mean& mean = means[equal.group[k]];
        const double weight = mean.weight.value();
        result.targets[k] = equal.sign[k] * (mean.sum.value() / weight);
        result.errors[k] = 4.0 * kEps * (mean.magnitude / weight);
    }
    return result;
}

// Inputs in coordinates of their row space in which they are orthonormal over the samples.
class Whitening {
  public:
    Whitening(const Dataset& data, const Execution& execution) {
        const Size d = data.inputs();
        Matrix factor = input_factor(data, execution);
        std::vector<double> scale(d, 0.0);
        for (Size j = 0; j < d; ++j) {
            double norm = 0.0;
            for (Size i = 0; i <= j; ++i) norm = std::hypot(norm, factor(i, j));
            if (norm > 0.0) scale[j] = std::ldexp(1.0, -std::clamp(std::ilogb(norm), -1000, 1000));
            for (Size i = 0; i <= j; ++i) factor(i, j) *= scale[j];
        }
        const linalg::RightSingular singular = linalg::right_singular(factor);
        const double least = rank_rounding(d, data.samples()) * singular.values[0];
        while (rank < d && singular.values[rank] > least) ++rank;
        map_ = Matrix(std::max<Size>(rank, 1), d);
        for (Size l = 0; l < rank; ++l) {
            for (Size j = 0; j < d; ++j) map_(l, j) = singular.vectors(l, j) * scale[j] / singular.values[l];
        }
        if (rank > 0) condition = singular.values[0] / singular.values[rank - 1];
    }
    void apply(const double* x, double* out) const {
        for (Size l = 0; l < rank; ++l) out[l] = dot(map_.cols(), map_.row(l), x);
    }
    Size rank = 0;
    double condition = 1.0;

  private:
    Matrix map_;
};

// All products of `degree` of some inputs.
class Forms {
  public:
    Forms(Size inputs, int degree) : inputs_(inputs), degree_(degree) {
        for (int p = 0; p < degree; ++p) count_ *= static_cast<double>(inputs + p) / (p + 1);
    }
    double count() const { return std::round(count_); }
    void evaluate(const double* x, double* out) const { append(x, 0, degree_, 1.0, out); }

  private:
    double* append(const double* x, Size from, int left, double product, double* out) const {
        if (left == 0) {
            *out = product;
            return out + 1;
        }
        for (Size j = from; j < inputs_; ++j) out = append(x, j, left - 1, product * x[j], out);
        return out;
    }
    Size inputs_;
    int degree_;
    double count_ = 1.0;
};

// The different sets of samples on which neurons are active; empty where some preactivation may have either
// sign. `most`: sets beyond that number are not looked for.
std::optional<std::vector<std::vector<bool>>> active_sets(const Dataset& data, const Network& network,
                                                          double most) {
    // Preactivations keep their signs near the point.
    constexpr double kClear = 1e-6;
    std::vector<std::vector<bool>> active(network.width), sets;
    std::vector<double> x(network.inputs);
    const Size d = network.inputs;
    for (Size k = 0; k < data.samples(); ++k) {
        data.sample(k, x.data());
        const bool counts = data.weight(k) > 0.0;
        // At inputs that are all zero there is nothing to be active on.
        const bool zero = std::all_of(x.begin(), x.end(), [](double v) { return v == 0.0; });
        for (Size i = 0; i < network.width; ++i) {
            const double z = dot(d, network.weights(i), x.data());
            if (counts && !zero && !(std::abs(z) > kClear * absolute_dot(d, network.weights(i), x.data())))
                return std::nullopt;
            active[i].push_back(counts && z > 0.0);
        }
    }
    for (auto& set : active) {
        if (std::find(set.begin(), set.end(), true) == set.end()) continue;
        if (std::find(sets.begin(), sets.end(), set) != sets.end()) continue;
        if (static_cast<double>(sets.size()) >= most) return std::nullopt;
        sets.push_back(std::move(set));
    }
    return sets;
}

// The features of one sample that span the outputs: the forms, or the forms once for each set that it is in.
class Features {
  public:
    Features(const Dataset& data, int degree, const std::vector<std::vector<bool>>* sets,
             const Execution& execution)
        : data_(data),
          white_(data, execution),
          forms_(white_.rank, degree),
          sets_(sets),
          row_(static_cast<std::size_t>(data.inputs())),
          inside_(static_cast<std::size_t>(std::max<Size>(white_.rank, 1))) {}

    double count() const { return forms_.count() * (sets_ ? static_cast<double>(sets_->size()) : 1.0); }
    double condition() const { return white_.condition; }
    void evaluate(Size k, double* out) {
        data_.sample(k, row_.data());
        white_.apply(row_.data(), inside_.data());
        const Size forms = static_cast<Size>(forms_.count());
        if (sets_ == nullptr) return forms_.evaluate(inside_.data(), out);
        for (const std::vector<bool>& set : *sets_) {
            if (set[k]) {
                forms_.evaluate(inside_.data(), out);
            } else {
                std::fill_n(out, forms, 0.0);
            }
            out += forms;
        }
    }

  private:
    const Dataset& data_;
    Whitening white_;
    Forms forms_;
    const std::vector<std::vector<bool>>* sets_;
    std::vector<double> row_, inside_;
};

// Coefficients of the least-squares fit of the targets by the features, and the condition of those that it
// takes; empty where it is not clear which depend on others.
struct Fit {
    std::vector<double> coefficients;
    double condition = 1.0;
};
std::optional<Fit> fit(const Dataset& data, Features& features, const Execution& execution) {
    const Size count = static_cast<Size>(features.count()), piece = std::max<Size>(count + 1, 256);
    linalg::RowFactor factor(count + 1, piece);
    Matrix rows(std::min(piece, data.samples()), count + 1);
    for (Size first = 0; first < data.samples(); first += piece) {
        execution.report_or_throw("projecting targets",
                                  static_cast<double>(first) / static_cast<double>(data.samples()));
        const Size here = std::min(piece, data.samples() - first);
        for (Size k = 0; k < here; ++k) {
            double* row = rows.row(k);
            features.evaluate(first + k, row);
            row[count] = data.target(first + k);
            const double root = std::sqrt(data.given_weight(first + k));
            for (Size j = 0; j <= count; ++j) row[j] *= root;
        }
        factor.add(rows.data(), here);
    }
    const Matrix triangle = factor.triangle();
    std::vector<double> scale(count, 1.0);
    Matrix scaled(count, count);
    for (Size j = 0; j < count; ++j) {
        double norm = 0.0;
        for (Size i = 0; i <= j; ++i) norm = std::hypot(norm, triangle(i, j));
        if (norm > 0.0) scale[j] = 1.0 / norm;
        for (Size i = 0; i <= j; ++i) scaled(i, j) = triangle(i, j) * scale[j];
    }
    const linalg::RightSingular singular = linalg::right_singular(scaled);
    const double rounding = rank_rounding(count, data.samples());
    Fit result{std::vector<double>(count, 0.0)};
    for (Size l = 0; l < count; ++l) {
        const double share = singular.values[l] / singular.values[0];
        if (!(share > rounding)) break;
        if (share < kDistinct) return std::nullopt;
        result.condition = 1.0 / share;
        const double* v = singular.vectors.row(l);
        double component = 0.0;
        for (Size i = 0; i < count; ++i)
            component += dot(count - i, scaled.row(i) + i, v + i) * triangle(i, count);
        component /= singular.values[l] * singular.values[l];
        for (Size j = 0; j < count; ++j) result.coefficients[j] += component * v[j] * scale[j];
    }
    return result;
}

// The projection on forms of the inputs, or on forms times the indicators of active samples.
std::optional<ReachableTargets> fitted(const Dataset& data, const Network& network, int degree,
                                       bool one_sided, const Execution& execution) {
    const double forms = Forms(network.inputs, degree).count(), n = static_cast<double>(data.samples());
    if (forms > kMostForms) return std::nullopt;
    std::optional<std::vector<std::vector<bool>>> sets;
    if (one_sided) {
        sets = active_sets(data, network, kMostForms / forms);
        if (!sets || sets->empty()) return std::nullopt;
    }
    Features features(data, degree, sets ? &*sets : nullptr, execution);
    const double count = features.count();
    if (count < 1.0 || (n + 25.0 * count) * count * count > kMostProducts) return std::nullopt;
    const std::optional<Fit> found = fit(data, features, execution);
    if (!found) return std::nullopt;
    ReachableTargets result{Buffer<double>(data.samples()), Buffer<double>(data.samples()), true, !one_sided};
    std::vector<double> row(static_cast<std::size_t>(count));
    double square = 0.0, error_square = 0.0;
    for (Size k = 0; k < data.samples(); ++k) square += data.weight(k) * data.target(k) * data.target(k);
    const double size = std::sqrt(square / (data.weight_sum() * data.scale()));
    const double unit = kEps * (degree + 1) * features.condition() * found->condition;
    const Size columns = static_cast<Size>(count);
    for (Size k = 0; k < data.samples(); ++k) {
        features.evaluate(k, row.data());
        result.targets[k] = dot(columns, row.data(), found->coefficients.data());
        result.errors[k] = unit * (absolute_dot(columns, row.data(), found->coefficients.data()) + size);
        error_square += data.weight(k) * result.errors[k] * result.errors[k];
    }
    result.accurate = error_square <= kAccurate * kAccurate * square;
    return result;
}

}  // namespace

std::optional<ReachableTargets> reachable_targets(const Dataset& data, const Network& network,
                                                  const Execution& execution) {
    execution.report_or_throw("equal inputs", 0.0);
    ActivationTraits traits = network.activation.traits();
    const bool beside = network.output_bias || network.skip;
    // With a constant among the inputs forms hold constants and linear functions; forms on active samples do
    // not.
    const bool forms = !beside || (data.bias() && traits.polynomial);
    // An output bias is no odd function and does not vanish at 0, skip connections are no even one.
    if (network.output_bias) traits.value_at_zero = 1.0;
    if ((network.output_bias && traits.parity == Parity::odd) ||
        (network.skip && traits.parity == Parity::even))
        traits.parity = Parity::none;
    if (forms && traits.homogeneity > 0 && !network.activation.piecewise_linear()) {
        std::optional<ReachableTargets> found =
            fitted(data, network, traits.homogeneity, !traits.polynomial, execution);
        if (found) return found;
    }
    return group_means(data, traits);
}

}  // namespace tepui
