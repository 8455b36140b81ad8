#include "solve/ends/growing_outputs.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/euclidean.hpp"
#include "solve/ends/sample_pulls.hpp"

namespace tepui {
namespace {

// Of the absolute terms of a difference of outputs, or of a slope: less may be rounding.
constexpr double kClear = 1e-9, kClearSlope = 1e-6;
// Of a weight vector: a part of it that is less is rounding.
constexpr double kBeyond = 1e-9;

// Classes that samples see together.
class Blocks {
  public:
    explicit Blocks(Size classes) : of_(std::size_t(classes)) { std::iota(of_.begin(), of_.end(), Size(0)); }
    void join(const ClassesLeft& left, Size k) {
        Size first = -1;
        for (Size o = 0; o < left.classes; ++o) {
            if (!left.at(k, o)) continue;
            if (first < 0) first = o;
            const Size from = of_[std::size_t(o)], to = of_[std::size_t(first)];
            std::replace(of_.begin(), of_.end(), from, to);
        }
    }
    // Each value by the mean over its block.
    void average(double* values) const {
        for (Size block = 0; block < Size(of_.size()); ++block) {
            double sum = 0.0, members = 0.0;
            for (std::size_t o = 0; o < of_.size(); ++o) {
                if (of_[o] != block) continue;
                sum += values[o];
                members += 1.0;
            }
            for (std::size_t o = 0; o < of_.size() && members > 1.0; ++o)
                if (of_[o] == block) values[o] = sum / members;
        }
        if (std::all_of(of_.begin(), of_.end(), [&](Size of) { return of == of_[0]; }))
            std::fill_n(values, of_.size(), 0.0);
    }

