// Newton's method for a point with contacts: what brings the margins back to 0, and down along them.
#include <algorithm>
#include <cmath>

#include "classification/infinity/contact_point.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "core/euclidean.hpp"
#include "linalg/singular.hpp"

namespace tepui {
namespace {

// Curvatures this small beside the largest lead nowhere.
constexpr double kFlat = 1e-14;
constexpr double kTooLarge = 1e100;  // of a scaled slope

// U S V^T of the scaled slopes, V complete: the first rows span what changes margins, the rest keeps them.
struct Frame {
    Matrix vectors;
    std::vector<double> values;
    Matrix left;  // [contacts][rank]
};

Frame frame_of(const Matrix& slopes, const std::vector<double>& scale) {
    const Size count = slopes.rows(), size = slopes.cols();
    Matrix padded(std::max(count, size), size);  // so that all right vectors come
    for (Size a = 0; a < count; ++a)
        for (Size j = 0; j < size; ++j) {
            padded(a, j) = slopes(a, j) * scale[j];
            if (!(std::abs(padded(a, j)) < kTooLarge)) throw Error(Status::numeric, "a margin overflows");
        }
    linalg::RightSingular singular = linalg::right_singular(padded);
    const Size rank = std::min(count, size);
    Frame frame{std::move(singular.vectors), {}, Matrix(count, rank)};
    for (Size l = 0; l < rank; ++l) {
        frame.values.push_back(singular.values[l]);
        for (Size a = 0; a < count; ++a) {
            double product = 0.0;
            for (Size j = 0; j < size; ++j) product += padded(a, j) * frame.vectors(l, j);
            frame.left(a, l) = singular.values[l] > 0.0 ? product / singular.values[l] : 0.0;
        }
    }
    return frame;
}

// The shortest scaled x with (scaled slopes) x = right.
std::vector<double> shortest(const Frame& frame, const std::vector<double>& right) {
    std::vector<double> x(std::size_t(frame.vectors.cols()), 0.0);
    for (std::size_t l = 0; l < frame.values.size(); ++l) {
        double part = 0.0;
        for (std::size_t a = 0; a < right.size(); ++a) part += frame.left(Size(a), Size(l)) * right[a];
        if (frame.values[l] > 0.0) part /= frame.values[l];
        for (std::size_t j = 0; j < x.size(); ++j) x[j] += part * frame.vectors(Size(l), Size(j));
    }
    return x;
}

Matrix scaled(const Matrix& a, const std::vector<double>& scale) {
    Matrix result(a.rows(), a.cols());
    for (Size i = 0; i < a.rows(); ++i)
        for (Size j = 0; j < a.cols(); ++j) result(i, j) = a(i, j) * scale[i] * scale[j];
    return result;
}

std::vector<double> times(const Matrix& a, const std::vector<double>& x) {
    std::vector<double> result(std::size_t(a.rows()), 0.0);
    for (Size i = 0; i < a.rows(); ++i) result[i] = dot({a.row(i), std::size_t(a.cols())}, x);
    return result;
}

// What multipliers have to change by for the slopes to balance the force, as far as they span it.
std::vector<double> balance(const Frame& frame, const std::vector<double>& force) {
    std::vector<double> change(std::size_t(frame.left.rows()), 0.0);
    for (std::size_t l = 0; l < frame.values.size(); ++l) {
        if (!(frame.values[l] > 0.0)) continue;
        const double part = dot({frame.vectors.row(Size(l)), force.size()}, force) / frame.values[l];
        for (std::size_t a = 0; a < change.size(); ++a) change[a] += part * frame.left(Size(a), Size(l));
    }
    return change;
}

// The most that errors of the force make of that.
std::vector<double> balance_errors(const Frame& frame, const std::vector<double>& error) {
    std::vector<double> result(std::size_t(frame.left.rows()), 0.0);
    for (std::size_t l = 0; l < frame.values.size(); ++l) {
        if (!(frame.values[l] > 0.0)) continue;
        double part = 0.0;
        for (std::size_t j = 0; j < error.size(); ++j)
            part += std::abs(frame.vectors(Size(l), Size(j))) * error[j] / frame.values[l];
        for (std::size_t a = 0; a < result.size(); ++a)
            result[a] += part * std::abs(frame.left(Size(a), Size(l)));
    }
    return result;
}

// Newton's step along, down also where the curvature is negative.
std::vector<double> down_along(const ContactStep& model, const std::vector<double>& force) {
    const Size left = model.along.rows(), size = Size(force.size());
    std::vector<double> step(std::size_t(size), 0.0);
    if (left == 0) return step;
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(model.hessian, true);
    const double most = std::max(std::abs(eigen.values[0]), std::abs(eigen.values[left - 1]));
    for (Size l = 0; l < left; ++l) {
        const double curvature = std::abs(eigen.values[l]);
        if (!(curvature > kFlat * most)) continue;
        std::vector<double> v(std::size_t(size), 0.0);
        for (Size p = 0; p < left; ++p)
            for (Size j = 0; j < size; ++j) v[j] += eigen.vectors(l, p) * model.along(p, j);
        const double part = -dot(v, force) / curvature;
        for (Size j = 0; j < size; ++j) step[j] += part * v[j];
    }
    return step;
}

}  // namespace

Matrix restricted(const Matrix& a, const Matrix& along) {
    Matrix result(along.rows(), along.rows());
    for (Size l = 0; l < along.rows(); ++l) {
        const std::vector<double> bent = times(a, {along.row(l), along.row(l) + along.cols()});
        for (Size p = 0; p < along.rows(); ++p)
            result(l, p) = dot({along.row(p), std::size_t(along.cols())}, bent);
    }
    return result;
}

ContactStep ContactProblem::step(const ContactPoint& point) const {
    const Size size = Size(point.free.at.size());
    const Matrix hessian = point.free.restrict(point.sums.hessian);
    ContactStep result;
    result.scale =
        equilibrating_scaling(
            size, [&](Size i, Size j) { return hessian(i, j); }, point.free.restrict(point.sums.magnitude))
            .scale;
    const Frame frame = frame_of(point.slopes, result.scale);
    const Size rank = Size(frame.values.size());
    result.condition = rank == 0 ? 1.0 : frame.values[0] > 0.0 ? frame.values.back() / frame.values[0] : 0.0;
    const Matrix curved = scaled(hessian, result.scale);
    std::vector<double> gradient = point.free.restrict(point.sums.gradient.value), miss = point.margin;
    std::vector<double> rounding = point.free.restrict(point.sums.gradient.rounding);
    for (Size j = 0; j < size; ++j) gradient[j] *= result.scale[j], rounding[j] *= result.scale[j];
    result.multiplier_rounding = balance_errors(frame, rounding);
    for (double& margin : miss) margin = -margin;
    result.restoring = shortest(frame, miss);
    result.residual = norm_of(result.restoring);
    std::vector<double> force = times(curved, result.restoring);
    for (Size j = 0; j < size; ++j) force[j] += gradient[j];
    result.restoring_change = balance(frame, force);
    const Size left = size - rank;
    result.along = Matrix(left, size);
    for (Size l = 0; l < left; ++l) std::copy_n(frame.vectors.row(rank + l), size, result.along.row(l));
    result.hessian = restricted(curved, result.along);
    for (Size l = 0; l < left; ++l)
        result.residual =
            std::hypot(result.residual, dot({result.along.row(l), std::size_t(size)}, gradient));
    result.along_step = down_along(result, force);
    result.along_size = norm_of(result.along_step);
    const std::vector<double> further = times(curved, result.along_step);
    for (Size j = 0; j < size; ++j) force[j] += further[j];
    result.multiplier_change = balance(frame, force);
    for (Size j = 0; j < size; ++j) {
        result.restoring[j] *= result.scale[j];
        result.along_step[j] *= result.scale[j];
    }
    return result;
}

ContactPoint ContactProblem::fitted(ContactPoint point, int steps) const {
    std::vector<bool> inside(point.network.parameters.size(), false);
    for (const Size first : feature_places(point.network))
        std::fill_n(inside.begin() + first, classes_, true);
    for (int taken = 0; taken < steps; ++taken) {
        FreeParameters own = point.free;
        std::erase_if(own.at, [&](Size j) { return !inside[j]; });
        if (own.at.empty()) return point;
        const std::vector<double> gradient = own.restrict(point.sums.gradient.value);
        const Equilibrated model =
            equilibrate(own.restrict(point.sums.hessian), own.restrict(point.sums.magnitude));
        const double least = kFlat * std::abs(model.eigen.values[Size(own.at.size()) - 1]);
        const std::vector<double> step = pseudo_solve(model, least, gradient);
        bool lower = false;
        for (double factor = 1.0; factor > 1e-3 && !lower; factor *= 0.25) {
            BoundaryNetwork network = point.network;
            own.add(step, -factor, network.parameters);
            std::optional<ContactPoint> there = at(std::move(network), point.contacts);
            if (!there || !(there->loss < point.loss)) continue;
            point = std::move(*there);
            lower = true;
        }
        if (!lower) return point;
    }
    return point;
}

std::vector<double> ContactProblem::away(const ContactPoint& point, const std::vector<double>& by) const {
    const ContactStep step = this->step(point);
    std::vector<double> change = shortest(frame_of(point.slopes, step.scale), by);
    for (std::size_t j = 0; j < change.size(); ++j) change[j] *= step.scale[j];
    return change;
}

}  // namespace tepui
