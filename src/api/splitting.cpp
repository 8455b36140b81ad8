#include "tepui/splitting.h"

#include <algorithm>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/sample_block.hpp"
#include "api/together.hpp"
#include "core/parallel.hpp"
#include "network/derivatives/gradient.hpp"
#include "splitting/inner_hessian.hpp"
#include "splitting/split.hpp"

using namespace tepui;
using namespace tepui::api;

namespace {

template <class Split>
tepui_status split_by(Split&& made, tepui_context* context, const tepui_network* network, int64_t neuron,
                      int64_t r, const double* gamma, tepui_network** split) {
    return guarded(context, [&] {
        require_pointer(network, "network");
        require_index(neuron, network->value.width, "neuron", "m");
        require_size(r, 2, "r");
        require_pointer(gamma, "gamma");
        require_pointer(split, "split");
        require_daughters(r, network->value.width, network->value.inputs + network->value.output_count - 1);
        require_finite(gamma, r, "gamma");
        const std::span<const double> coefficients(gamma, static_cast<std::size_t>(r));
        check_gamma(coefficients);
        *split = new tepui_network{made(network->value, neuron, coefficients)};
    });
}

}  // namespace

extern "C" {

tepui_status tepui_inner_hessian(tepui_context* context, const tepui_dataset* dataset,
                                 const tepui_network* network, int64_t neuron, double* inner_hessian,
                                 int64_t ld) {
    return guarded_together(context, "tepui_inner_hessian", [&](Together& together) {
        require_pair(dataset, network);
        require_index(neuron, network->value.width, "neuron", "m");
        require_pointer(inner_hessian, "inner_hessian");
        const Size d = network->value.inputs;
        require_order(d, "d", "inner_hessian");
        require_shape({d, d, ld, "inner_hessian", "d", "d", "ld"});
        together.about(*dataset, &network->value);
        const InnerHessian result =
            tepui::inner_hessian(dataset->value, network->value, neuron, execution(*context));
        together.finish();
        for (Size i = 0; i < d; ++i) std::copy_n(result.value.row(i), d, inner_hessian + i * ld);
    });
}

tepui_status tepui_inner_hessians(tepui_context* context, const tepui_dataset* dataset,
                                  const tepui_network* network, double* inner_hessians) {
    return guarded_together(context, "tepui_inner_hessians", [&](Together& together) {
        require_pair(dataset, network);
        require_pointer(inner_hessians, "inner_hessians");
        const Size m = network->value.width;
        const Size d = network->value.inputs;
        require_order(d, "d", "inner_hessians");
        require_addressable(m, d * d, "m", "inner_hessians");
        together.about(*dataset, &network->value);
        const Execution how = execution(*context);
        const InnerHessians result =
            tepui::inner_hessians(dataset->value, network->value, how, Bounds::without);
        together.finish();
        constexpr Size kRows = 8;
        parallel_for(how.threads, (m + kRows - 1) / kRows, [&](Size task, Size) {
            unpack_pairs(result.pairs.data(), result.stride, d, task * kRows, std::min(m, (task + 1) * kRows),
                         inner_hessians, d);
        });
    });
}

tepui_status tepui_output_slopes(tepui_context* context, const tepui_dataset* dataset,
                                 const tepui_network* network, double* slopes) {
    return guarded_together(context, "tepui_output_slopes", [&](Together& together) {
        require_pair(dataset, network);
        require_pointer(slopes, "slopes");
        const Size m = network->value.width, d = network->value.inputs, outputs = network->value.output_count;
        require_addressable(m, d * outputs, "m", "slopes");
        together.about(*dataset, &network->value);
        GradientSum sum(network->value, Bounds::without);
        run_pass(dataset->value, network->value, execution(*context), sum);
        std::vector<double> found(static_cast<std::size_t>(m * d * outputs));
        for (Size i = 0; i < m; ++i)
            for (Size j = 0; j < d; ++j)
                for (Size o = 0; o < outputs; ++o)
                    found[static_cast<std::size_t>((i * d + j) * outputs + o)] = sum.slope(i, j, o);
        require_finite({found.data(), found.size()},
                       "Psi overflows: inputs, weights or residuals are too large");
        together.finish();
        std::copy(found.begin(), found.end(), slopes);
    });
}

tepui_status tepui_split(tepui_context* context, const tepui_network* network, int64_t neuron, int64_t r,
                         const double* gamma, tepui_network** split) {
    return split_by(split_neuron, context, network, neuron, r, gamma, split);
}

tepui_status tepui_split_homogeneous(tepui_context* context, const tepui_network* network, int64_t neuron,
                                     int64_t r, const double* gamma, tepui_network** split) {
    return split_by(split_homogeneous, context, network, neuron, r, gamma, split);
}

}  // extern "C"
