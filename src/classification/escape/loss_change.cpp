#include "classification/escape/loss_change.hpp"

#include <cmath>
#include <limits>

#include "classification/escape/sample_slabs.hpp"
#include "core/compensated.hpp"
#include "core/matrix.hpp"
#include "kernels/hidden_layer.hpp"
#include "network/loss.hpp"
#include "network/outputs.hpp"

namespace tepui {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();
constexpr double kActivationError = 4.0 * kEps;  // kernels/activation.hpp

constexpr Size kNeurons = 24;  // that are looked at together
constexpr Size kRows = 96;     // of them, at so many points at once: their activations stay in cache

std::vector<double> absolute(const std::vector<double>& values) {
    std::vector<double> result(values);
    for (double& value : result) value = std::abs(value);
    return result;
}

// Points at which the same neurons differ from where they start. These are taken in groups of kNeurons; of
// each group the weights at all points stand together.
class MovedNeurons {
  public:
    MovedNeurons(const Network& from, std::vector<Size> index)
        : inputs_(from.inputs), index_(std::move(index)), groups_((count() + kNeurons - 1) / kNeurons) {
        for (const Size i : index_) {
            weights_from_.insert(weights_from_.end(), from.weights(i), from.weights(i) + inputs_);
            outputs_from_.push_back(from.output(i));
        }
        absolute_from_ = absolute(weights_from_);
    }

    // Those that differ between two points.
    static std::vector<Size> between(const Network& from, const std::vector<double>& to) {
        std::vector<Size> index;
        for (Size i = 0; i < from.width; ++i) {
            const double* w = from.weights(i);
            const bool still = to[static_cast<std::size_t>(from.width * from.inputs + i)] == from.output(i) &&
                               std::equal(w, w + from.inputs, to.data() + i * from.inputs);
            if (!still) index.push_back(i);
        }
        return index;
    }
    const std::vector<Size>& index() const noexcept { return index_; }

    // tag: what the caller knows the point by.
    void add(const Network& from, const std::vector<double>& to, Size tag) {
        tags_.push_back(tag);
        for (Size q = 0; q < count(); ++q) {
            std::vector<double>& weights = groups_[static_cast<std::size_t>(q / kNeurons)].weights;
            const double* w = to.data() + index_[static_cast<std::size_t>(q)] * inputs_;
            weights.insert(weights.end(), w, w + inputs_);
            outputs_to_.push_back(to[static_cast<std::size_t>(from.width * inputs_) +
                                     static_cast<std::size_t>(index_[static_cast<std::size_t>(q)])]);
        }
    }
    void finish() {
        for (Group& group : groups_) group.absolute = absolute(group.weights);
    }

    Size count() const noexcept { return static_cast<Size>(index_.size()); }
    Size points() const noexcept { return static_cast<Size>(tags_.size()); }
    Size tag(Size point) const noexcept { return tags_[static_cast<std::size_t>(point)]; }
    Size in_group(Size first) const noexcept { return std::min(kNeurons, count() - first); }

    struct Weights {
        const double* value;
        const double* absolute;
    };
    // Of the group that starts with neuron `first`.
    Weights from(Size first) const noexcept {
        return {weights_from_.data() + first * inputs_, absolute_from_.data() + first * inputs_};
    }
    Weights to(Size first, Size point) const noexcept {
        const Group& group = groups_[static_cast<std::size_t>(first / kNeurons)];
        const Size at = point * in_group(first) * inputs_;
        return {group.weights.data() + at, group.absolute.data() + at};
    }
    double output_from(Size neuron) const noexcept { return outputs_from_[static_cast<std::size_t>(neuron)]; }
    double output_to(Size neuron, Size point) const noexcept {
        return outputs_to_[static_cast<std::size_t>(point * count() + neuron)];
    }

