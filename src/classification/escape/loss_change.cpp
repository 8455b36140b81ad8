#include "classification/escape/loss_change.hpp"

#include <cmath>
#include <limits>
#include <optional>

#include "classification/escape/moved_neurons.hpp"
#include "core/rounding.hpp"
#include "kernels/hidden_layer.hpp"
#include "network/derivatives/loss.hpp"
#include "network/derivatives/outputs.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {
namespace {

bool moves_beside(const Network& from, const std::vector<double>& to) {
    const auto first = static_cast<std::ptrdiff_t>(neuron_parameters(from));
    return !std::equal(from.parameters.begin() + first, from.parameters.end(), to.begin() + first);
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
            const bool any = !neurons.empty() || moves_beside(*move.from, to);
            if (any && !known) families.emplace_back(*move.from, neurons);
            if (any) families.back().add(to, tag);
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

// Of every point the change s (r D + D^2 / 2), s D^2 and the bound on the change's rounding error.
class ChangeSum final : public Accumulator {
  public:
    ChangeSum(const Dataset& data, const std::vector<MovedNeurons>& families, Size points,
              const PointResiduals& residuals, bool with_error)
        : data_(data),
          families_(families),
          points_(points),
          residuals_(residuals),
          with_error_(with_error),
          values_(sums_.reserve_compensated(2 * points)),
          errors_(sums_.reserve(points)) {}

    int derivative_order() const override { return 0; }
    Size parts() const override { return 1; }
    void add(const EvaluatedBlock& block, Size, Size) override {
        changes_->open(block);
        for (const MovedNeurons& moved : families_) {
            changes_->compute(block, moved);
            for (Size t = 0; t < moved.points(); ++t)
                add_point(block, moved.tag(t), changes_->change(t), changes_->error(t));
        }
    }
    double products_per_sample() const override { return products_of_moves(families_); }
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<ChangeSum>(data_, families_, points_, residuals_, with_error_);
    }

    LossChange finish(Size point) const {
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        LossChange result;
        result.value = sums_.compensated(values_ + 4 * point).value();
        if (!std::isfinite(result.value)) result.value = kInfinity;
        if (!with_error_) return result;
        // sum s e |D| <= sqrt(sum s e^2) sqrt(sum s D^2); the last term covers the summation of the bound
        // itself.
        const double squares = sums_.compensated(values_ + 4 * point + 2).value();
        result.error = (sums_.at(errors_)[point] + residuals_.error * std::sqrt(squares)) * (1.0 + 1e-8) +
                       2.0 * kEps * std::abs(result.value);
        if (!std::isfinite(result.error)) result.error = kInfinity;
        return result;
    }

  protected:
    void begin(Size stride) override { changes_.emplace(families_, stride, with_error_); }

  private:
    // By the loss itself, which knows what errors of f and of the change make of it.
    void add_by_loss(const EvaluatedBlock& block, Size point, const double* change, const double* error) {
        CompensatedSum value = sums_.compensated(values_ + 4 * point);
        double& bound = sums_.at(errors_)[point];
        const double none = 0.0;
        for (Size k = 0; k < block.count; ++k) {
            if (block.weights[k] == 0.0) continue;
            const Size at = block.first + k;
            const Loss::Difference difference = data_.loss().difference(
                {1, residuals_.f.data() + at, residuals_.f_error.data() + at, block.targets + k, change + k,
                 error == nullptr ? &none : error + k});
            value.add(block.weights[k] * difference.value);
            bound += block.weights[k] * difference.error;
        }
        value.write(sums_.at(values_ + 4 * point));
    }
    void add_point(const EvaluatedBlock& block, Size point, const double* change, const double* error) {
        if (!data_.loss().quadratic()) return add_by_loss(block, point, change, error);
        const double* residuals = residuals_.values.data() + block.first;
        CompensatedSum value = sums_.compensated(values_ + 4 * point);
        CompensatedSum squares = sums_.compensated(values_ + 4 * point + 2);
        double& bound = sums_.at(errors_)[point];
        for (Size k = 0; k < block.count; ++k) {
            const double s = block.weights[k], r = residuals[k], delta = change[k];
            value.add(s * delta * (r + 0.5 * delta));
            squares.add(s * delta * delta);
            if (error == nullptr) continue;
            bound += s * error[k] * (std::abs(r) + std::abs(delta) + 0.5 * error[k]) +
                     4.0 * kEps * s * std::abs(delta) * (std::abs(r) + 0.5 * std::abs(delta));
        }
        value.write(sums_.at(values_ + 4 * point));
        squares.write(sums_.at(values_ + 4 * point + 2));
    }

    const Dataset& data_;
    const std::vector<MovedNeurons>& families_;
    Size points_;
    const PointResiduals& residuals_;
    bool with_error_;
    Size values_, errors_;
    std::optional<OutputChanges> changes_;
};

// Of every point the squares of its neurons' preactivation changes, then that of f.
class DisplacementSum final : public Accumulator {
  public:
    explicit DisplacementSum(const std::vector<MovedNeurons>& families) : families_(families) {
        for (const MovedNeurons& moved : families) {
            most_ = std::max(most_, moved.count());
            begin_.push_back(sums_.reserve(moved.points() * (moved.count() + 1)));
        }
    }

