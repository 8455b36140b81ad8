// How well the Hessian of the reduced loss is known (MATH.md section 13): every function of the network is
// taken to be known to a few units in the last place of its absolute terms, and what that does to the
// projection is followed to first order.
#include <algorithm>
#include <cmath>

#include "classification/infinity/reduced_loss.hpp"
#include "core/euclidean.hpp"
#include "core/rounding.hpp"

namespace tepui {
namespace {

// Beyond, first order says nothing.
constexpr double kSmall = 1e-3;

double norm_of_row(const Matrix& m, Size i) {
    return norm_of({m.row(i), std::size_t(m.cols())});
}

// Of every sample the absolute terms of a form: it is as uncertain as they are large.
std::vector<double> form_terms(const BoundaryNetwork& network, const UnitRows& rows, Size unit, Size form) {
    std::vector<double> terms(std::size_t(rows.count), 0.0);
    const double* w = network.parameters.data() + network.form_at(unit, form);
    const double* h = rows.inputs.data() + rows.inputs_begin[form];
    for (Size j = 0; j < network.form_size(unit, form); ++j)
        for (Size k = 0; k < rows.count; ++k) terms[k] += std::abs(w[j] * h[j * rows.count + k]);
    return terms;
}

}  // namespace

// Of every coordinate i and feature l.
struct ReducedLoss::Sizes {
    std::vector<double> terms;        // |absolute terms of J_i|
    std::vector<double> slope;        // |J_i| off the features
    std::vector<double> along, turn;  // |M_i|, |N_i|
    Matrix coefficient;               // |R^-1 M_i|
    Matrix turned;                    // absolute terms of C
    Matrix moved;                     // |d feature / dtheta_i|
};

ReducedLoss::Sizes ReducedLoss::sizes(const std::vector<Coordinate>& of, Size output) const {
    const Size n = Size(root_.size()), count = Size(of.size()), features = Size(features_.size());
    Sizes result;
    result.coefficient = Matrix(count, features);
    result.turned = Matrix(count, features);
    result.moved = Matrix(count, features);
    const Matrix slope = slopes(of, output), turned = turned_features(of, output);
    for (Size i = 0; i < count; ++i) {
        const UnitShape& shape = shape_of(network_.units[of[i].unit].kind);
        const UnitRows& rows = units_[of[i].unit];
        const double* h = rows.inputs.data() + rows.inputs_begin[of[i].form] + of[i].along * n;
        std::vector<std::vector<double>> arguments;
        for (Size p = 0; p < shape.forms; ++p) arguments.push_back(form_terms(network_, rows, of[i].unit, p));
        double terms = 0.0;
        for (Size k = 0; k < n; ++k) {
            double sum = 0.0;
            for (Size q = 0; q < shape.coefficients; ++q) {
                double own = std::abs(rows.first[(q * shape.forms + of[i].form) * n + k]);
                for (Size p = 0; p < shape.forms; ++p)
                    own +=
                        std::abs(rows.second[(q * triangle(shape.forms) + triangle(std::max(p, of[i].form)) +
                                              std::min(p, of[i].form)) *
                                                 n +
                                             k]) *
                        arguments[p][k];
                sum += own * std::abs(network_.coefficient(of[i].unit, q, output) * h[k]);
            }
            terms += root_[k] * sum * root_[k] * sum;
        }
        result.terms.push_back(std::sqrt(terms));
        std::vector<double> off(slope.row(i), slope.row(i) + n), along(std::size_t(features), 0.0);
        for (Size l = 0; l < features; ++l) {
            along[l] = dot(orthonormal_[l], off);
            for (Size k = 0; k < n; ++k) off[k] -= along[l] * orthonormal_[l][k];
        }
        result.slope.push_back(norm_of(off));
        result.along.push_back(norm_of(along));
        result.turn.push_back(norm_of_row(turned, i));
        for (Size l = features; l-- > 0;) {
            for (Size m = l + 1; m < features; ++m) along[l] -= triangle_[m][l] * along[m];
            along[l] /= triangle_[l][l];
            result.coefficient(i, l) = std::abs(along[l]);
            const Size q = function_of(l, of[i].unit);
            if (q < 0) continue;
            const double* first = rows.first.data() + (q * shape.forms + of[i].form) * n;
            double square = 0.0;
            for (Size k = 0; k < n; ++k) {
                const double moved = root_[k] * first[k] * h[k];
                result.turned(i, l) += std::abs(residual_[output * n + k] * moved);
                square += moved * moved;
            }
            result.moved(i, l) = std::sqrt(square);
        }
    }
    return result;
}

// Of sum g d2f between two coordinates: what rounding of the terms and of the residuals does.
double ReducedLoss::curvature_doubt(const Coordinate& i, const Coordinate& l, double residual_error,
                                    double rounding) const {
    if (i.unit != l.unit) return 0.0;
    const Size n = Size(root_.size());
    const UnitShape& shape = shape_of(network_.units[i.unit].kind);
    const UnitRows& rows = units_[i.unit];
    const Size entry = triangle(std::max(i.form, l.form)) + std::min(i.form, l.form);
    const double* h = rows.inputs.data() + rows.inputs_begin[i.form] + i.along * n;
    const double* other = rows.inputs.data() + rows.inputs_begin[l.form] + l.along * n;
    double terms = 0.0, square = 0.0;
    for (Size o = 0; o < network_.output_count; ++o)
        for (Size k = 0; k < n; ++k) {
            double curve = 0.0;
            for (Size q = 0; q < shape.coefficients; ++q)
                curve += std::abs(network_.coefficient(i.unit, q, o) *
                                  rows.second[(q * triangle(shape.forms) + entry) * n + k]);
            curve *= root_[k] * std::abs(h[k] * other[k]);
            terms += std::abs(residual_[o * n + k]) * curve;
            square += curve * curve;
        }
    return rounding * terms + residual_error * std::sqrt(square);
}

std::optional<ReducedLoss::Doubt> ReducedLoss::doubt() const {
    const std::vector<Coordinate> of = coordinates();
    const Size n = Size(root_.size()), count = Size(of.size()), features = Size(features_.size());
    const double rounding = sum_rounding(network_.inputs, n);
    // |features|, those of their arguments' rounding included, and |R^-1|.
    std::vector<double> size(std::size_t(features), 0.0);
    Matrix inverse(features, features);
    for (Size l = 0; l < features; ++l) {
        size[l] = norm_of(triangle_[l]);
        for (Size u = 0; u < Size(units_.size()); ++u) {
            const Size q = function_of(l, u), forms = shape_of(network_.units[u].kind).forms;
            for (Size p = 0; q >= 0 && p < forms; ++p) {
                double square = 0.0;
                const std::vector<double> argument = form_terms(network_, units_[u], u, p);
                for (Size k = 0; k < n; ++k) {
                    const double moved = root_[k] * units_[u].first[(q * forms + p) * n + k] * argument[k];
                    square += moved * moved;
                }
                size[l] += std::sqrt(square);
            }
        }
        inverse(l, l) = 1.0 / triangle_[l][l];
        for (Size m = l; m-- > 0;) {
            for (Size j = m + 1; j <= l; ++j) inverse(m, l) -= triangle_[j][m] * inverse(j, l);
            inverse(m, l) /= triangle_[m][m];
        }
    }
    std::vector<double> spread(std::size_t(features), 0.0);  // |R^-T| size
    for (Size l = 0; l < features; ++l)
        for (Size m = 0; m <= l; ++m) spread[l] += std::abs(inverse(m, l)) * size[m];
    if (!(rounding * norm_of(spread) < kSmall)) return std::nullopt;
    const std::vector<double> none(std::size_t(count), 0.0);
    Doubt result{Matrix(count, count), none, none};
    double residual_error = 0.0;
    for (Size o = 0; o < network_.output_count; ++o) {
        double targets = 0.0, error = 0.0;
        for (Size k = 0; k < n; ++k)
            targets += root_[k] * data_->target(k, o) * root_[k] * data_->target(k, o);
        error = std::sqrt(targets);
        for (Size l = 0; l < features; ++l)
            error +=
                size[l] * std::abs(network_.parameters[features_[l].parameter + o * features_[l].stride]);
        error *= rounding;
        residual_error = std::max(residual_error, error);
        const double residual = norm_of({residual_.data() + o * n, std::size_t(n)});
        const Sizes sizes = this->sizes(of, o);
        std::vector<double> slope(std::size_t(count), 0.0), turn(slope), along(slope);  // errors of J, N, M
        Matrix lift(count, features);  // of C and of the features under N
        for (Size i = 0; i < count; ++i) {
            slope[i] = sizes.terms[i];
            for (Size l = 0; l < features; ++l) slope[i] += size[l] * sizes.coefficient(i, l);
            slope[i] *= rounding;
            result.gradient[i] += slope[i] * residual + sizes.slope[i] * error;
            along[i] = slope[i] + rounding * norm_of(spread) * sizes.slope[i];
            for (Size l = 0; l < features; ++l)
                lift(i, l) = rounding * sizes.turned(i, l) + error * sizes.moved(i, l) +
                             rounding * size[l] * sizes.turn[i];
            double square = 0.0;
            for (Size l = 0; l < features; ++l) {
                double of_l = 0.0;
                for (Size m = 0; m <= l; ++m) of_l += std::abs(inverse(m, l)) * lift(i, m);
                square += of_l * of_l;
            }
            turn[i] = std::sqrt(square);
            result.magnitude[i] += sizes.slope[i] * sizes.slope[i] + 2.0 * sizes.along[i] * sizes.turn[i] +
                                   sizes.turn[i] * sizes.turn[i];
        }
        for (Size i = 0; i < count; ++i) {
            for (Size j = 0; j <= i; ++j) {
                double sum = slope[i] * sizes.slope[j] + slope[j] * sizes.slope[i] + slope[i] * slope[j] +
                             along[i] * sizes.turn[j] + along[j] * sizes.turn[i] + turn[i] * sizes.turn[j] +
                             turn[j] * sizes.turn[i] + turn[i] * turn[j];
                for (Size l = 0; l < features; ++l)
                    sum += sizes.coefficient(i, l) * lift(j, l) + sizes.coefficient(j, l) * lift(i, l);
                result.hessian(i, j) += sum;
            }
        }
    }
    for (Size i = 0; i < count; ++i)
        for (Size j = 0; j <= i; ++j) {
            result.hessian(i, j) += curvature_doubt(of[i], of[j], residual_error, rounding);
            result.hessian(j, i) = result.hessian(i, j);
            if (i == j) result.magnitude[i] += curvature_doubt(of[i], of[i], 0.0, 1.0);
        }
    return result;
}

}  // namespace tepui