  private:
    std::vector<Size> of_;
};

}  // namespace

GrowingOutputs::GrowingOutputs(const Dataset& data, const SampleInputs& inputs, const ActivePoint& point,
                               const std::vector<Size>& labels)
    : data_(data),
      inputs_(inputs),
      point_(point),
      labels_(labels),
      left_(data.samples(), std::max<Size>(data.outputs(), 2)),
      beyond_(point.network.width, point.network.inputs) {}

bool GrowingOutputs::find(double idle) {
    left_ = ClassesLeft(data_.samples(), left_.classes);
    for (Size k = 0; k < data_.samples(); ++k) {
        if (labels_[k] < 0) continue;
        const std::vector<double> share = shares(k);
        for (Size o = 0; o < left_.classes; ++o)
            if (o != labels_[k] && share[std::size_t(o)] <= idle) left_.leave(k, o);
    }
    return settle();
}

bool GrowingOutputs::take(const ClassesLeft& left, const Matrix& beyond) {
    left_ = left;
    beyond_ = beyond.copy();
    find_growth();
    for (Size k = 0; k < data_.samples(); ++k)
        for (Size o = 0; o < left_.classes; ++o)
            if (!left_.at(k, o) && !(lead(k, o).first > 0.0)) return false;
    return kinks_hold();
}

// Takes back what is not left behind, until all of it is.
bool GrowingOutputs::settle() {
    for (bool changed = true; changed;) {
        changed = false;
        find_beyond();
        find_growth();
        const ClassesLeft before = left_;
        for (Size k = 0; k < data_.samples(); ++k) {
            for (Size o = 0; o < left_.classes; ++o) {
                if (before.at(k, o) || lead(k, o).first > 0.0) continue;
                left_.take_back(k, o);
                changed = true;
            }
        }
    }
    return std::find(left_.of.begin(), left_.of.end(), false) != left_.of.end();
}

void GrowingOutputs::find_beyond() {
    const Network& network = point_.network;
    std::vector<Size> counting;
    for (Size k = 0; k < data_.samples(); ++k)
        if (data_.weight(k) > 0.0 && left_.counts(k)) counting.push_back(k);
    unseen_ = span_of(inputs_, counting).complement;
    beyond_ = Matrix(network.width, network.inputs);
    for (Size i = 0; i < network.width; ++i) {
        const std::span<const double> w(network.weights(i), std::size_t(network.inputs));
        const std::vector<double> part = part_in(unseen_, w.data());
        if (norm_of(part) > kBeyond * norm_of(w)) std::copy(part.begin(), part.end(), beyond_.row(i));
    }
}

void GrowingOutputs::find_growth() {
    find_motion();
    const Size inputs = point_.network.inputs;
    z_beyond_ = Matrix(beyond_.rows(), data_.samples());
    for (Size i = 0; i < beyond_.rows(); ++i) {
        for (Size k = 0; k < data_.samples(); ++k) {
            double z = 0.0, terms = 0.0;
            for (Size j = 0; j < inputs; ++j) {
                const double term = beyond_(i, j) * inputs_.h(k, j);
                z += term;
                terms += std::abs(term);
            }
            z_beyond_(i, k) = std::abs(z) > kClear * terms ? z : 0.0;
        }
    }
}

// What of the coefficients is the same in all classes that a sample sees together.
void GrowingOutputs::find_motion() {
    const Network& network = point_.network;
    const Size features = network.width + (network.output_bias ? 1 : 0);
    motion_ = Matrix(features, left_.classes);
    for (Size q = 0; q < features; ++q) {
        Blocks blocks(left_.classes);
        for (Size k = 0; k < data_.samples(); ++k) {
            const bool at_kink = q < network.width && point_.sums.slopes.below != 0.0 && is_kink(q, k);
            if (data_.weight(k) > 0.0 && (at_kink || feature(q, k) != 0.0)) blocks.join(left_, k);
        }
        for (Size o = 0; o < left_.classes; ++o) motion_(q, o) = coefficient(q, o);
        blocks.average(motion_.row(q));
    }
}

// A sample at the kink of a neuron that grows is to be held ever more firmly, or not to feel it.
bool GrowingOutputs::kinks_hold() const {
    for (Size i = 0; i < point_.network.width; ++i) {
        for (const Size k : point_.sums.kinks[i].samples) {
            if (!(data_.weight(k) > 0.0) || !left_.counts(k)) continue;
            const std::vector<double> share = shares(k);
            double slope = 0.0, terms = 0.0, low = HUGE_VAL, high = -HUGE_VAL;
            for (Size o = 0; o < left_.classes; ++o) {
                if (!left_.at(k, o)) continue;
                const double target = labels_[k] < 0 ? target_of(k, o) : o == labels_[k] ? 1.0 : 0.0;
                const double term = motion_(i, o) * (share[std::size_t(o)] - target);
                slope += term;
                terms += std::abs(term);
                low = std::min(low, motion_(i, o));
                high = std::max(high, motion_(i, o));
            }
            const double size = std::max(std::abs(low), std::abs(high));
            if (high - low > kClear * size && !(slope > kClearSlope * terms)) return false;
        }
    }
    return true;
}

bool GrowingOutputs::is_kink(Size i, Size k) const {
    const std::vector<Size>& kinks = point_.sums.kinks[i].samples;
    return std::binary_search(kinks.begin(), kinks.end(), k);
}

double GrowingOutputs::sigma(double z) const {
    return z * (z >= 0.0 ? point_.sums.slopes.above : point_.sums.slopes.below);
}

double GrowingOutputs::feature(Size q, Size k) const {
    return q < point_.network.width ? sigma(point_.z(q, k)) : 1.0;
}

// Of one output, class 1 has it.
double GrowingOutputs::coefficient(Size q, Size o) const {
    const Network& network = point_.network;
    if (network.output_count > 1) return network.parameters[network.coefficient(q, o)];
    return o == 1 ? network.parameters[network.coefficient(q, 0)] : 0.0;
}

double GrowingOutputs::target_of(Size k, Size o) const {
    if (data_.outputs() > 1) return data_.target(k, o);
    return o == 1 ? data_.target(k, 0) : 1.0 - data_.target(k, 0);
}

// Of the classes left, 0 of the others.
std::vector<double> GrowingOutputs::shares(Size k) const {
    const Size outputs = data_.outputs();
    std::vector<double> result(std::size_t(left_.classes), 0.0);
    const auto output = [&](Size o) {
        if (outputs == 1 && o == 0) return 0.0;
        const Size at = k * outputs + (outputs == 1 ? 0 : o);
        return point_.sums.residuals[std::size_t(at)] + data_.target(k, outputs == 1 ? 0 : o);
    };
    double top = -HUGE_VAL, sum = 0.0;
    for (Size o = 0; o < left_.classes; ++o)
        if (left_.at(k, o)) top = std::max(top, output(o));
    for (Size o = 0; o < left_.classes; ++o)
        if (left_.at(k, o)) sum += result[std::size_t(o)] = std::exp(output(o) - top);
    for (double& share : result) share /= sum;
    return result;
}

bool GrowingOutputs::grows(Size feature) const {
    for (Size o = 0; o < left_.classes; ++o)
        if (motion_(feature, o) != 0.0) return true;
    return false;
}

// How far the motion brings the sample's class above another: the least beyond rounding, and as computed.
std::pair<double, double> GrowingOutputs::lead(Size k, Size o) const {
    const Network& network = point_.network;
    double sum = 0.0, terms = 0.0;
    const auto add = [&](double of, double value) {
        sum += of * value;
        terms += std::abs(of * value);
    };
    const Size label = labels_[k];
    for (Size q = 0; q < motion_.rows(); ++q) {
        if (grows(q)) {
            add(motion_(q, label) - motion_(q, o), feature(q, k));
        } else if (q < network.width) {
            add(class_lead(network, q, label, o), sigma(z_beyond_(q, k)));
        }
    }
    return {sum - kClear * terms, sum};
}

Separation GrowingOutputs::separation() const {
    const Network& network = point_.network;
    const Size outputs = network.output_count;
    Separation result;
    result.group.assign(std::size_t(left_.classes), 0);
    result.direction.assign(std::size_t(network.features() * outputs), 0.0);
    for (Size q = 0; q < motion_.rows(); ++q)
        for (Size o = 0; o < outputs; ++o)
            result.direction[std::size_t(q * outputs + o)] =
                outputs > 1 ? motion_(q, o) : motion_(q, 1) - motion_(q, 0);
    result.hidden.assign(std::size_t(network.width * network.inputs), 0.0);
    for (Size i = 0; i < network.width; ++i)
        if (!grows(i))
            std::copy_n(beyond_.row(i), network.inputs, result.hidden.begin() + i * network.inputs);
    if (std::all_of(result.hidden.begin(), result.hidden.end(), [](double v) { return v == 0.0; }))
        result.hidden.clear();
    double least = HUGE_VAL, most = 0.0;
    for (Size k = 0; k < data_.samples(); ++k) {
        if (!(data_.weight(k) > 0.0)) continue;
        const Size count = left_.count(k);
        result.samples += count == 1 ? 1 : 0;
        result.partly += count > 1 && count < left_.classes ? 1 : 0;
        for (Size o = 0; o < left_.classes; ++o) {
            if (left_.at(k, o)) continue;
            const auto [low, value] = lead(k, o);
            least = std::min(least, low);
            most = std::max(most, value);
        }
    }
    result.margin = least / most;
    return result;
}

}  // namespace tepui
