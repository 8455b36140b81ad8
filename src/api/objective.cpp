#include "tepui/objective.h"

#include <algorithm>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "network/derivatives/objective_sums.hpp"

struct tepui_objective {
    tepui::ObjectiveSums value;
};

using namespace tepui;
using namespace tepui::api;

namespace {

Size move_to(tepui_objective* objective, const double* parameters) {
    require_pointer(objective, "objective");
    require_pointer(parameters, "parameters");
    const Size count = objective->value.network().parameter_count();
    require_finite(parameters, count, "parameters");
    objective->value.move_to({parameters, static_cast<std::size_t>(count)});
    return count;
}

void write(const Gradient& from, double* loss, double* gradient) {
    if (loss != nullptr) *loss = from.loss.loss;
    if (gradient != nullptr) std::copy(from.value.begin(), from.value.end(), gradient);
}

}  // namespace

extern "C" {

tepui_status tepui_objective_create(tepui_context* context, const tepui_dataset* dataset,
                                    const tepui_network* network, tepui_objective** objective) {
    return guarded(context, [&] {
        require_pair(dataset, network);
        require_pointer(objective, "objective");
        *objective = new tepui_objective{{dataset->value, network->value}};
    });
}

void tepui_objective_destroy(tepui_objective* objective) {
    delete objective;
}

int64_t tepui_objective_parameter_count(const tepui_objective* objective) {
    return objective == nullptr ? 0 : objective->value.network().parameter_count();
}

tepui_status tepui_objective_loss(tepui_context* context, tepui_objective* objective,
                                  const double* parameters, double* loss) {
    return guarded(context, [&] {
        move_to(objective, parameters);
        require_pointer(loss, "loss");
        *loss = objective->value.loss(execution(*context));
    });
}

tepui_status tepui_objective_gradient(tepui_context* context, tepui_objective* objective,
                                      const double* parameters, double* loss, double* gradient) {
    return guarded(context, [&] {
        move_to(objective, parameters);
        require_pointer(gradient, "gradient");
        write(objective->value.gradient(execution(*context)), loss, gradient);
    });
}

tepui_status tepui_objective_hessian(tepui_context* context, tepui_objective* objective,
                                     const double* parameters, double* loss, double* gradient,
                                     double* hessian, int64_t ld) {
    return guarded(context, [&] {
        const Size count = move_to(objective, parameters);
        require_pointer(hessian, "hessian");
        require_order(count, "P", "the Hessian");
        require_shape({count, count, ld, "hessian", "P", "P", "ld"});
        const HessianValue& value = objective->value.hessian(execution(*context));
        write(value.gradient, loss, gradient);
        for (Size i = 0; i < count; ++i) std::copy_n(value.value.row(i), count, hessian + i * ld);
    });
}

tepui_status tepui_objective_hessian_vector(tepui_context* context, tepui_objective* objective,
                                            const double* parameters, const double* direction,
                                            double* product) {
    return guarded(context, [&] {
        const Size count = move_to(objective, parameters);
        require_pointer(direction, "direction");
        require_pointer(product, "product");
        require_finite(direction, count, "direction");
        const std::span<const double> value = objective->value.hessian_vector(
            {direction, static_cast<std::size_t>(count)}, execution(*context));
        std::copy(value.begin(), value.end(), product);
    });
}

}  // extern "C"
