#include "tepui/objective.h"

#include <algorithm>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/together.hpp"
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
    return guarded_together(context, "tepui_objective_loss", [&](Together& together) {
        move_to(objective, parameters);
        require_pointer(loss, "loss");
        together.about(objective->value.data(), &objective->value.network());
        const double value = objective->value.loss(execution(*context));
        together.finish();
        *loss = value;
    });
}

tepui_status tepui_objective_gradient(tepui_context* context, tepui_objective* objective,
                                      const double* parameters, double* loss, double* gradient) {
    return guarded_together(context, "tepui_objective_gradient", [&](Together& together) {
        move_to(objective, parameters);
        require_pointer(gradient, "gradient");
        together.about(objective->value.data(), &objective->value.network());
        const Gradient& value = objective->value.gradient(execution(*context));
        together.finish();
        write(value, loss, gradient);
    });
}

tepui_status tepui_objective_hessian(tepui_context* context, tepui_objective* objective,
                                     const double* parameters, double* loss, double* gradient,
                                     double* hessian, int64_t ld) {
    return guarded_together(context, "tepui_objective_hessian", [&](Together& together) {
        const Size count = move_to(objective, parameters);
        require_pointer(hessian, "hessian");
        require_order(count, "P", "the Hessian");
        require_shape({count, count, ld, "hessian", "P", "P", "ld"});
        together.about(objective->value.data(), &objective->value.network());
        const HessianValue& value = objective->value.hessian(execution(*context));
        together.finish();
        write(value.gradient, loss, gradient);
        for (Size i = 0; i < count; ++i) std::copy_n(value.value.row(i), count, hessian + i * ld);
    });
}

tepui_status tepui_objective_hessian_vector(tepui_context* context, tepui_objective* objective,
                                            const double* parameters, const double* direction,
                                            double* product) {
    return guarded_together(context, "tepui_objective_hessian_vector", [&](Together& together) {
        const Size count = move_to(objective, parameters);
        require_pointer(direction, "direction");
        require_pointer(product, "product");
        require_finite(direction, count, "direction");
        together.about(objective->value.data(), &objective->value.network());
        const std::span<const double> value = objective->value.hessian_vector(
            {direction, static_cast<std::size_t>(count)}, execution(*context));
        together.finish();
        std::copy(value.begin(), value.end(), product);
    });
}

}  // extern "C"
