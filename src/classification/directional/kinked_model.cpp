// The verdict on a point of a network of ReLU-like neurons of any layout: which rule decides (MATH.md section
// 9).
#include <algorithm>
#include <cmath>
#include <string>

#include "classification/directional/dual_bound.hpp"
#include "classification/directional/face_hessian.hpp"
#include "classification/directional/growing_neuron.hpp"
#include "classification/directional/idle_kinks.hpp"
#include "classification/directional/neuron_move.hpp"
#include "classification/directional/output_escape.hpp"
#include "classification/spectrum/hidden_slope.hpp"
#include "core/euclidean.hpp"
#include "core/rounding.hpp"

namespace tepui {
namespace {

void check(const Dataset& data, const Network& network) {
    if (!network.unit_activations.empty())
        throw Error(Status::unsupported,
                    "network has activations of single neurons, one of all is expected: its kinks are "
                    "judged with one pair of slopes");
    slopes_of(network.activation);
    if (!data.loss().convex())
        throw Error(Status::unsupported,
                    "dataset has a loss that is not declared convex, a convex one is expected of ReLU-like "
                    "networks: that kinks hold a point says nothing of others");
}

// The network with zeros in the place of decayed weights of neurons of which no more is left than rounding of
// the others' makes: at exact stationary points they are zero. Their other weights stay, but for such traces.
Network without_traces(const Dataset& data, const Network& given) {
    Network network = given;
    const std::vector<double> lambdas = decay_by_parameter(data, given);
    if (lambdas.empty()) return network;
    constexpr double kTrace = 16.0 * kEps;
    const Size each = given.inputs + given.output_count;
    const auto place = [&](Size i, Size q) {
        return static_cast<std::size_t>(q < given.inputs ? given.weight(i, q)
                                                         : given.coefficient(i, q - given.inputs));
    };
    std::vector<double> largest(static_cast<std::size_t>(each), 0.0);
    for (Size i = 0; i < given.width; ++i)
        for (Size q = 0; q < each; ++q)
            largest[q] = std::max(largest[q], std::abs(given.parameters[place(i, q)]));
    for (Size i = 0; i < given.width; ++i) {
        const auto trace = [&](Size q) {
            return std::abs(given.parameters[place(i, q)]) <= kTrace * largest[q];
        };
        bool gone = true;
        for (Size q = 0; q < each; ++q) gone = gone && (!(lambdas[place(i, q)] > 0.0) || trace(q));
        for (Size q = 0; q < each && gone; ++q)
            if (trace(q)) network.parameters[place(i, q)] = 0.0;
    }
    return network;
}

class Judge {
  public:
    Judge(const KinkedPoint& point, const Tolerances& tolerances, const DirectionalOptions& options,
          const Execution& execution, OutputsReport& report)
        : point_(point), tolerances_(tolerances), options_(options), execution_(execution), report_(report) {}

    void run() {
        execution_.enter("directional derivatives");
        derivatives_ = loss_derivatives(point_.data, point_.sums.residuals);
        const Size width = point_.network.width;
        for (Size i = 0; i < width; ++i) {
            add_neuron(i);
            execution_.report_or_throw("directional derivatives",
                                       static_cast<double>(i + 1) / static_cast<double>(width));
        }
        execution_.enter("witness");
        decide();
        add_witness();
    }

  private:
    // What counts as zero of a derivative by the coefficient of a feature. What decays does not run off where
    // nothing is left of the loss.
    double zero_slope_of(const CoefficientSlope& slope) const {
        if (point_.lambdas.empty())
            return zero_slope(point_.sums.loss, slope.magnitude, slope.rounding, tolerances_);
        return std::max(tolerances_.stationarity * slope.magnitude,
                        tolerances_.rounding_factor * slope.rounding);
    }

    void add_neuron(Size i) {
        OutputsNeuron neuron;
        neuron.kinks = static_cast<Size>(point_.sums.kinks[i].samples.size());
        for (Size o = 0; o < point_.outputs(); ++o) {
            const CoefficientSlope psi = coefficient_slope(point_, i, o);
            neuron.psi.push_back(psi.value);
            neuron.psi_tolerance.push_back(zero_slope_of(psi));
            neuron.psi_zero = neuron.psi_zero && std::abs(neuron.psi[o]) <= neuron.psi_tolerance[o];
        }
        forms_.push_back(neuron_forms(point_, i, tolerances_));
        apart_.push_back(false);
        const NeuronForms& forms = forms_.back();
        if (forms.sum.identically_zero()) {
            neuron.sign.answer = Answer::yes;
            neuron.sign.method = SignMethod::zero_output;
            neuron.sign.margin = 1.0;
        } else {
            neuron.sign = nonnegative(forms.sum, options_.sign);
        }
        if (neuron.sign.answer == Answer::no) {
            neuron.direction = neuron.sign.direction;
            for (const KinkForm& form : forms.outputs)
                neuron.derivatives.push_back(form.value(neuron.direction));
        } else {
            look_for_escape(i, forms, neuron);
        }
        report_.neurons.push_back(std::move(neuron));
    }

