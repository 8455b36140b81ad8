#include "classification/spectrum/equilibration.hpp"

#include "classification/spectrum/tolerances.hpp"

namespace tepui {

std::vector<double> powers_of_two_scaling(std::span<const double> magnitude) {
    std::vector<double> scale(magnitude.size(), 1.0);
    const auto counts = [](double t) { return t > 0.0 && std::isfinite(t); };
    const auto first = std::find_if(magnitude.begin(), magnitude.end(), counts);
    if (first == magnitude.end()) return scale;
    const int common = (std::ilogb(*first) + 1) >> 1;
    const double mantissa = std::scalbn(*first, -2 * common);  // in [1/2, 2)
    for (std::size_t j = 0; j < scale.size(); ++j) {
        if (!counts(magnitude[j])) continue;
        const int own = std::ilogb(magnitude[j]);
        const double ratio = std::scalbn(magnitude[j], -own) / mantissa;
        const int half = static_cast<int>(std::lround(0.5 * (own - 2 * common + std::log2(ratio))));
        scale[j] = std::ldexp(1.0, -half - common);
    }
    return scale;
}

Thresholds thresholds(const Equilibration& scaling, Size terms, double beyond, double own_beyond,
                      double factor) {
    const std::size_t d = scaling.scale.size();
    double trace = 0.0;
    double own_trace = 0.0;
    for (std::size_t j = 0; j < d; ++j) {
        trace += scaling.scale[j] * scaling.magnitude[j] * scaling.scale[j];
        own_trace += scaling.magnitude[j];
    }
    const double unit = sum_rounding(static_cast<Size>(d), terms);
    Thresholds result;
    result.rounding = factor * (unit * trace);
    result.tau = factor * (unit * trace + beyond);
    result.own = factor * (unit * own_trace + own_beyond);
    return result;
}

}  // namespace tepui
