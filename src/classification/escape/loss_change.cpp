#include "classification/escape/loss_change.hpp"

#include <cmath>
#include <limits>

#include "classification/escape/sample_slabs.hpp"
#include "core/compensated.hpp"
#include "kernels/hidden_layer.hpp"
#include "network/loss.hpp"
#include "network/outputs.hpp"

namespace tepui {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();
constexpr double kActivationError = 4.0 * kEps;  // kernels/activation.hpp

// The neurons that differ between two points, their weights and outputs gathered.
struct MovedNeurons {
    std::vector<Size> index;
    std::vector<double> weights_from, weights_to;  // [moved][inputs]
    std::vector<double> outputs_from, outputs_to;

    MovedNeurons(const Network& from, const std::vector<double>& to) {
        const Size d = from.inputs;
        for (Size i = 0; i < from.width; ++i) {
            const double* w = from.weights(i);
            const double* moved = to.data() + i * d;
            const double output = to[static_cast<std::size_t>(from.width * d + i)];
            if (output == from.output(i) && std::equal(w, w + d, moved)) continue;
            index.push_back(i);
            weights_from.insert(weights_from.end(), w, w + d);
            weights_to.insert(weights_to.end(), moved, moved + d);
            outputs_from.push_back(from.output(i));
            outputs_to.push_back(output);
        }
    }
    Size count() const noexcept { return static_cast<Size>(index.size()); }
};

// sigma of the moved neurons at one end, with a bound on its error when asked for.
class Features {
  public:
    Features(const Activation& activation, Size most_neurons, Size inputs, bool with_error)
        : activation_(activation),
          inputs_(inputs),
          with_error_(with_error),
          z_(checked_product(most_neurons, SampleSlabs::kBlock)),
          value_(most_neurons * SampleSlabs::kBlock) {
        if (!with_error) return;
        error_ = Buffer<double>(most_neurons * SampleSlabs::kBlock);
        slope_ = Buffer<double>(most_neurons * SampleSlabs::kBlock);
        absolute_weights_ = Buffer<double>(checked_product(most_neurons, inputs));
    }

    // absolute_xt: |x|, read only when errors are wanted.
    void compute(const PackedBlock& block, Size neurons, const double* weights, const double* absolute_xt) {
        stride_ = block.stride;
        const Size values = neurons * stride_;
        kernels::preactivations(weights, inputs_, neurons, inputs_, block.xt.data(), stride_, stride_,
                                z_.data(), stride_);
        activation_.evaluate(values, z_.data(), {value_.data(), with_error_ ? slope_.data() : nullptr});
        if (!with_error_) return;
        for (Size e = 0; e < neurons * inputs_; ++e) absolute_weights_[e] = std::abs(weights[e]);
        // |z - exact| <= (d + 1) eps |w| . |x|, carried to sigma by its slope.
        kernels::preactivations(absolute_weights_.data(), inputs_, neurons, inputs_, absolute_xt, stride_,
                                stride_, error_.data(), stride_);
        const double factor = kEps * static_cast<double>(inputs_ + 1);
        for (Size e = 0; e < values; ++e) {
            error_[e] = std::abs(slope_[e]) * factor * error_[e] + kActivationError * std::abs(value_[e]);
        }
    }
    const double* value(Size neuron) const noexcept { return value_.data() + neuron * stride_; }
    const double* error(Size neuron) const noexcept { return error_.data() + neuron * stride_; }