    int derivative_order() const override { return 0; }
    Size parts() const override { return 1; }
    void add(const EvaluatedBlock& block, Size, Size) override {
        for (std::size_t family = 0; family < families_.size(); ++family) {
            const MovedNeurons& moved = families_[family];
            changes_->compute(block, moved);
            for (Size t = 0; t < moved.points(); ++t)
                add_point(block, moved, t, sums_.at(begin_[family]) + t * (moved.count() + 1));
        }
    }
    double products_per_sample() const override { return products_of_moves(families_); }
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<DisplacementSum>(families_);
    }

    Displacement finish(std::size_t family, Size point, double weight) const {
        const Size count = families_[family].count();
        const double* squares = sums_.at(begin_[family]) + point * (count + 1);
        const double largest = count > 0 ? *std::max_element(squares, squares + count) : 0.0;
        return {std::sqrt(largest / weight), std::sqrt(squares[count] / weight)};
    }

  protected:
    void begin(Size stride) override {
        changes_.emplace(families_, stride, false);
        const Size inputs = families_.front().network().inputs;
        step_ = Buffer<double>(checked_product(most_, inputs));
        dz_ = Buffer<double>(checked_product(most_, stride));
    }

  private:
    void add_point(const EvaluatedBlock& block, const MovedNeurons& moved, Size point, double* sums) {
        moved.steps(point, step_.data());
        kernels::preactivations(step_.data(), block.inputs, moved.count(),
                                {block.xt, block.stride, block.padded, block.inputs}, dz_.data(),
                                block.stride);
        const double* change = changes_->change(point);
        for (Size k = 0; k < block.count; ++k) {
            const double s = block.weights[k];
            for (Size q = 0; q < moved.count(); ++q)
                sums[q] += s * dz_[q * block.stride + k] * dz_[q * block.stride + k];
            sums[moved.count()] += s * change[k] * change[k];
        }
    }

    const std::vector<MovedNeurons>& families_;
    Size most_ = 0;
    std::vector<Size> begin_;  // of each family
    std::optional<OutputChanges> changes_;
    Buffer<double> step_, dz_;
};

// Blocks so short that the activations at all points stay in cache.
void run_over_moves(const Dataset& data, Accumulator& sum, const Execution& execution) {
    Accumulator* const accumulators[] = {&sum};
    const Network none = no_network(data);
    Pass(data, none, accumulators, blocks_of_moves(data)).run(execution);
}

}  // namespace

