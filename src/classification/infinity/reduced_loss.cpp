#include "classification/infinity/reduced_loss.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/boundary_point.hpp"
#include "core/euclidean.hpp"
#include "core/rounding.hpp"
#include "linalg/blas.hpp"

namespace tepui {
namespace {

// to_ij += sum_k c_k a_ik b_jk over n samples, rows of `to` ldt apart; `scaled` becomes c_k a_ik.
void add_weighted_products(const double* a, Size rows, const double* b, Size columns, const double* c, Size n,
                           double* to, Size ldt, std::vector<double>& scaled) {
    scaled.resize(std::size_t(rows * n));
    for (Size i = 0; i < rows; ++i)
        for (Size k = 0; k < n; ++k) scaled[i * n + k] = a[i * n + k] * c[k];
    linalg::gemm(false, true, rows, columns, n, 1.0, scaled.data(), n, b, n, 1.0, to, ldt, 1);
}

// Doubles at most that derivatives of all samples may take.
constexpr Size kMostDoubles = Size{1} << 24;
// A feature this much shorter than it was depends on those before it: its coefficient stays.
constexpr double kDependent = 1e-12;

void subtract(std::vector<double>& v, double factor, const std::vector<double>& q) {
    for (std::size_t k = 0; k < v.size(); ++k) v[k] -= factor * q[k];
}

}  // namespace

bool ReducedLoss::is_known(const Dataset& data, const BoundaryNetwork& network) {
    return data.loss().quadratic() && data.decay().none() &&
           data.samples() * network.output_count * network.parameter_count() <= kMostDoubles;
}

std::optional<ReducedLoss> ReducedLoss::at(const Dataset& data, const Matrix& h, BoundaryNetwork network) {
    ReducedLoss result(data, h, std::move(network));
    if (!std::isfinite(result.value_) || !std::isfinite(result.noise_)) return std::nullopt;
    return result;
}

ReducedLoss::ReducedLoss(const Dataset& data, const Matrix& h, BoundaryNetwork network)
    : data_(&data), h_(&h), network_(std::move(network)), units_(network_.units.size()) {
    const Size n = data.samples(), outputs = network_.output_count;
    for (Size k = 0; k < n; ++k) root_.push_back(std::sqrt(data.weight(k)));
    residual_.resize(std::size_t(outputs * n));
    absolute_.assign(residual_.size(), 0.0);
    for (Size o = 0; o < outputs; ++o)
        for (Size k = 0; k < n; ++k) {
            residual_[o * n + k] = -root_[k] * data.target(k, o);
            absolute_[o * n + k] = std::abs(data.target(k, o));
        }
    for (Size u = 0; u < Size(units_.size()); ++u) {
        evaluate_unit(network_, u, 0, n, h.data(), units_[u]);
        for (Size q = 0; q < shape_of(network_.units[u].kind).coefficients; ++q)
            add_feature(network_.coefficient_at(u, q), 1, units_[u].value.data() + q * n);
    }
    std::vector<double> column(std::size_t(n), 1.0);
    if (network_.output_bias) add_feature(network_.rest_at(), 1, column.data());
    for (Size j = 0; network_.skip && j < network_.inputs; ++j) {
        for (Size k = 0; k < n; ++k) column[k] = h(k, j);
        add_feature(network_.skip_at() + j, network_.inputs, column.data());
    }
    fit();
}

// Gram and Schmidt's, twice for the digits. What depends on the features before it goes to the targets.
void ReducedLoss::add_feature(Size parameter, Size stride, const double* values) {
    const std::size_t n = root_.size();
    std::vector<double> v(n), column;
    for (std::size_t k = 0; k < n; ++k) v[k] = root_[k] * values[k];
    const double before = norm_of(v);
    for (int pass = 0; pass < 2; ++pass) {
        for (std::size_t i = 0; i < orthonormal_.size(); ++i) {
            const double along = dot(orthonormal_[i], v);
            subtract(v, along, orthonormal_[i]);
            if (pass == 0)
                column.push_back(along);
            else
                column[i] += along;
        }
    }
    const double after = norm_of(v);
    if (after > kDependent * before) {
        for (double& x : v) x /= after;
        column.push_back(after);
        orthonormal_.push_back(std::move(v));
        triangle_.push_back(std::move(column));
        features_.push_back({parameter, stride});
        return;
    }
    for (Size o = 0; o < network_.output_count; ++o) {
        const double a = network_.parameters[parameter + o * stride];
        for (std::size_t k = 0; k < n; ++k) {
            residual_[o * n + k] += a * root_[k] * values[k];
            absolute_[o * n + k] += std::abs(a * values[k]);
        }
    }
}

void ReducedLoss::fit() {
    const std::size_t n = root_.size(), count = features_.size();
    double square = 0.0, doubt = 0.0;
    for (Size o = 0; o < network_.output_count; ++o) {
        std::vector<double> rest(residual_.begin() + o * n, residual_.begin() + (o + 1) * n), along(count);
        for (int pass = 0; pass < 2; ++pass) {
            for (std::size_t i = 0; i < count; ++i) {
                const double part = dot(orthonormal_[i], rest);
                subtract(rest, part, orthonormal_[i]);
                along[i] -= part;
            }
        }
        for (std::size_t i = count; i-- > 0;) {
            for (std::size_t l = i + 1; l < count; ++l) along[i] -= triangle_[l][i] * along[l];
            along[i] /= triangle_[i][i];
            network_.parameters[features_[i].parameter + o * features_[i].stride] = along[i];
        }
        std::copy(rest.begin(), rest.end(), residual_.begin() + o * n);
        square += dot(rest, rest);
        // |a| times the features, from their triangle: |feature| <= sum |entries| |orthonormal|.
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t l = 0; l <= i; ++l)
                for (std::size_t k = 0; k < n; ++k)
                    if (root_[k] > 0.0)
                        absolute_[o * n + k] +=
                            std::abs(along[i] * triangle_[i][l] * orthonormal_[l][k]) / root_[k];
        for (std::size_t k = 0; k < n; ++k) {
            const double error = kResidualError * root_[k] * absolute_[o * n + k];
            doubt += error * error;
        }
    }
    value_ = 0.5 * square;
    noise_ = std::sqrt(square * doubt) + 4.0 * kEps * value_;
}

