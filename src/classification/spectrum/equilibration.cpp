#include "classification/spectrum/equilibration.hpp"

#include "classification/spectrum/tolerances.hpp"

namespace tepui {

double power_of_two_scale(double t) {
    if (!(t > 0.0)) return 1.0;
    return std::ldexp(1.0, -static_cast<int>(std::lround(0.5 * std::log2(t))));
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
