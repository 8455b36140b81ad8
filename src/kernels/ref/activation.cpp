// The rows in long double, one element at a time.
#include "kernels/activation/rows.hpp"

namespace tepui::kernels::ref {

void evaluate_activation(ActivationKind kind, double parameter, Size count, const double* z,
                         const ActivationOutputs& out) {
    for (Size k = 0; k < count; ++k) {
        const long double nan = z[k];
        const ActivationJet<long double> jet = std::isnan(z[k])
                                                   ? ActivationJet<long double>{nan, nan, nan, nan}
                                                   : activation_jet<long double>(kind, parameter, z[k]);
        if (out.value != nullptr) out.value[k] = static_cast<double>(jet.value);
        if (out.first != nullptr) out.first[k] = static_cast<double>(jet.first);
        if (out.second != nullptr) out.second[k] = static_cast<double>(jet.second);
        if (out.third != nullptr) out.third[k] = static_cast<double>(jet.third);
    }
}

}  // namespace tepui::kernels::ref
