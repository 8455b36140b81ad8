#include "classification/directional/pull_field.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"

namespace tepui {

PullField::PullField(const KinkedPoint& point, std::span<const double> pulls) : slopes_(point.sums.slopes) {
    const Dataset& data = point.data;
    const Size outputs = point.outputs();
    std::vector<Size> pulling;
    for (Size k = 0; k < data.samples(); ++k) {
        const auto g =
            pulls.subspan(static_cast<std::size_t>(k * outputs), static_cast<std::size_t>(outputs));
        if (std::any_of(g.begin(), g.end(), [](double one) { return one != 0.0; })) pulling.push_back(k);
    }
    x_ = Matrix(static_cast<Size>(pulling.size()), data.inputs());
    pulls_ = Matrix(x_.rows(), outputs);
    for (Size l = 0; l < x_.rows(); ++l) {
        const Size k = pulling[static_cast<std::size_t>(l)];
        data.sample(k, x_.row(l));
        std::copy_n(pulls.begin() + k * outputs, outputs, pulls_.row(l));
    }
}

std::vector<double> PullField::value(std::span<const double> v) const {
    std::vector<double> d(static_cast<std::size_t>(outputs()), 0.0);
    for (Size k = 0; k < samples(); ++k) {
        const double z = dot(input(k), v), sigma = slope_at(z) * z;
        for (std::size_t o = 0; o < d.size(); ++o) d[o] += pull(k)[o] * sigma;
    }
    return d;
}

std::vector<double> PullField::doubt(std::span<const double> v, double relative) const {
    std::vector<double> d(static_cast<std::size_t>(outputs()), 0.0);
    for (Size k = 0; k < samples(); ++k) {
        double terms = 0.0;
        for (std::size_t j = 0; j < v.size(); ++j) terms += std::abs(input(k)[j] * v[j]);
        for (std::size_t o = 0; o < d.size(); ++o)
            d[o] += relative * slopes_.steepest() * terms * std::abs(pull(k)[o]);
    }
    return d;
}

std::vector<double> PullField::slope(std::span<const double> v, std::span<const double> e) const {
    std::vector<double> p(v.size(), 0.0);
    for (Size k = 0; k < samples(); ++k) {
        const double weight = slope_at(dot(input(k), v)) * dot(pull(k), e);
        for (std::size_t j = 0; j < p.size(); ++j) p[j] += weight * input(k)[j];
    }
    return p;
}

}  // namespace tepui