std::vector<ReducedLoss::Coordinate> ReducedLoss::coordinates() const {
    // Of what has a scale of its own the largest coordinate is held, as in FreeParameters.
    std::vector<double> size(std::size_t(network_.parameter_count()), 0.0);
    std::vector<Coordinate> all, some;
    const Size n = Size(root_.size());
    for (Size u = 0; u < Size(units_.size()); ++u)
        for (Size p = 0; p < shape_of(network_.units[u].kind).forms; ++p)
            for (Size j = 0; j < network_.form_size(u, p); ++j) {
                all.push_back({network_.form_at(u, p) + j, u, p, j});
                const double* h = units_[u].inputs.data() + units_[u].inputs_begin[p] + j * n;
                for (Size k = 0; k < n; ++k) size[all.back().parameter] += h[k] * h[k];
            }
    const FreeParameters free = free_parameters(network_, size, false);
    for (const Coordinate& of : all)
        if (std::binary_search(free.at.begin(), free.at.end(), of.parameter)) some.push_back(of);
    return some;
}

// root df/dtheta, rows of samples.
Matrix ReducedLoss::slopes(const std::vector<Coordinate>& of, Size output) const {
    const Size n = Size(root_.size());
    Matrix result(Size(of.size()), n);
    for (Size i = 0; i < result.rows(); ++i) {
        const UnitShape& shape = shape_of(network_.units[of[i].unit].kind);
        const UnitRows& rows = units_[of[i].unit];
        const double* h = rows.inputs.data() + rows.inputs_begin[of[i].form] + of[i].along * n;
        for (Size q = 0; q < shape.coefficients; ++q) {
            const double a = network_.coefficient(of[i].unit, q, output);
            const double* first = rows.first.data() + (q * shape.forms + of[i].form) * n;
            for (Size k = 0; k < n; ++k) result(i, k) += a * root_[k] * first[k] * h[k];
        }
    }
    return result;
}

Size ReducedLoss::function_of(Size feature, Size unit) const {
    const Size from = features_[std::size_t(feature)].parameter - network_.coefficient_at(unit, 0);
    const Size q = from / network_.output_count;
    return from >= 0 && q < shape_of(network_.units[unit].kind).coefficients ? q : -1;
}

// sum_k s (f - y) d feature / dtheta, divided by the triangle: [coordinates][features].
Matrix ReducedLoss::turned_features(const std::vector<Coordinate>& of, Size output) const {
    const Size n = Size(root_.size()), count = Size(features_.size());
    Matrix result(Size(of.size()), count);
    for (Size i = 0; i < result.rows(); ++i) {
        const UnitShape& shape = shape_of(network_.units[of[i].unit].kind);
        const UnitRows& rows = units_[of[i].unit];
        const double* h = rows.inputs.data() + rows.inputs_begin[of[i].form] + of[i].along * n;
        for (Size l = 0; l < count; ++l) {
            if (const Size q = function_of(l, of[i].unit); q >= 0) {
                const double* first = rows.first.data() + (q * shape.forms + of[i].form) * n;
                for (Size k = 0; k < n; ++k)
                    result(i, l) += residual_[output * n + k] * root_[k] * first[k] * h[k];
            }
            for (Size m = 0; m < l; ++m) result(i, l) -= triangle_[l][m] * result(i, m);
            result(i, l) /= triangle_[l][l];
        }
    }
    return result;
}

