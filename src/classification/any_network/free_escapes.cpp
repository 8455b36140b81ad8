#include "classification/any_network/free_escapes.hpp"

#include <cmath>

#include "classification/escape/escape.hpp"
#include "classification/escape/sample_slabs.hpp"
#include "kernels/hidden_layer.hpp"

namespace tepui {
namespace {

// sum s (sigma'(w . x) v . x)^2
double slope_power(const PointOnData& context, const double* w, const std::vector<double>& v) {
    const Size d = context.data().inputs();
    const SampleSlabs slabs(context.data().samples());
    std::vector<double> sums(static_cast<std::size_t>(slabs.count), 0.0);
    const double products = 3.0 * static_cast<double>(d) + context.network().activation.products();
    for_each_block(context.data(), context.execution(), slabs, products, [&](Size slab) {
        return [&, slab, z = Buffer<double>(SampleSlabs::kBlock), step = Buffer<double>(SampleSlabs::kBlock),
                slope = Buffer<double>(SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            kernels::preactivations(w, d, 1, d, block.xt.data(), block.stride, block.stride, z.data(),
                                    block.stride);
            kernels::preactivations(v.data(), d, 1, d, block.xt.data(), block.stride, block.stride,
                                    step.data(), block.stride);
            context.network().activation.evaluate(block.stride, z.data(), {nullptr, slope.data()});
            for (Size k = 0; k < block.count; ++k) {
                const double change = slope[k] * step[k];
                sums[slab] += block.weights[k] * change * change;
            }
        };
    });
    double sum = 0.0;
    for (const double part : sums) sum += part;
    return sum;
}

// All members move by y, two of them apart so that sum a_j beta_j = b: with v of curvature lambda = v^T Hess
// psi v, b = v and y = -tau v, twice the change is epsilon^2 (-2 tau lambda + form lambda + sum s (u'
// v.x)^2).
Witness escape_cancelled(const PointOnData& context, const Lift& lift, const NeuronGroup& group, Size neuron,
                         const std::vector<double>& v, double lambda) {
    const CancelledPair pair = cancelled_pair(group);
    const double power = slope_power(context, context.network().weights(neuron), v);
    const double tau = std::copysign((power + std::abs(pair.form * lambda)) / std::abs(lambda) +
                                         std::max(pair.h_positive, -pair.h_negative),
                                     lambda);
    std::vector<double> rates = lift.no_rates(), move(v);
    const auto scaled = [&](double factor) {
        for (std::size_t j = 0; j < v.size(); ++j) move[j] = factor * v[j];
        return move.data();
    };
    for (std::size_t q = 0; q < group.members.size(); ++q)
        lift.move_member(group, q, scaled(-tau), 0.0, rates);
    lift.move_member(group, pair.positive, scaled(pair.h_positive), 0.0, rates);
    lift.move_member(group, pair.negative, scaled(pair.h_negative), 0.0, rates);
    return lift.straight(std::move(rates), 0.5 * (-2.0 * tau * lambda + pair.form * lambda + power));
}

}  // namespace

std::vector<Witness> free_escapes(const PointOnData& context, const Lift& lift, const NeuronGroup& group,
                                  const FreeGroup& report, Size neuron) {
    std::vector<Witness> found;
    if (report.leave)
        found.push_back(lift.follow(escape_null_neuron(context.network(), neuron, *report.leave), -1));
    if (group.kind != GroupKind::cancelled) return found;
    for (const bool upwards : {true, false}) {
        const std::vector<double>& v = upwards ? report.psi.v_positive : report.psi.v_negative;
        const double lambda = upwards ? report.psi.curvature_positive : report.psi.curvature_negative;
        if (!v.empty()) found.push_back(escape_cancelled(context, lift, group, neuron, v, lambda));
    }
    return found;
}

}  // namespace tepui