bool falls_further(const LossChange& a, const LossChange& b) {
    const double proven_a = -a.value - a.error, proven_b = -b.value - b.error;
    if (proven_a > 0.0 || proven_b > 0.0) return proven_a > proven_b;
    // a / e_a < b / e_b without dividing by an error of zero.
    return a.value * b.error < b.value * a.error;
}

namespace {

PointResiduals residuals_of_loss(const Dataset& data, const Network& network, const Execution& execution) {
    const Size n = data.samples();
    PointResiduals found{Buffer<double>(n), 0.0, 0.0, Buffer<double>(n), Buffer<double>(n),
                         Buffer<double>(n)};
    OutputCollector collector({.f = found.f.data(), .f_error = found.f_error.data()});
    run_pass(data, network, execution, collector);
    Buffer<double> targets(n), ones(n), value(n), rounding(n), error(n);
    for (Size k = 0; k < n; ++k) {
        targets[k] = data.target(k);
        ones[k] = 1.0;
    }
    data.loss().evaluate(
        {1, n, n, found.f.data(), found.f_error.data(), targets.data(), ones.data()},
        {value.data(), rounding.data(), found.values.data(), error.data(), found.bends.data()});
    double errors = 0.0, squares = 0.0;
    for (Size k = 0; k < n; ++k) {
        errors += data.weight(k) * error[k] * error[k];
        squares += data.weight(k) * found.values[k] * found.values[k];
    }
    found.error = std::sqrt(errors);
    found.size = std::sqrt(squares / (data.weight_sum() * data.scale()));
    return found;
}

}  // namespace

PointResiduals point_residuals(const Dataset& data, const Network& network, const Execution& execution) {
    if (!data.loss().quadratic()) return residuals_of_loss(data, network, execution);
    Buffer<double> residuals(data.samples());
    LossSum loss;
    OutputCollector collector({.residuals = residuals.data()});
    run_pass(data, network, execution, loss, collector);
    return point_residuals(data, std::move(residuals), loss.finish(network, data.decay()));
}

PointResiduals point_residuals(const Dataset& data, Buffer<double> residuals, const LossValue& loss) {
    PointResiduals found;
    found.values = std::move(residuals);
    found.error = std::sqrt(2.0 * loss.rounding_loss);
    found.size = std::sqrt(2.0 * loss.loss / (data.weight_sum() * data.scale()));
    return found;
}

double relative_error(const Dataset& data, const PointResiduals& residuals) {
    const double norm = residuals.size * std::sqrt(data.weight_sum() * data.scale());
    return norm > 0.0 ? std::min(1.0, residuals.error / norm) : 1.0;
}

std::vector<LossChange> loss_changes(const Dataset& data, const PointResiduals& residuals,
                                     std::span<const Moves> moves, bool with_error,
                                     const Execution& execution) {
    const Size points = points_of(moves);
    std::vector<LossChange> result(points);
    const std::vector<MovedNeurons> families = families_of(moves);
    if (families.empty()) return result;
    ChangeSum sum(data, families, points, residuals, with_error);
    run_over_moves(data, sum, execution);
    for (const MovedNeurons& moved : families) {
        for (Size t = 0; t < moved.points(); ++t) result[moved.tag(t)] = sum.finish(moved.tag(t));
    }
    return result;
}

std::vector<Displacement> displacements(const Dataset& data, std::span<const Moves> moves,
                                        const Execution& execution) {
    const Size points = points_of(moves);
    std::vector<Displacement> result(points);
    const std::vector<MovedNeurons> families = families_of(moves);
    if (families.empty()) return result;
    DisplacementSum sum(families);
    run_over_moves(data, sum, execution);
    const double weight = data.weight_sum() * data.scale();
    for (std::size_t family = 0; family < families.size(); ++family) {
        const MovedNeurons& moved = families[family];
        for (Size t = 0; t < moved.points(); ++t) result[moved.tag(t)] = sum.finish(family, t, weight);
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
