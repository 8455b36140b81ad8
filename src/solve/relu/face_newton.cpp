#include "solve/relu/face_newton.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"

namespace tepui {
namespace {

// Curvatures below this, relative to the largest, are rounding.
constexpr double kFlat = 1e-13;
// Where all are above this, no spectrum is needed.
constexpr double kRegular = 1e-9;
// A curvature below minus this, beside those that each coordinate has alone, is one down.
constexpr double kDown = 1e-9;
constexpr int kHalvings = 60;  // of an interval of mu

}  // namespace

FaceNewton::FaceNewton(const SolveSetting& setting, const ActivePoint& point)
    : faces_(point),
      gradient_(faces_.restrict(parameter_gradient(point).value)),
      scale_(gradient_.size(), 0.0),
      form_(gradient_.size(), gradient_.size()) {
    const HessianValue whole = hessian(*setting.data, point.network, setting.execution);
    form_ = faces_.restrict(whole.value);
    const std::vector<double> terms = faces_.restrict_squares(whole.magnitude);
    for (Size l = 0; l < form_.rows(); ++l) {
        if (form_(l, l) > kFlat * terms[l]) scale_[l] = 1.0 / std::sqrt(form_(l, l));
    }
    for (Size l = 0; l < form_.rows(); ++l) {
        for (Size q = 0; q <= l; ++q) {
            const double mean = 0.5 * (form_(l, q) + form_(q, l)) * scale_[l] * scale_[q];
            form_(l, q) = form_(q, l) = mean;
        }
    }
}

const linalg::SymmetricEigen& FaceNewton::spectrum() const {
    if (!spectrum_) spectrum_ = linalg::symmetric_eigen(form_, true);
    return *spectrum_;
}

std::vector<double> FaceNewton::scaled_step(double radius) const {
    const Size p = form_.rows();
    std::vector<double> right(p), step(p, 0.0);
    for (Size l = 0; l < p; ++l) right[l] = -scale_[l] * gradient_[l];
    if (!spectrum_ && linalg::is_positive_definite(form_, kRegular) &&
        linalg::solve_positive_definite(form_, 0.0, right, step) && norm_of(step) <= radius)
        return step;
    const linalg::SymmetricEigen& eigen = spectrum();
    const double floor =
        kFlat * static_cast<double>(p) * std::max({eigen.values[p - 1], -eigen.values[0], 1.0});
    std::vector<double> size, component;
    std::vector<Size> place;
    for (Size l = 0; l < p; ++l) {
        if (!(std::abs(eigen.values[l]) > floor)) continue;
        place.push_back(l);
        size.push_back(std::abs(eigen.values[l]));
        component.push_back(0.0);
        for (Size q = 0; q < p; ++q) component.back() += eigen.vectors(l, q) * right[q];
    }
    const auto length = [&](double mu) {
        double square = 0.0;
        for (std::size_t l = 0; l < size.size(); ++l)
            square += component[l] / (size[l] + mu) * (component[l] / (size[l] + mu));
        return std::sqrt(square);
    };
    double mu = 0.0;
    if (length(0.0) > radius) {
        double low = 0.0, high = norm_of(component) / radius;  // length(high) <= radius
        for (int halving = 0; halving < kHalvings; ++halving) {
            mu = low > 0.0 ? std::sqrt(low * high) : 0x1p-30 * high;
            (length(mu) > radius ? low : high) = mu;
            if (low == 0.0) break;  // so small that it is nearly the whole step
        }
        mu = high;
    }
    std::fill(step.begin(), step.end(), 0.0);
    for (std::size_t l = 0; l < size.size(); ++l) {
        const double along = component[l] / (size[l] + mu);
        for (Size q = 0; q < p; ++q) step[q] += along * eigen.vectors(place[l], q);
    }
    return step;
}

FaceStep FaceNewton::step(double radius) const {
    FaceStep result;
    std::vector<double> step = scaled_step(radius);
    result.length = norm_of(step);
    for (std::size_t l = 0; l < step.size(); ++l) {
        step[l] *= scale_[l];
        result.slope += gradient_[l] * step[l];
    }
    result.step = faces_.extend(step);
    return result;
}

ParameterStep FaceNewton::negative_curvature(double length) const {
    if (faces_.count() == 0) return {};
    const linalg::SymmetricEigen& eigen = spectrum();
    if (!(eigen.values[0] < -kDown)) return {};
    std::vector<double> step(scale_);
    for (Size q = 0; q < faces_.count(); ++q) step[q] *= length * eigen.vectors(0, q);
    return faces_.extend(step);
}

double face_gradient_level(const ActivePoint& point, double roundings) {
    const FaceCoordinates faces(point);
    const ParameterGradient gradient = parameter_gradient(point);
    const std::vector<double> value = faces.restrict(gradient.value),
                              magnitude = faces.restrict_absolute(gradient.magnitude),
                              rounding = faces.restrict_absolute(gradient.rounding);
    double level = 0.0;
    for (std::size_t l = 0; l < value.size(); ++l) {
        if (std::abs(value[l]) <= roundings * rounding[l]) continue;
        level = std::max(level, std::abs(value[l]) / magnitude[l]);
    }
    return level;
}

}  // namespace tepui
