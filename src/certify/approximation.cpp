#include "certify/approximation.hpp"

#include <cmath>

namespace tepui::balls {

double Approximation::smallest() const {
    double smallest = std::abs(values.front());
    for (const double value : values) smallest = std::min(smallest, std::abs(value));
    return smallest;
}

Approximation approximate(const Matrix& a, std::span<const double> magnitude) {
    Equilibrated equilibrated = equilibrate(a, magnitude);
    const auto values = equilibrated.eigen.values.span();
    return {std::move(equilibrated.scaling.scale),
            {values.begin(), values.end()},
            std::move(equilibrated.eigen.vectors)};
}

Approximation approximate_hessian(const Dataset& data, const Network& network, const Slice& slice,
                                  const Execution& execution) {
    const HessianValue hessian = tepui::hessian(data, network, execution);
    return approximate(slice.of(hessian.value), slice.of(hessian.magnitude));
}

}  // namespace tepui::balls