  private:
    const Activation& activation_;
    Size inputs_;
    bool with_error_;
    Size stride_ = 0;
    Buffer<double> z_, value_, error_, slope_, absolute_weights_;
};

// Sums of one slab for one point.
struct ChangeSums {
    CompensatedSum change;   // s (r D + D^2 / 2)
    CompensatedSum squares;  // s D^2
    double error = 0.0;
};

// D of a block: sum over the moved neurons of a' (u' - u) + (a' - a) u, and a bound on its error.
void output_change(const MovedNeurons& moved, const Features& from, const Features& to, Size count,
                   bool with_error, double* change, double* error) {
    std::fill_n(change, count, 0.0);
    if (with_error) std::fill_n(error, count, 0.0);
    const double sum_error = kEps * static_cast<double>(moved.count() + 4);
    for (Size q = 0; q < moved.count(); ++q) {
        const double a = moved.outputs_to[q], da = a - moved.outputs_from[q];
        const double* u = from.value(q);
        const double* v = to.value(q);
        for (Size k = 0; k < count; ++k) change[k] += a * (v[k] - u[k]) + da * u[k];
        if (!with_error) continue;
        const double* eu = from.error(q);
        const double* ev = to.error(q);
        for (Size k = 0; k < count; ++k) {
            error[k] += std::abs(a) * (ev[k] + eu[k]) + std::abs(da) * eu[k] +
                        sum_error * (std::abs(a * (v[k] - u[k])) + std::abs(da * u[k]));
        }
    }
}

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

std::vector<LossChange> LossChanges::evaluate(std::span<const std::vector<double>> to,
                                              bool with_error) const {
    const Size points = static_cast<Size>(to.size());
    const SampleSlabs slabs(data_.samples());
    std::vector<MovedNeurons> moved;
    Size most = 0;
    for (const std::vector<double>& point : to) {
        moved.emplace_back(from_, point);
        most = std::max(most, moved.back().count());
    }
    std::vector<ChangeSums> sums(static_cast<std::size_t>(slabs.count * points));
    const double products = static_cast<double>(points * most) * products_of_a_move(from_);
    for_each_block(data_, execution_, slabs, products, [&](Size slab) {
        return [&, slab, start = Features(from_.activation, most, from_.inputs, with_error),
                end = Features(from_.activation, most, from_.inputs, with_error),
                absolute_xt = Buffer<double>(with_error ? data_.inputs() * SampleSlabs::kBlock : 0),
                change = Buffer<double>(SampleSlabs::kBlock),
                error = Buffer<double>(SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            if (with_error) {
                for (Size e = 0; e < data_.inputs() * block.stride; ++e)
                    absolute_xt[e] = std::abs(block.xt[e]);
            }
            for (Size t = 0; t < points; ++t) {
                const MovedNeurons& neurons = moved[t];
                if (neurons.count() == 0) continue;
                start.compute(block, neurons.count(), neurons.weights_from.data(), absolute_xt.data());
                end.compute(block, neurons.count(), neurons.weights_to.data(), absolute_xt.data());
                output_change(neurons, start, end, block.count, with_error, change.data(), error.data());
                add_block(block, residuals_.values.data(), change.data(), with_error ? error.data() : nullptr,
                          sums[slab * points + t]);
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
    MovedNeurons moved(from_, to);
    const Size count = moved.count();
    if (count == 0) return {};
    std::vector<double> step(moved.weights_to);
    for (std::size_t e = 0; e < step.size(); ++e) step[e] -= moved.weights_from[e];
    std::vector<double> squares(static_cast<std::size_t>(slabs.count * (count + 1)), 0.0);
    const double products = static_cast<double>(count) * products_of_a_move(from_);
    for_each_block(data_, execution_, slabs, products, [&](Size slab) {
        return [&, slab, start = Features(from_.activation, count, from_.inputs, false),
                end = Features(from_.activation, count, from_.inputs, false),
                dz = Buffer<double>(count * SampleSlabs::kBlock),
                change = Buffer<double>(SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            double* sums = squares.data() + slab * (count + 1);
            kernels::preactivations(step.data(), from_.inputs, count, from_.inputs, block.xt.data(),
                                    block.stride, block.stride, dz.data(), block.stride);
            start.compute(block, count, moved.weights_from.data(), nullptr);
            end.compute(block, count, moved.weights_to.data(), nullptr);
            output_change(moved, start, end, block.count, false, change.data(), nullptr);
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
