#include "classification/directional/several_outputs.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "classification/directional/basis.hpp"
#include "classification/directional/neuron_move.hpp"

namespace tepui {
namespace {

void check(std::span<const Dataset* const> data, std::span<const Network> networks) {
    if (data.empty() || data.size() != networks.size()) {
        throw Error(Status::invalid_size, std::to_string(data.size()) + " data sets and " +
                                              std::to_string(networks.size()) +
                                              " networks, expected one of each for every output");
    }
    for (std::size_t j = 1; j < data.size(); ++j) {
        const Network &one = networks[0], &other = networks[j];
        const auto hidden = one.parameters.begin() + one.width * one.inputs;
        if (other.width != one.width || other.inputs != one.inputs ||
            data[j]->samples() != data[0]->samples() ||
            !std::equal(one.parameters.begin(), hidden, other.parameters.begin())) {
            throw Error(Status::invalid_value,
                        "output " + std::to_string(j) + " has other samples or hidden weights than output 0");
        }
    }
}

// sum_j a_j forms_j; the kinks of all of them, each once: the same inputs have the same rows.
KinkForm combined(const std::vector<KinkForm>& forms, const std::vector<double>& a) {
    KinkForm sum;
    const Size d = forms.front().dimension();
    sum.slope.assign(static_cast<std::size_t>(d), 0.0);
    sum.slope_magnitude = sum.slope_tolerance = sum.slope;
    std::vector<const double*> rows;
    for (std::size_t j = 0; j < forms.size(); ++j) {
        const KinkForm& form = forms[j];
        const double size = std::abs(a[j]);
        for (Size l = 0; l < d; ++l) {
            sum.slope[l] += a[j] * form.slope[l];
            sum.slope_magnitude[l] += size * form.slope_magnitude[l];
            sum.slope_tolerance[l] += size * form.slope_tolerance[l];
        }
        for (Size g = 0; g < form.kinks(); ++g) {
            const double* u = form.inputs.row(g);
            const auto found = std::find_if(rows.begin(), rows.end(),
                                            [&](const double* row) { return std::equal(u, u + d, row); });
            const std::size_t at = static_cast<std::size_t>(found - rows.begin());
            if (found == rows.end()) {
                rows.push_back(u);
                sum.coefficients.push_back(0.0);
                sum.coefficient_tolerance.push_back(0.0);
            }
            sum.coefficients[at] += a[j] * form.coefficients[g];
            sum.coefficient_tolerance[at] += size * form.coefficient_tolerance[g];
        }
    }
    sum.inputs = Matrix(static_cast<Size>(rows.size()), d);
    for (std::size_t g = 0; g < rows.size(); ++g)
        std::copy_n(rows[g], d, sum.inputs.row(static_cast<Size>(g)));
    return sum;
}

// The least coefficient of epsilon^2 along dw = epsilon v, da_j = epsilon b_j, S(v) being zero:
//     sum_j [b_j D_j + (a_j^2 P + 2 a_j b_j R + b_j^2 Q) / 2],
// P = sum s t^2, R = sum s t u, Q = sum s u^2, u = sigma(w . x) and t its one-sided derivative along v.
class SecondOrder {
  public:
    SecondOrder(const Dataset& data, const Network& network, const KinkValue& sums, Size neuron)
        : data_(data), network_(network), sums_(sums), neuron_(neuron) {}

    double least(const std::vector<double>& v, const std::vector<double>& a, const std::vector<double>& d,
                 std::vector<double>& b) const {
        double p = 0.0, r = 0.0, q = 0.0;
        moments(v, p, r, q);
        double sum = 0.0;
        b.assign(a.size(), 0.0);
        for (std::size_t j = 0; j < a.size(); ++j) {
            const double force = d[j] + a[j] * r;
            // Without features at all b is free: as large as it takes.
            if (q > 0.0) {
                b[j] = -force / q;
            } else if (d[j] != 0.0) {
                b[j] = -(a[j] * a[j] * p + 1.0) * static_cast<double>(a.size()) / d[j];
            }
            sum += b[j] * force + 0.5 * (a[j] * a[j] * p + b[j] * b[j] * q);
        }
        return sum;
    }

  private:
    void moments(const std::vector<double>& v, double& p, double& r, double& q) const {
        const std::vector<Size>& kinks = sums_.kinks[static_cast<std::size_t>(neuron_)].samples;
        const Slopes& slopes = sums_.slopes;
        constexpr Size kBlock = 256;
        const Size d = data_.inputs();
        std::vector<double> block(static_cast<std::size_t>(kBlock * d));
        auto kink = kinks.begin();
        for (Size k = 0; k < data_.samples(); ++k) {
            if (k % kBlock == 0) data_.rows(k, std::min(kBlock, data_.samples() - k), block.data());
            const double* x = block.data() + (k % kBlock) * d;
            const bool inside = kink != kinks.end() && *kink == k;
            if (inside) ++kink;
            double z = 0.0, t = 0.0;
            for (Size j = 0; j < d; ++j) {
                z += network_.weights(neuron_)[j] * x[j];
                t += v[j] * x[j];
            }
            if (inside) z = 0.0;
            const double side = inside ? t : z, slope = side >= 0.0 ? slopes.above : slopes.below;
            const double s = data_.weight(k), u = slope * z;
            p += s * slope * t * slope * t;
            r += s * slope * t * u;
            q += s * u * u;
        }
    }