  private:
    struct Group {
        std::vector<double> weights, absolute;  // [points][neurons of the group][inputs]
    };
    Size inputs_;
    std::vector<Size> index_;
    std::vector<Group> groups_;
    std::vector<double> weights_from_, absolute_from_, outputs_from_;
    std::vector<double> outputs_to_;  // [points][moved]
    std::vector<Size> tags_;
};

// sigma of some rows of weights on a block, with a bound on its error when asked for.
class Features {
  public:
    Features(const Activation& activation, Size most_rows, Size inputs, bool with_error)
        : activation_(activation),
          inputs_(inputs),
          with_error_(with_error),
          z_(checked_product(most_rows, SampleSlabs::kBlock)),
          value_(z_.size()),
          error_(with_error ? z_.size() : 0),
          slope_(error_.size()) {}

    // absolute_xt: |x|, read only when errors are wanted.
    void compute(const PackedBlock& block, Size rows, const MovedNeurons::Weights& weights,
                 const double* absolute_xt) {
        stride_ = block.stride;
        const Size values = rows * stride_;
        kernels::preactivations(weights.value, inputs_, rows, inputs_, block.xt.data(), stride_, stride_,
                                z_.data(), stride_);
        activation_.evaluate(values, z_.data(), {value_.data(), with_error_ ? slope_.data() : nullptr});
        if (!with_error_) return;
        // |z - exact| <= (d + 1) eps |w| . |x|, carried to sigma by its slope.
        kernels::preactivations(weights.absolute, inputs_, rows, inputs_, absolute_xt, stride_, stride_,
                                error_.data(), stride_);
        const double factor = kEps * static_cast<double>(inputs_ + 1);
        for (Size e = 0; e < values; ++e) {
            error_[e] = std::abs(slope_[e]) * factor * error_[e] + kActivationError * std::abs(value_[e]);
        }
    }
    const double* value(Size row) const noexcept { return value_.data() + row * stride_; }
    const double* error(Size row) const noexcept { return error_.data() + row * stride_; }

  private:
    const Activation& activation_;
    Size inputs_;
    bool with_error_;
    Size stride_ = 0;
    Buffer<double> z_, value_, error_, slope_;
};

// Sums of one slab for one point.
struct ChangeSums {
    CompensatedSum change;   // s (r D + D^2 / 2)
    CompensatedSum squares;  // s D^2
    double error = 0.0;
};

// D of a block at every point: sum over the moved neurons of a' (u' - u) + (a' - a) u, and a bound on its
// error.
class OutputChanges {
  public:
    OutputChanges(const Network& from, Size most_points, bool with_error)
        : with_error_(with_error),
          inputs_(from.inputs),
          start_(from.activation, kNeurons, from.inputs, with_error),
          end_(from.activation, kRows, from.inputs, with_error),
          absolute_xt_(with_error ? from.inputs * SampleSlabs::kBlock : 0),
          change_(most_points * SampleSlabs::kBlock),
          error_(with_error ? change_.size() : 0) {}

    // Once for each block.
    void open(const PackedBlock& block) {
        if (!with_error_) return;
        for (Size e = 0; e < inputs_ * block.stride; ++e) absolute_xt_[e] = std::abs(block.xt[e]);
    }
    void compute(const PackedBlock& block, const MovedNeurons& moved) {
        std::fill_n(change_.data(), moved.points() * SampleSlabs::kBlock, 0.0);
        if (with_error_) std::fill_n(error_.data(), moved.points() * SampleSlabs::kBlock, 0.0);
        for (Size first = 0; first < moved.count(); first += kNeurons) {
            const Size neurons = moved.in_group(first), together = kRows / neurons;
            start_.compute(block, neurons, moved.from(first), absolute_xt_.data());
            for (Size t = 0; t < moved.points(); t += together) {
                const Size points = std::min(together, moved.points() - t);
                end_.compute(block, points * neurons, moved.to(first, t), absolute_xt_.data());
                for (Size p = 0; p < points; ++p) {
                    for (Size q = 0; q < neurons; ++q)
                        add(block.count, moved, first + q, t + p, q, p * neurons + q);
                }
            }
        }
    }
    const double* change(Size point) const noexcept { return change_.data() + point * SampleSlabs::kBlock; }
    const double* error(Size point) const noexcept {
        return with_error_ ? error_.data() + point * SampleSlabs::kBlock : nullptr;
    }

