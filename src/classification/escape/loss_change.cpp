#include "classification/escape/loss_change.hpp"

#include <cmath>
#include <limits>

#include "classification/escape/moved_neurons.hpp"
#include "classification/escape/sample_slabs.hpp"
#include "core/compensated.hpp"
#include "core/matrix.hpp"
#include "kernels/hidden_layer.hpp"
#include "network/loss.hpp"
#include "network/outputs.hpp"

namespace tepui {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

// Sums of one slab for one point.
struct ChangeSums {
    CompensatedSum change;   // s (r D + D^2 / 2)
    CompensatedSum squares;  // s D^2
    double error = 0.0;
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

// Every point, among those of its network that move the same neurons. Tags count the points of all moves.
std::vector<MovedNeurons> families_of(std::span<const Moves> moves) {
    std::vector<MovedNeurons> families;
    Size tag = 0;
    for (const Moves& move : moves) {
        for (const std::vector<double>& to : move.to) {
            std::vector<MovingAsOne> neurons = MovedNeurons::between(*move.from, to);
            const bool known = !families.empty() && &families.back().network() == move.from &&
                               families.back().neurons() == neurons;
            if (!neurons.empty() && !known) families.emplace_back(*move.from, neurons);
            if (!neurons.empty()) families.back().add(to, tag);
            ++tag;
        }
    }
    for (MovedNeurons& moved : families) moved.finish();
    return families;
}

Size points_of(std::span<const Moves> moves) {
    Size points = 0;
    for (const Moves& move : moves) points += static_cast<Size>(move.to.size());
    return points;
}

// Of the sums of all slabs for one point.
LossChange change_of(const ChangeSums& total, double residual_error, bool with_error) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    LossChange result;
    result.value = total.change.value();
    if (!std::isfinite(result.value)) result.value = kInfinity;
    if (!with_error) return result;
    // sum s e |D| <= sqrt(sum s e^2) sqrt(sum s D^2); the last term covers the summation of the bound itself.
    result.error = (total.error + residual_error * std::sqrt(total.squares.value())) * (1.0 + 1e-8) +
                   2.0 * kEps * std::abs(result.value);
    if (!std::isfinite(result.error)) result.error = kInfinity;
    return result;
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
    run_pass(data, network, execution, loss, collector);
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

std::vector<LossChange> loss_changes(const Dataset& data, const PointResiduals& residuals,
                                     std::span<const Moves> moves, bool with_error,
                                     const Execution& execution) {
    const Size points = points_of(moves);
    std::vector<LossChange> result(static_cast<std::size_t>(points));
    const std::vector<MovedNeurons> families = families_of(moves);
    if (families.empty()) return result;
    const SampleSlabs slabs(data.samples());
    std::vector<ChangeSums> sums(static_cast<std::size_t>(slabs.count * points));
    for_each_block(data, execution, slabs, products_of_moves(families), [&](Size slab) {
        return [&, slab, changes = OutputChanges(families, data.samples(), with_error)](
                   const PackedBlock& block) mutable {
            changes.open(block);
            for (const MovedNeurons& moved : families) {
                changes.compute(block, moved);
                for (Size t = 0; t < moved.points(); ++t) {
                    add_block(block, residuals.values.data(), changes.change(t), changes.error(t),
                              sums[slab * points + moved.tag(t)]);
                }
            }
        };
    });
    for (Size t = 0; t < points; ++t) {
        ChangeSums total;
        for (Size slab = 0; slab < slabs.count; ++slab) {
            const ChangeSums& part = sums[slab * points + t];
            total.change.add(part.change);
            total.squares.add(part.squares);
            total.error += part.error;
        }
        result[t] = change_of(total, residuals.error, with_error);
    }
    return result;
}

std::vector<Displacement> displacements(const Dataset& data, std::span<const Moves> moves,
                                        const Execution& execution) {
    const Size points = points_of(moves);
    std::vector<Displacement> result(static_cast<std::size_t>(points));
    const std::vector<MovedNeurons> families = families_of(moves);
    if (families.empty()) return result;
    // Of each point the squares of its neurons' preactivation changes, then that of f.
    std::vector<Size> begin(result.size(), 0);
    Size entries = 0, most = 0;
    for (const MovedNeurons& moved : families) {
        most = std::max(most, moved.count());
        for (Size t = 0; t < moved.points(); ++t) {
            begin[moved.tag(t)] = entries;
            entries += moved.count() + 1;
        }
    }
    const SampleSlabs slabs(data.samples());
    std::vector<double> squares(static_cast<std::size_t>(slabs.count * entries), 0.0);
    for_each_block(data, execution, slabs, products_of_moves(families), [&](Size slab) {
        return [&, slab, changes = OutputChanges(families, data.samples(), false),
                step = std::vector<double>(static_cast<std::size_t>(most * data.inputs())),
                dz = Buffer<double>(most * SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            for (const MovedNeurons& moved : families) {
                changes.compute(block, moved);
                for (Size t = 0; t < moved.points(); ++t) {
                    double* sums = squares.data() + slab * entries + begin[moved.tag(t)];
                    moved.steps(t, step.data());
                    kernels::preactivations(step.data(), data.inputs(), moved.count(), data.inputs(),
                                            block.xt.data(), block.stride, block.stride, dz.data(),
                                            block.stride);
                    const double* change = changes.change(t);
                    for (Size k = 0; k < block.count; ++k) {
                        const double s = block.weights[k];
                        for (Size q = 0; q < moved.count(); ++q)
                            sums[q] += s * dz[q * block.stride + k] * dz[q * block.stride + k];
                        sums[moved.count()] += s * change[k] * change[k];
                    }
                }
            }
        };
    });
    const double weight = data.weight_sum() * data.scale();
    const auto size_of = [&](Size entry) {
        double sum = 0.0;
        for (Size slab = 0; slab < slabs.count; ++slab) sum += squares[slab * entries + entry];
        return std::sqrt(sum / weight);
    };
    for (const MovedNeurons& moved : families) {
        for (Size t = 0; t < moved.points(); ++t) {
            Displacement& motion = result[moved.tag(t)];
            const Size first = begin[moved.tag(t)];
            for (Size q = 0; q < moved.count(); ++q)
                motion.preactivation = std::max(motion.preactivation, size_of(first + q));
            motion.output = size_of(first + moved.count());
        }
    }
    return result;
}

std::vector<LossChange> LossChanges::evaluate(std::span<const std::vector<double>> to,
                                              bool with_error) const {
    const Moves moves{&from_, to};
    return loss_changes(data_, residuals_, {&moves, 1}, with_error, execution_);
}

LossChange LossChanges::evaluate(const std::vector<double>& to) const {
    return evaluate({&to, 1}, true).front();
}

LossChange loss_change(const Dataset& data, const Network& from, const std::vector<double>& to,
                       const Execution& execution) {
    const PointResiduals residuals = point_residuals(data, from, execution);
    return LossChanges(data, from, residuals, execution).evaluate(to);
}

}  // namespace tepui
