// The verdict on a point of a network of ReLU-like neurons of any layout: which rule decides (MATH.md section
// 9).
#include <algorithm>
#include <cmath>
#include <string>

#include "classification/directional/face_hessian.hpp"
#include "classification/directional/neuron_move.hpp"
#include "classification/directional/output_escape.hpp"
#include "core/euclidean.hpp"

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
    if (!data.decay().none())
        throw Error(
            Status::unsupported,
            "dataset has weight decay, none is expected of ReLU-like networks: it holds weights where "
            "kinks and samples do not, and the theorems speak of these alone");
}

// What counts as zero of a derivative by the output weight at this place.
double psi_tolerance(const KinkValue& sums, const Tolerances& tolerances, Size at) {
    return std::max(tolerances.stationarity * sums.psi_magnitude[at],
                    tolerances.rounding_factor * sums.psi_rounding[at]);
}

class Judge {
  public:
    Judge(const KinkedPoint& point, const Tolerances& tolerances, const DirectionalOptions& options,
          const Execution& execution, OutputsReport& report)
        : point_(point), tolerances_(tolerances), options_(options), execution_(execution), report_(report) {}

    void run() {
        execution_.enter("directional derivatives");
        bends_ = loss_derivatives(point_.data, point_.sums.residuals).bends;
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
    void add_neuron(Size i) {
        OutputsNeuron neuron;
        neuron.kinks = static_cast<Size>(point_.sums.kinks[i].samples.size());
        for (Size o = 0; o < point_.outputs(); ++o) {
            const Size at = point_.sums.row(i, o);
            neuron.psi.push_back(point_.sums.psi[at]);
            neuron.psi_tolerance.push_back(psi_tolerance(point_.sums, tolerances_, at));
            neuron.psi_zero = neuron.psi_zero && std::abs(neuron.psi[o]) <= neuron.psi_tolerance[o];
        }
        forms_.push_back(neuron_forms(point_, i, tolerances_));
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
            find_escape(point_, bends_, i, forms, options_.sign.budget, neuron);
        }
        report_.neurons.push_back(std::move(neuron));
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
        if (std::any_of(report_.neurons.begin(), report_.neurons.end(),
                        [](const OutputsNeuron& n) { return n.escape != Answer::no; }) &&
            judge_faces())
            return;
        if (settle(escapes, Verdict::undetermined, OutputsRule::escape_open)) return;
        if (settle(unknown, Verdict::undetermined, OutputsRule::undecided)) return;
        finish(Verdict::local_minimum, OutputsRule::no_escape_neuron);
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
        const KinkValue& sums = point_.sums;
        for (Size at = point_.network.width * point_.outputs(); at < static_cast<Size>(sums.psi.size()); ++at)
            if (std::abs(sums.psi[at]) > psi_tolerance(sums, tolerances_, at)) return true;
        return false;
    }

    bool judge_faces() {
        std::optional<FaceVerdict> face = judge_on_faces(point_, forms_, tolerances_, execution_);
        if (!face) return false;
        report_.face = face->report;
        if (face->witness) {
            report_.witness = std::move(face->witness);
            finish(Verdict::saddle, OutputsRule::face_falls);
            return true;
        }
        if (!face->minimum) return false;
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
            const double squares = feature_square(point_, i);
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
        const KinkValue& sums = point_.sums;
        const Layout& layout = point_.network;
        std::vector<double> direction(static_cast<std::size_t>(layout.parameter_count()), 0.0);
        double slope = 0.0;
        for (Size q = layout.width; q < layout.features(); ++q) {
            for (Size o = 0; o < layout.output_count; ++o) {
                const Size at = q * layout.output_count + o;
                const double size = sums.psi_magnitude[at];
                if (!(size > 0.0)) continue;
                const double step = -sums.psi[at] / size / size;
                direction[layout.coefficient(q, o)] = step;
                slope += step * sums.psi[at];
            }
        }
        report_.witness = line_witness(point_, std::move(direction), 1, slope);
    }

    const KinkedPoint& point_;
    const Tolerances& tolerances_;
    const DirectionalOptions& options_;
    const Execution& execution_;
    OutputsReport& report_;
    std::vector<double> bends_;
    std::vector<NeuronForms> forms_;
};

}  // namespace

OutputsReport classify_kinked_model(const Dataset& data, const Network& network, const Tolerances& tolerances,
                                    const DirectionalOptions& options, const Execution& execution) {
    check(data, network);
    KinkOptions kinks = options.kinks;
    kinks.residuals = true;
    execution.enter("sums");
    const KinkValue sums = kink_sums(data, network, kinks, execution);
    OutputsReport report;
    report.loss = sums.loss.loss;
    report.kink_tolerance = sums.tolerance;
    if (data.loss().zero_is_least() && report.loss <= tolerances.zero_loss_factor * sums.loss.rounding_loss) {
        report.verdict = Verdict::local_minimum;
        report.rule = OutputsRule::zero_loss;
        return report;
    }
    Judge(KinkedPoint{data, network, sums}, tolerances, options, execution, report).run();
    return report;
}

}  // namespace tepui