  private:
    // One neuron at one point, from its rows at both ends.
    void add(Size count, const MovedNeurons& moved, Size neuron, Size point, Size start_row, Size end_row) {
        const double a = moved.output_to(neuron, point), da = a - moved.output_from(neuron);
        const double* u = start_.value(start_row);
        const double* v = end_.value(end_row);
        double* change = change_.data() + point * SampleSlabs::kBlock;
        for (Size k = 0; k < count; ++k) change[k] += a * (v[k] - u[k]) + da * u[k];
        if (!with_error_) return;
        const double sum_error = kEps * static_cast<double>(moved.count() + 4);
        const double* eu = start_.error(start_row);
        const double* ev = end_.error(end_row);
        double* error = error_.data() + point * SampleSlabs::kBlock;
        for (Size k = 0; k < count; ++k) {
            error[k] += std::abs(a) * (ev[k] + eu[k]) + std::abs(da) * eu[k] +
                        sum_error * (std::abs(a * (v[k] - u[k])) + std::abs(da * u[k]));
        }
    }

    bool with_error_;
    Size inputs_;
    Features start_, end_;
    Buffer<double> absolute_xt_, change_, error_;  // change and error: [points][block]
};

void add_block(const PackedBlock& block, const double* residuals, const double* change, const double* error,
               ChangeSums& sums) {
    for (Size k = 0; k < block.count; ++k) {
        const double s = block.weights[k], r = residuals[block.first + k], delta = change[k];
        const double term = s * delta * (r + 0.5 * delta);
        sums.change.add(term);
        sums.squares.add(s * delta * delta);
        if (error == nullptr) continue;
        sums.error += s * error[k] * (std::abs(r) + std::abs(delta) + 0.5 * error[k]) +
                      4.0 * kEps * s * std::abs(delta) * (std::abs(r) + 0.5 * std::abs(delta));
    }
}

// A moved neuron on one sample: both ends, each with its activation.
double products_of_a_move(const Network& from) {
    return 2.0 * (static_cast<double>(from.inputs) + from.activation.products());
}

}  // namespace

bool falls_further(const LossChange& a, const LossChange& b) {
    const double proven_a = -a.value - a.error, proven_b = -b.value - b.error;
    if (proven_a > 0.0 || proven_b > 0.0) return proven_a > proven_b;
    // a / e_a < b / e_b without dividing by an error of zero.
    return a.value * b.error < b.value * a.error;
}

PointResiduals point_residuals(const Dataset& data, const Network& network, const Execution& execution) {
    Buffer<double> residuals(data.samples());
    LossSum loss;
    OutputCollector collector(nullptr, residuals.data());
    Accumulator* const accumulators[] = {&loss, &collector};
    run_pass(data, network, accumulators, execution);
    return point_residuals(data, std::move(residuals), loss.finish());
}

PointResiduals point_residuals(const Dataset& data, Buffer<double> residuals, const LossValue& loss) {
    return {std::move(residuals), std::sqrt(2.0 * loss.rounding_loss),
            std::sqrt(2.0 * loss.loss / (data.weight_sum() * data.scale()))};
}

double relative_error(const Dataset& data, const PointResiduals& residuals) {
    const double norm = residuals.size * std::sqrt(data.weight_sum() * data.scale());
    return norm > 0.0 ? std::min(1.0, residuals.error / norm) : 1.0;
}