    // Under decay S = 0 along w_i though D_o is not: such neurons are no exception, the faces judge them.
    void look_for_escape(Size i, const NeuronForms& forms, OutputsNeuron& neuron) {
        if (!point_.decays(i))
            return find_escape(point_, derivatives_.bends, i, forms, options_.sign.budget, neuron);
        const auto zero = [](const KinkForm& form) { return form.identically_zero(); };
        if (std::all_of(forms.outputs.begin(), forms.outputs.end(), zero)) {
            neuron.escape = Answer::no;
        } else if (at_origin(point_, i)) {
            apart_[static_cast<std::size_t>(i)] = true;
        }
    }

    void decide() {
        const auto steep = [](const OutputsNeuron& n) { return !n.psi_zero; };
        const auto refused = [](const OutputsNeuron& n) { return n.sign.answer == Answer::no; };
        const auto open = [](const OutputsNeuron& n) { return n.sign.answer == Answer::undetermined; };
        const auto falls = [](const OutputsNeuron& n) {
            return n.escape == Answer::yes && n.curvature < 0.0;
        };
        const auto escapes = [](const OutputsNeuron& n) { return n.escape == Answer::yes; };
        const auto unknown = [](const OutputsNeuron& n) { return n.escape == Answer::undetermined; };
        if (settle(steep, Verdict::not_stationary, OutputsRule::output_derivative)) return;
        if (settle(refused, Verdict::not_stationary, OutputsRule::descent_direction)) return;
        if (pulled_beside()) return finish(Verdict::not_stationary, OutputsRule::beside_neurons);
        if (settle(open, Verdict::undetermined, OutputsRule::undecided)) return;
        if (settle(falls, Verdict::saddle, OutputsRule::escape_falls)) return;
        if (grows()) return;
        if (std::any_of(report_.neurons.begin(), report_.neurons.end(),
                        [](const OutputsNeuron& n) { return n.escape != Answer::no; }) &&
            judge_faces())
            return;
        if (settle(escapes, Verdict::undetermined, OutputsRule::escape_open)) return;
        if (decayed()) return settle_decayed();
        if (settle(unknown, Verdict::undetermined, OutputsRule::undecided)) return;
        if (is_let_go(point_, forms_, tolerances_, execution_))
            return finish(Verdict::undetermined, OutputsRule::samples_let_go);
        finish(Verdict::local_minimum, OutputsRule::no_escape_neuron);
    }

    // Whether a neuron is open that decay pulls at.
    bool decayed() const {
        for (std::size_t i = 0; i < report_.neurons.size(); ++i)
            if (report_.neurons[i].escape == Answer::undetermined && point_.decays(static_cast<Size>(i)))
                return true;
        return false;
    }
    void settle_decayed() {
        if (every_neuron_is_held(point_, PullField(point_, derivatives_.pulls), tolerances_))
            return finish(Verdict::local_minimum, OutputsRule::dual_minimum);
        report_.deciding_neuron = first_apart();
        finish(Verdict::undetermined,
               report_.deciding_neuron < 0 ? OutputsRule::face_open : OutputsRule::decayed_neuron_open);
    }
    Size first_apart() const {
        const auto found = std::find(apart_.begin(), apart_.end(), true);
        return found == apart_.end() ? -1 : found - apart_.begin();
    }
    // All neurons at the origin are alike.
    bool grows() {
        const Size i = first_apart();
        if (i < 0) return false;
        const PullField field(point_, derivatives_.pulls);
        const std::optional<Growth> growth = find_growth(point_, field, i, tolerances_);
        if (!growth) return false;
        Witness witness = neuron_witness(point_, i, growth->v, growth->b, 2, growth->coefficient);
        if (!witness.descends()) return false;
        OutputsNeuron& neuron = report_.neurons[static_cast<std::size_t>(i)];
        neuron.direction = growth->v;
        neuron.derivatives = field.value(growth->v);
        neuron.outputs = growth->b;
        neuron.curvature = growth->coefficient;
        report_.witness = std::move(witness);
        report_.deciding_neuron = i;
        finish(Verdict::saddle, OutputsRule::decayed_neuron_grows);
        return true;
    }

