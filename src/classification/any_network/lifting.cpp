#include "classification/any_network/lifting.hpp"

#include "network/model/beside_neurons.hpp"
#include "network/model/mirror.hpp"

namespace tepui {

// Copies of everything that the curves need: witnesses outlive the analysis.
struct Lift::Scene {
    Grouping grouping;
    Network wide;
    InputSpace space;  // basis empty: none
    std::shared_ptr<const FittedSamples> fitted;

    SymmetryGauge gauge;
    Network aligned;           // the wide network with all neurons turned as their groups are
    std::vector<double> back;  // and turned back: the wide one, but for rounding; empty: none is turned

    void align() {
        turn(aligned);
        if (aligned.parameters == wide.parameters) return;
        Network returned = aligned;
        turn(returned);
        back = std::move(returned.parameters);
    }
    // Mirror images to their group's orientation, and from it.
    void turn(Network& network) const {
        for (const NeuronGroup& group : grouping.groups)
            for (std::size_t q = 0; q < group.members.size(); ++q)
                if (group.signs[q] < 0) turn_over(group.members[q], network);
    }

    std::vector<double> at(const std::vector<double>& rates, double epsilon) const {
        Layout layout = wide;
        layout.inputs = grouping.narrow.inputs;
        Network moved(wide.activation, layout);
        moved.parameters = rates;
        for (Size i = 0; i < wide.width && !gauge.given(); ++i) {
            for (Size j = 0; j < moved.inputs; ++j) moved.weights(i)[j] *= gauge.weights[i];
            moved.output(i) *= gauge.outputs[i];
        }
        if (space.basis.rows() > 0) moved = lift(moved, space);
        for (std::size_t p = 0; p < moved.parameters.size(); ++p)
            moved.parameters[p] = aligned.parameters[p] + epsilon * moved.parameters[p];
        turn(moved);
        for (std::size_t p = 0; p < back.size(); ++p)
            moved.parameters[p] = wide.parameters[p] + (moved.parameters[p] - back[p]);
        if (fitted) fitted->restore(moved);  // where it cannot, the change measured there tells
        return std::move(moved.parameters);
    }
};

namespace {

InputSpace copy_of(const InputSpace* space) {
    InputSpace copy;
    if (space == nullptr) return copy;
    copy.rank = space->rank;
    copy.scale = space->scale;
    copy.basis = space->basis.copy();
    return copy;
}

}  // namespace

Lift::Lift(const Grouping& grouping, const Network& wide, const InputSpace* space,
           std::shared_ptr<const FittedSamples> fitted, SymmetryGauge gauge) {
    auto scene = std::make_shared<Scene>(
        Scene{grouping, wide, copy_of(space), std::move(fitted), std::move(gauge), wide, {}});
    scene->align();
    scene_ = std::move(scene);
}

std::vector<double> Lift::no_rates() const {
    Layout layout = scene_->wide;
    layout.inputs = scene_->grouping.narrow.inputs;
    return std::vector<double>(static_cast<std::size_t>(layout.parameter_count()), 0.0);
}

void Lift::move_member(const NeuronGroup& group, std::size_t member, const double* weights, double output,
                       std::vector<double>& rates) const {
    const Size d = scene_->grouping.narrow.inputs, i = group.members[member];
    if (weights != nullptr) {
        for (Size j = 0; j < d; ++j) rates[i * d + j] += weights[j];
    }
    rates[scene_->wide.width * d + i] += output;
}

void Lift::move_beside(const double* moves, std::vector<double>& rates) const {
    const Size count = parameters_beside(scene_->grouping.narrow);
    double* to = rates.data() + rates.size() - static_cast<std::size_t>(count);
    for (Size p = 0; p < count; ++p) to[p] += moves[p];
}

void Lift::move_group(const NeuronGroup& group, const double* weights, double output,
                      std::vector<double>& rates) const {
    for (std::size_t q = 0; q < group.members.size(); ++q) {
        const double share = group.kind == GroupKind::parent ? group.gamma[q] : (q == 0 ? 1.0 : 0.0);
        move_member(group, q, weights, share * output, rates);
    }
}

Witness Lift::follow(const Witness& witness, Size parent) const {
    Witness lifted(scene_->wide);
    lifted.order = witness.order;
    lifted.coefficient = witness.coefficient;
    lifted.curve = [lift = *this, base = witness.base, curve = witness.curve, parent](double epsilon) {
        const Scene& scene = *lift.scene_;
        Network moved = base;
        moved.parameters = curve(epsilon);
        for (std::size_t p = 0; p < moved.parameters.size(); ++p) moved.parameters[p] -= base.parameters[p];
        std::vector<double> rates = lift.no_rates();
        lift.move_beside(moved.parameters.data() + neuron_parameters(moved), rates);
        Size next = 0;
        for (const NeuronGroup& group : scene.grouping.groups) {
            if (next == moved.width) break;
            if (group.parent >= 0 && group.parent == parent) {
                for (std::size_t q = 0; q < group.members.size(); ++q, ++next)
                    lift.move_member(group, q, moved.weights(next), moved.output(next), rates);
            } else {
                lift.move_group(group, moved.weights(next), moved.output(next), rates);
                ++next;
            }
        }
        return scene.at(rates, 1.0);
    };
    return lifted;
}

Witness Lift::straight(std::vector<double> rates, double coefficient) const {
    Witness lifted(scene_->wide);
    lifted.order = 2;
    lifted.coefficient = coefficient;
    lifted.curve = [scene = scene_, rates = std::move(rates)](double epsilon) {
        return scene->at(rates, epsilon);
    };
    return lifted;
}

}  // namespace tepui
