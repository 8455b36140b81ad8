#include "solve/relu/kink_face.hpp"
#include "core/euclidean.hpp"

#include <algorithm>
#include <cmath>

namespace tepui {
namespace {

// What is left of a unit vector after projection counts as zero below this.
constexpr double kDependent = 1e-9;
constexpr double kParallel = 1e-13;  // 1 - |cosine|
constexpr int kSettlings = 3;
constexpr double kLeftOver = 0x1p-50;  // of a weight, beside the others

// The error of the products too, so that a sum that cancels keeps its digits.
double accurate_product(Size count, const double* a, const double* b) {
    double sum = 0.0, error = 0.0;
    for (Size j = 0; j < count; ++j) {
        const double term = a[j] * b[j];
        const double next = sum + term, shift = next - sum;
        error += ((sum - (next - shift)) + (term - shift)) + std::fma(a[j], b[j], -term);
        sum = next;
    }
    return sum + error;
}

std::vector<double> in_units(const InputMetric& metric, const std::vector<double>& x) {
    std::vector<double> result(x.size(), 0.0);
    for (Size j = 0; j < metric.inputs; ++j) {
        for (Size r = 0; r < metric.inputs; ++r) result[r] += metric.to_weights(j, r) * x[j];
    }
    return result;
}

void to_weights(const InputMetric& metric, const double* v, double* w) {
    for (Size j = 0; j < metric.inputs; ++j) {
        double sum = 0.0;
        for (Size r = 0; r < metric.inputs; ++r) sum += metric.to_weights(j, r) * v[r];
        w[j] = sum;
    }
}

// Takes the components along orthonormal rows out of v, twice because once leaves rounding; returns them.
std::vector<double> orthogonalise(const std::vector<std::vector<double>>& rows, std::vector<double>& v) {
    std::vector<double> components(rows.size(), 0.0);
    for (int pass = 0; pass < 2; ++pass) {
        for (std::size_t l = 0; l < rows.size(); ++l) {
            const double component = dot(rows[l], v);
            components[l] += component;
            for (std::size_t j = 0; j < v.size(); ++j) v[j] -= component * rows[l][j];
        }
    }
    return components;
}

}  // namespace

std::vector<double> unit_covector(const Dataset& data, const InputMetric& metric, Size sample) {
    std::vector<double> x(metric.inputs);
    data.sample(sample, x.data());
    return in_units(metric, x);
}

KinkFace::KinkFace(const Dataset& data, const InputMetric& metric, const std::vector<Size>& kinks)
    : inputs_(metric.inputs) {
    for (const double square : metric.square_sum)
        input_sizes_.push_back(std::sqrt(square / metric.weight_sum));
    choose_members(data, metric, kinks);
    find_duals(metric);
    find_tangents(metric);
}

void KinkFace::choose_members(const Dataset& data, const InputMetric& metric,
                              const std::vector<Size>& kinks) {
    struct Candidate {
        Size sample;
        std::vector<double> x, unit;
        double length;
    };
    std::vector<Candidate> candidates;
    for (const Size k : kinks) {
        Candidate candidate{k, std::vector<double>(inputs_), {}, 0.0};
        data.sample(k, candidate.x.data());
        candidate.unit = in_units(metric, candidate.x);
        candidate.length = norm_of(candidate.unit);
        if (candidate.length == 0.0) continue;
        for (double& component : candidate.unit) component /= candidate.length;
        candidates.push_back(std::move(candidate));
    }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& p, const Candidate& q) {
        return p.length != q.length ? p.length > q.length : p.sample < q.sample;
    });
    std::vector<std::vector<double>> units;  // of the members
    std::vector<double> lengths;
    for (const Candidate& candidate : candidates) {
        std::vector<double> rest = candidate.unit;
        std::vector<double> components = orthogonalise(basis_, rest);
        const double left = norm_of(rest);
        if (left > kDependent) {
            for (double& component : rest) component /= left;
            for (double& component : components) component *= candidate.length;
            components.push_back(left * candidate.length);
            basis_.push_back(std::move(rest));
            triangle_.push_back(std::move(components));
            units.push_back(candidate.unit);
            lengths.push_back(candidate.length);
            members_.push_back({candidate.sample, candidate.x, {}, 0.0, {{candidate.sample, 1.0}}});
            continue;
        }
        bool parallel = false;
        for (std::size_t l = 0; l < members_.size() && !parallel; ++l) {
            parallel = 1.0 - std::abs(dot(units[l], candidate.unit)) <= kParallel;
            if (parallel) {
                members_[l].parallels.push_back({candidate.sample, candidate.length / lengths[l]});
            }
        }
        degenerate_ = degenerate_ || !parallel;
    }
}