std::vector<LossChange> LossChanges::evaluate(std::span<const std::vector<double>> to,
                                              bool with_error) const {
    const Size points = static_cast<Size>(to.size());
    const SampleSlabs slabs(data_.samples());
    std::vector<MovedNeurons> families;
    Size moves = 0, most = 0;
    for (Size t = 0; t < points; ++t) {
        std::vector<Size> index = MovedNeurons::between(from_, to[t]);
        if (index.empty()) continue;
        if (families.empty() || families.back().index() != index) families.emplace_back(from_, index);
        families.back().add(from_, to[t], t);
        most = std::max(most, families.back().points());
        moves += families.back().count();
    }
    for (MovedNeurons& moved : families) moved.finish();
    std::vector<ChangeSums> sums(static_cast<std::size_t>(slabs.count * points));
    const double products = static_cast<double>(moves) * products_of_a_move(from_);
    for_each_block(data_, execution_, slabs, products, [&](Size slab) {
        return [&, slab, changes = OutputChanges(from_, most, with_error)](const PackedBlock& block) mutable {
            changes.open(block);
            for (const MovedNeurons& moved : families) {
                changes.compute(block, moved);
                for (Size t = 0; t < moved.points(); ++t) {
                    add_block(block, residuals_.values.data(), changes.change(t), changes.error(t),
                              sums[slab * points + moved.tag(t)]);
                }
            }
        };
    });

    std::vector<LossChange> result(static_cast<std::size_t>(points));
    for (Size t = 0; t < points; ++t) {
        ChangeSums total;
        for (Size slab = 0; slab < slabs.count; ++slab) {
            const ChangeSums& part = sums[slab * points + t];
            total.change.add(part.change);
            total.squares.add(part.squares);
            total.error += part.error;
        }
        result[t].value = total.change.value();
        if (!std::isfinite(result[t].value)) result[t].value = std::numeric_limits<double>::infinity();
        if (!with_error) continue;
        // sum s e |D| <= sqrt(sum s e^2) sqrt(sum s D^2); the last term covers the summation of the bound
        // itself.
        result[t].error = (total.error + residuals_.error * std::sqrt(total.squares.value())) * (1.0 + 1e-8) +
                          2.0 * kEps * std::abs(result[t].value);
        if (!std::isfinite(result[t].error)) result[t].error = std::numeric_limits<double>::infinity();
    }
    return result;
}

LossChange LossChanges::evaluate(const std::vector<double>& to) const {
    return evaluate({&to, 1}, true).front();
}

LossChanges::Motion LossChanges::motion(const std::vector<double>& to) const {
    const SampleSlabs slabs(data_.samples());
    MovedNeurons moved(from_, MovedNeurons::between(from_, to));
    moved.add(from_, to, 0);
    moved.finish();
    const Size count = moved.count();
    if (count == 0) return {};
    Matrix step(count, from_.inputs);
    for (Size q = 0; q < count; ++q) {
        const Size i = moved.index()[static_cast<std::size_t>(q)];
        for (Size j = 0; j < from_.inputs; ++j)
            step(q, j) = to[static_cast<std::size_t>(i * from_.inputs + j)] - from_.weights(i)[j];
    }
    std::vector<double> squares(static_cast<std::size_t>(slabs.count * (count + 1)), 0.0);
    const double products = static_cast<double>(count) * products_of_a_move(from_);
    for_each_block(data_, execution_, slabs, products, [&](Size slab) {
        return [&, slab, changes = OutputChanges(from_, 1, false),
                dz = Buffer<double>(count * SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            double* sums = squares.data() + slab * (count + 1);
            kernels::preactivations(step.data(), from_.inputs, count, from_.inputs, block.xt.data(),
                                    block.stride, block.stride, dz.data(), block.stride);
            changes.compute(block, moved);
            const double* change = changes.change(0);
            for (Size k = 0; k < block.count; ++k) {
                const double s = block.weights[k];
                for (Size q = 0; q < count; ++q)
                    sums[q] += s * dz[q * block.stride + k] * dz[q * block.stride + k];
                sums[count] += s * change[k] * change[k];
            }
        };
    });
    const double weight = data_.weight_sum() * data_.scale();
    Motion motion;
    for (Size q = 0; q <= count; ++q) {
        double sum = 0.0;
        for (Size slab = 0; slab < slabs.count; ++slab) sum += squares[slab * (count + 1) + q];
        const double size = std::sqrt(sum / weight);
        if (q == count) {
            motion.output = size;
        } else {
            motion.preactivation = std::max(motion.preactivation, size);
        }
    }
    return motion;
}

LossChange loss_change(const Dataset& data, const Network& from, const std::vector<double>& to,
                       const Execution& execution) {
    const PointResiduals residuals = point_residuals(data, from, execution);
    return LossChanges(data, from, residuals, execution).evaluate(to);
}

}  // namespace tepui