    void finish(Verdict verdict, OutputsRule rule) {
        report_.verdict = verdict;
        report_.rule = rule;
    }
    // The first neuron of the kind decides.
    template <class Property>
    bool settle(Property&& has, Verdict verdict, OutputsRule rule) {
        const auto found = std::find_if(report_.neurons.begin(), report_.neurons.end(), has);
        if (found == report_.neurons.end()) return false;
        finish(verdict, rule);
        report_.deciding_neuron = found - report_.neurons.begin();
        return true;
    }
    // By what is beside the neurons.
    bool pulled_beside() const {
        for (Size q = point_.network.width; q < point_.network.features(); ++q) {
            for (Size o = 0; o < point_.outputs(); ++o) {
                const CoefficientSlope slope = coefficient_slope(point_, q, o);
                if (std::abs(slope.value) > zero_slope_of(slope)) return true;
            }
        }
        return false;
    }

    bool judge_faces() {
        std::optional<FaceVerdict> face = judge_on_faces(point_, forms_, apart_, tolerances_, execution_);
        if (!face) return false;
        report_.face = face->report;
        if (face->witness) {
            report_.witness = std::move(face->witness);
            finish(Verdict::saddle, OutputsRule::face_falls);
            return true;
        }
        if (!face->minimum || first_apart() >= 0) return false;
        finish(Verdict::local_minimum, OutputsRule::face_minimum);
        return true;
    }

    void add_witness() {
        if (report_.rule == OutputsRule::beside_neurons) return add_witness_beside();
        if (report_.deciding_neuron < 0) return;
        const Size i = report_.deciding_neuron;
        const OutputsNeuron& neuron = report_.neurons[i];
        const std::vector<double> still(static_cast<std::size_t>(point_.network.inputs), 0.0);
        std::vector<double> b(neuron.psi.size(), 0.0);
        if (report_.rule == OutputsRule::output_derivative) {
            // Of the squared loss the exact minimum over the output weights is at epsilon = 1.
            const double squares =
                feature_square(point_, i) + point_.lambda(point_.network.coefficient(i, 0));
            for (std::size_t o = 0; o < b.size(); ++o)
                b[o] = squares > 0.0 ? -neuron.psi[o] / squares : -neuron.psi[o];
            report_.witness = neuron_witness(point_, i, still, b, 1, dot(neuron.psi, b));
        } else if (report_.rule == OutputsRule::descent_direction) {
            report_.witness = neuron_witness(point_, i, neuron.direction, b, 1, neuron.sign.value);
        } else if (report_.rule == OutputsRule::escape_falls) {
            report_.witness =
                neuron_witness(point_, i, neuron.direction, neuron.outputs, 2, neuron.curvature);
        }
    }
    // Down the derivatives by output biases and skip connections, each in the units of its terms.
    void add_witness_beside() {
        const Layout& layout = point_.network;
        std::vector<double> direction(static_cast<std::size_t>(layout.parameter_count()), 0.0);
        double slope = 0.0;
        for (Size q = layout.width; q < layout.features(); ++q) {
            for (Size o = 0; o < layout.output_count; ++o) {
                const CoefficientSlope at = coefficient_slope(point_, q, o);
                if (!(at.magnitude > 0.0)) continue;
                const double step = -at.value / at.magnitude / at.magnitude;
                direction[layout.coefficient(q, o)] = step;
                slope += step * at.value;
            }
        }
        report_.witness = line_witness(point_, std::move(direction), 1, slope);
    }

    const KinkedPoint& point_;
    const Tolerances& tolerances_;
    const DirectionalOptions& options_;
    const Execution& execution_;
    OutputsReport& report_;
    LossDerivatives derivatives_;
    std::vector<NeuronForms> forms_;
    std::vector<bool> apart_;  // neurons at the origin that samples pull at
};

}  // namespace

OutputsReport classify_kinked_model(const Dataset& data, const Network& given, const Tolerances& tolerances,
                                    const DirectionalOptions& options, const Execution& execution) {
    check(data, given);
    KinkOptions kinks = options.kinks;
    kinks.residuals = true;
    execution.enter("sums");
    const Network network = without_traces(data, given);
    const KinkValue sums = kink_sums(data, network, kinks, execution);
    const double decay = data.decay().value(network, network.parameters);
    OutputsReport report;
    report.loss = sums.loss.loss + decay;
    report.kink_tolerance = sums.tolerance;
    if (data.loss().zero_is_least() && decay == 0.0 &&
        report.loss <= tolerances.zero_loss_factor * sums.loss.rounding_loss) {
        report.verdict = Verdict::local_minimum;
        report.rule = OutputsRule::zero_loss;
        return report;
    }
    const KinkedPoint point{data, network, sums};
    Judge(point, tolerances, options, execution, report).run();
    if (report.verdict != Verdict::undetermined || options.kinks.exact != nullptr) return report;
    const std::optional<Network> beside = off_idle_kinks(point);
    if (!beside) return report;
    OutputsReport there = report;
    there.neurons.clear();
    const KinkValue left = kink_sums(data, *beside, kinks, execution);
    Judge(KinkedPoint{data, *beside, left}, tolerances, options, execution, there).run();
    return there.verdict == Verdict::local_minimum ? there : report;
}

}  // namespace tepui