// Rows of the inverse of the triangle: dual l = basis^T y with triangle y = e_l.
void KinkFace::find_duals(const InputMetric& metric) {
    const std::size_t count = members_.size();
    for (std::size_t l = 0; l < count; ++l) {
        std::vector<double> y(count, 0.0), v(inputs_, 0.0);
        for (std::size_t row = l; row < count; ++row) {
            double sum = row == l ? 1.0 : 0.0;
            for (std::size_t col = 0; col < row; ++col) sum -= triangle_[row][col] * y[col];
            y[row] = sum / triangle_[row][row];
        }
        for (std::size_t row = 0; row < count; ++row) {
            for (std::size_t j = 0; j < v.size(); ++j) v[j] += y[row] * basis_[row][j];
        }
        members_[l].dual.resize(inputs_);
        members_[l].dual_length = norm_of(v);
        to_weights(metric, v.data(), members_[l].dual.data());
    }
}

void KinkFace::find_tangents(const InputMetric& metric) {
    const Size count = inputs_ - static_cast<Size>(basis_.size());
    std::vector<std::vector<double>> all = basis_;
    std::vector<bool> used(inputs_, false);
    tangents_ = Matrix(count, inputs_);
    tangent_weights_ = Matrix(count, inputs_);
    for (Size row = 0; row < count; ++row) {
        std::vector<double> best;
        double longest = 0.0;
        Size chosen = 0;
        for (Size j = 0; j < inputs_; ++j) {
            if (used[j]) continue;
            // Of e_j what the rows so far leave: its squared length is 1 - sum of their squared components.
            double square = 1.0;
            for (const std::vector<double>& other : all) square -= other[j] * other[j];
            if (square <= longest) continue;
            longest = square;
            chosen = j;
            if (basis_.empty()) break;  // every e_j is as good
        }
        used[chosen] = true;
        best.assign(inputs_, 0.0);
        best[chosen] = 1.0;
        orthogonalise(all, best);
        const double length = norm_of(best);
        for (Size j = 0; j < inputs_; ++j) tangents_(row, j) = best[j] /= length;
        to_weights(metric, tangents_.row(row), tangent_weights_.row(row));
        all.push_back(std::move(best));
    }
}

void KinkFace::settle(double* weights) const {
    for (int round = 0; round < kSettlings; ++round) {
        std::vector<double> offsets;
        for (const Member& member : members_)
            offsets.push_back(accurate_product(inputs_, weights, member.x.data()));
        for (std::size_t l = 0; l < members_.size(); ++l) {
            for (Size j = 0; j < inputs_; ++j) weights[j] -= offsets[l] * members_[l].dual[j];
        }
    }
    // A weight that the kinks ask to be 0 is what rounding left of it: a sample that sees this weight alone
    // would not be at its kink.
    double size = 0.0;
    for (Size j = 0; j < inputs_; ++j) size += std::abs(weights[j]) * input_sizes_[j];
    for (Size j = 0; j < inputs_ && !members_.empty(); ++j) {
        if (std::abs(weights[j]) * input_sizes_[j] <= kLeftOver * size) weights[j] = 0.0;
    }
}

}  // namespace tepui