    const Dataset& data_;
    const Network& network_;
    const KinkValue& sums_;
    Size neuron_;
};

// Directions that suffice to tell whether S = 0 implies D_j = 0: the rays of the arrangement of all kinks and
// what is orthogonal to them, every form being linear on each cone between them. Empty: beyond the budget.
class Generators {
  public:
    Generators(const KinkForm& form, Size budget) : form_(form), budget_(budget) {}

    std::optional<std::vector<std::vector<double>>> all() {
        const Size d = form_.dimension(), kinks = form_.kinks();
        units_ = Matrix(kinks, d);
        GrowingBasis span(d), whole(d);
        for (Size g = 0; g < kinks; ++g) {
            double length = 0.0;
            for (Size j = 0; j < d; ++j) length = std::hypot(length, form_.inputs(g, j));
            for (Size j = 0; j < d; ++j) units_(g, j) = form_.inputs(g, j) / length;
            span.add(row(g));
        }
        rank_ = span.size();
        GrowingBasis rest = span;  // lines orthogonal to the span
        for (Size j = 0; j < d; ++j) {
            std::vector<double> e(static_cast<std::size_t>(d), 0.0);
            e[static_cast<std::size_t>(j)] = 1.0;
            std::vector<double> left = rest.remainder(e);
            if (rest.add(e)) add_both(std::move(left));
        }
        if (rank_ > 0) {
            GrowingBasis chosen(d);
            grow(0, chosen);
        }
        if (exceeded_) return std::nullopt;
        return std::move(found_);
    }

  private:
    std::span<const double> row(Size g) const {
        return {units_.row(g), static_cast<std::size_t>(units_.cols())};
    }
    void add_both(std::vector<double> v) {
        double length = 0.0;
        for (const double c : v) length = std::hypot(length, c);
        for (double& c : v) c /= length;
        found_.push_back(v);
        for (double& c : v) c = -c;
        found_.push_back(std::move(v));
    }
    void grow(Size first, GrowingBasis& chosen) {
        if (exceeded_) return;
        if (chosen.size() == rank_ - 1) {
            exceeded_ = --budget_ < 0;
            std::vector<double> best;
            double longest = 0.0;
            for (Size g = 0; g < form_.kinks(); ++g) {
                std::vector<double> left = chosen.remainder(row(g));
                double length = 0.0;
                for (const double c : left) length = std::hypot(length, c);
                if (length > longest) {
                    longest = length;
                    best = std::move(left);
                }
            }
            add_both(std::move(best));
            return;
        }
        for (Size g = first; g < form_.kinks(); ++g) {
            if (!chosen.add(row(g))) continue;
            grow(g + 1, chosen);
            chosen.pop();
        }
    }

