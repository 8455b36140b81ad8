#include "solve/relu/dependent_kinks.hpp"

#include <cmath>

#include "classification/directional/nonnegative.hpp"
#include "classification/directional/output_escape.hpp"

namespace tepui {
namespace {

// |v.x| at or below this times the sum of its absolute terms is zero: the direction keeps the kink.
constexpr double kKept = 1e-12;

std::vector<Size> kept_kinks(const Dataset& data, const std::vector<Size>& kinks,
                             const std::vector<double>& direction) {
    std::vector<Size> kept;
    std::vector<double> x(direction.size());
    for (const Size k : kinks) {
        data.sample(k, x.data());
        double product = 0.0, terms = 0.0;
        for (std::size_t j = 0; j < x.size(); ++j) {
            product += direction[j] * x[j];
            terms += std::abs(direction[j] * x[j]);
        }
        if (std::abs(product) <= kKept * terms) kept.push_back(k);
    }
    return kept;
}

}  // namespace

DependentKinks leave_dependent_kinks(const Dataset& data, const ActivePoint& point,
                                     const Tolerances& tolerances) {
    DependentKinks result;
    for (Size i = 0; i < point.network.width; ++i) {
        if (!point.faces[i].degenerate()) continue;
        const KinkForm form = neuron_forms(KinkedPoint{data, point.network, point.sums}, i, tolerances).sum;
        const SignAnswer sign = nonnegative(form, {});
        result.decided = result.decided && sign.answer != Answer::undetermined;
        if (sign.answer != Answer::no || result.neuron >= 0) continue;
        result.neuron = i;
        result.direction = sign.direction;
        result.held = kept_kinks(data, point.kinks[i], sign.direction);
    }
    return result;
}

}  // namespace tepui