// Coordinates come unit by unit and form by form.
void ReducedLoss::add_curvature(const std::vector<Coordinate>& of, Matrix& hessian) const {
    const Size n = Size(root_.size()), count = hessian.rows();
    std::vector<double> c(std::size_t(n), 0.0), scaled;
    const auto end_of = [&](Size begin) {
        Size end = begin + 1;
        while (end < count && of[end].unit == of[begin].unit && of[end].form == of[begin].form) ++end;
        return end;
    };
    for (Size begin = 0, of_unit = 0; begin < count; begin = end_of(begin)) {
        if (of[begin].unit != of[of_unit].unit) of_unit = begin;
        const Size unit = of[begin].unit, p = of[begin].form;
        for (Size from = of_unit; from <= begin; from = end_of(from)) {
            const Size r = of[from].form;
            curvature(unit, p, r, c);
            Matrix block(network_.form_size(unit, p), network_.form_size(unit, r));
            const UnitRows& rows = units_[unit];
            add_weighted_products(rows.inputs.data() + rows.inputs_begin[p], block.rows(),
                                  rows.inputs.data() + rows.inputs_begin[r], block.cols(), c.data(), n,
                                  block.data(), block.cols(), scaled);
            for (Size i = begin; i < end_of(begin); ++i)
                for (Size l = from; l < std::min(end_of(from), i + 1); ++l)
                    hessian(i, l) += block(of[i].along, of[l].along);
        }
    }
}

// sum g d2f between two forms of a unit, the later one first, at every sample.
void ReducedLoss::curvature(Size unit, Size p, Size r, std::vector<double>& c) const {
    const Size n = Size(root_.size());
    const UnitShape& shape = shape_of(network_.units[unit].kind);
    std::fill(c.begin(), c.end(), 0.0);
    for (Size q = 0; q < shape.coefficients; ++q) {
        const double* second = units_[unit].second.data() + (q * triangle(shape.forms) + triangle(p) + r) * n;
        for (Size o = 0; o < network_.output_count; ++o) {
            const double a = network_.coefficient(unit, q, o);
            for (Size k = 0; k < n; ++k) c[k] += a * root_[k] * residual_[o * n + k] * second[k];
        }
    }
}

// With J = df/dtheta, Q R the features and C = sum g d feature / dtheta, the Hessian of the loss by forms
// alone, H - H_a (R^T R)^-1 H_a^T with H_a = J^T Q R + C, is J^T (1 - Q Q^T) J - M N^T - N M^T - N N^T + sum
// g d2f, M = J^T Q, N = C R^-1: nothing large cancels in it.
ReducedLoss::Derivatives ReducedLoss::derivatives() const {
    const std::vector<Coordinate> of = coordinates();
    const Size n = Size(root_.size()), count = Size(of.size()), features = Size(features_.size());
    Derivatives result;
    result.hessian = Matrix(count, count);
    result.gradient.assign(std::size_t(count), 0.0);
    Matrix basis(features, n);
    for (Size l = 0; l < features; ++l)
        std::copy(orthonormal_[l].begin(), orthonormal_[l].end(), basis.row(l));
    for (Size o = 0; o < network_.output_count; ++o) {
        Matrix slope = slopes(of, o), along(count, features);
        const Matrix turned = turned_features(of, o);
        for (Size i = 0; i < count; ++i)
            for (Size k = 0; k < n; ++k) result.gradient[i] += slope(i, k) * residual_[o * n + k];
        if (features > 0 && count > 0) {
            linalg::gemm(false, true, count, features, n, 1.0, slope.data(), n, basis.data(), n, 0.0,
                         along.data(), features, 1);
            linalg::gemm(false, false, count, n, features, -1.0, along.data(), features, basis.data(), n, 1.0,
                         slope.data(), n, 1);
        }
        if (count > 0)
            linalg::gemm(false, true, count, count, n, 1.0, slope.data(), n, slope.data(), n, 1.0,
                         result.hessian.data(), count, 1);
        for (Size i = 0; i < count; ++i)
            for (Size j = 0; j <= i; ++j)
                for (Size l = 0; l < features; ++l)
                    result.hessian(i, j) -=
                        along(i, l) * turned(j, l) + turned(i, l) * (along(j, l) + turned(j, l));
    }
    add_curvature(of, result.hessian);
    for (const Coordinate& one : of) {
        const UnitRows& rows = units_[one.unit];
        const double* h = rows.inputs.data() + rows.inputs_begin[one.form] + one.along * n;
        const double* z = rows.z.data() + one.form * n;
        double of_h = 0.0, of_z = 0.0;
        for (Size k = 0; k < n; ++k) of_h += h[k] * h[k], of_z += z[k] * z[k];
        bool scaled = false;
        for (const UnitShape::Scale& scale : shape_of(network_.units[one.unit].kind).scales)
            scaled = scaled || scale.form == one.form;
        const double size = scaled ? std::sqrt(of_z) : std::max(std::sqrt(of_z), std::sqrt(double(n)));
        result.at.push_back(one.parameter);
        result.scale.push_back(of_h > 0.0 ? size / std::sqrt(of_h) : 0.0);
    }
    for (Size i = 0; i < count; ++i)
        for (Size j = 0; j < i; ++j) result.hessian(j, i) = result.hessian(i, j);
    return result;
}

}  // namespace tepui