    const KinkForm& form_;
    Size budget_;
    Size rank_ = 0;
    bool exceeded_ = false;
    Matrix units_;
    std::vector<std::vector<double>> found_;
};

// Looks for v with S(v) = 0 and D_j(v) != 0; of those found the one along which the loss falls most.
void find_escape(const std::vector<KinkForm>& forms, const KinkForm& sum, const std::vector<double>& a,
                 const SecondOrder& second, Size budget, OutputsNeuron& neuron) {
    const bool silent =
        std::all_of(forms.begin(), forms.end(), [](const KinkForm& form) { return form.identically_zero(); });
    if (silent) {
        neuron.escape = Answer::no;
        return;
    }
    std::vector<std::vector<double>> directions;
    const bool idle = std::all_of(a.begin(), a.end(), [](double value) { return value == 0.0; });
    if (idle) {  // S = 0: any direction that shows some D_j
        for (const KinkForm& form : forms) {
            if (form.identically_zero()) continue;
            std::vector<double> v = nonzero_direction(form);
            if (!v.empty()) directions.push_back(std::move(v));
        }
    } else {
        // Kinks of every output count, whatever they sum to in S.
        std::optional<std::vector<std::vector<double>>> generators =
            Generators(combined(forms, std::vector<double>(forms.size(), 1.0)), budget).all();
        if (!generators) return;
        directions = std::move(*generators);
    }
    neuron.escape = idle ? Answer::yes : Answer::no;
    for (const std::vector<double>& v : directions) {
        if (!idle && std::abs(sum.value(v)) > sum.tolerance(v)) continue;
        std::vector<double> derivatives, b;
        bool moves = false;
        for (const KinkForm& form : forms) {
            const double value = form.value(v);
            const bool clear = std::abs(value) > form.tolerance(v);
            derivatives.push_back(clear ? value : 0.0);
            moves = moves || clear;
        }
        if (!moves) continue;
        const double curvature = second.least(v, a, derivatives, b);
        if (neuron.escape == Answer::yes && !neuron.direction.empty() && curvature >= neuron.curvature)
            continue;
        neuron.escape = Answer::yes;
        neuron.direction = v;
        neuron.curvature = curvature;
        neuron.outputs = b;
    }
}

void judge(OutputsReport& report) {
    const auto first = [&](auto&& has) {
        for (std::size_t i = 0; i < report.neurons.size(); ++i) {
            if (has(report.neurons[i])) return static_cast<Size>(i);
        }
        return Size{-1};
    };
    const auto set = [&](Verdict verdict, OutputsRule rule, Size neuron) {
        report.verdict = verdict;
        report.rule = rule;
        report.deciding_neuron = neuron;
    };
    if (const Size i = first([](const OutputsNeuron& n) { return !n.psi_zero; }); i >= 0) {
        return set(Verdict::not_stationary, OutputsRule::output_derivative, i);
    }
    if (const Size i = first([](const OutputsNeuron& n) { return n.sign.answer == Answer::no; }); i >= 0) {
        return set(Verdict::not_stationary, OutputsRule::descent_direction, i);
    }
    if (const Size i = first([](const OutputsNeuron& n) { return n.sign.answer == Answer::undetermined; });
        i >= 0) {
        return set(Verdict::undetermined, OutputsRule::undecided, i);
    }
    const auto falls = [](const OutputsNeuron& n) { return n.escape == Answer::yes && n.curvature < 0.0; };
    if (const Size i = first(falls); i >= 0) return set(Verdict::saddle, OutputsRule::escape_falls, i);
    if (const Size i = first([](const OutputsNeuron& n) { return n.escape == Answer::yes; }); i >= 0) {
        return set(Verdict::undetermined, OutputsRule::escape_open, i);
    }
    if (const Size i = first([](const OutputsNeuron& n) { return n.escape == Answer::undetermined; });
        i >= 0) {
        return set(Verdict::undetermined, OutputsRule::undecided, i);
    }
    set(Verdict::local_minimum, OutputsRule::no_escape_neuron, -1);
}

}  // namespace

std::string_view outputs_rule_name(OutputsRule rule) {
    switch (rule) {
        case OutputsRule::zero_loss:
            return "zero_loss";
        case OutputsRule::output_derivative:
            return "output_derivative";
        case OutputsRule::descent_direction:
            return "descent_direction";
        case OutputsRule::no_escape_neuron:
            return "no_escape_neuron";
        case OutputsRule::escape_falls:
            return "escape_falls";
        case OutputsRule::escape_open:
            return "escape_open";
        case OutputsRule::undecided:
            return "undecided";
    }
    return "unknown";
}

OutputsReport classify_several_outputs(std::span<const Dataset* const> data,
                                       std::span<const Network> networks, const Tolerances& tolerances,
                                       const DirectionalOptions& options, const Execution& execution) {
    check(data, networks);
    std::vector<KinkValue> sums;
    double rounding = 0.0;
    OutputsReport report;
    for (std::size_t j = 0; j < data.size(); ++j) {
        sums.push_back(kink_sums(*data[j], networks[j], options.kinks, execution));
        report.loss += sums.back().loss.loss;
        rounding += sums.back().loss.rounding_loss;
    }
    if (report.loss <= tolerances.zero_loss_factor * rounding) {
        report.verdict = Verdict::local_minimum;
        report.rule = OutputsRule::zero_loss;
        return report;
    }
    for (Size i = 0; i < networks[0].width; ++i) {
        OutputsNeuron neuron;
        std::vector<KinkForm> forms;
        std::vector<double> a;
        for (std::size_t j = 0; j < data.size(); ++j) {
            const double allowed =
                std::max(tolerances.stationarity * sums[j].psi_magnitude[i], 4.0 * sums[j].psi_rounding[i]);
            neuron.psi_zero = neuron.psi_zero && std::abs(sums[j].psi[i]) <= allowed;
            a.push_back(networks[j].output(i));
            forms.push_back(directional_form(*data[j], sums[j], i, tolerances.stationarity));
        }
        const KinkForm sum = combined(forms, a);
        if (sum.identically_zero()) {
            neuron.sign.answer = Answer::yes;
            neuron.sign.method = SignMethod::zero_output;
            neuron.sign.margin = 1.0;
        } else {
            neuron.sign = nonnegative(sum, options.sign);
        }
        if (neuron.sign.answer == Answer::no) {
            neuron.direction = neuron.sign.direction;
        } else {
            find_escape(forms, sum, a, SecondOrder(*data[0], networks[0], sums[0], i), options.sign.budget,
                        neuron);
        }
        report.neurons.push_back(std::move(neuron));
    }
    judge(report);
    return report;
}

}  // namespace tepui
