#include "classification/escape/psi.hpp"

#include <cmath>

#include "kernels/hidden_layer.hpp"
#include "network/derivatives/gradient.hpp"
#include "network/pass/part_range.hpp"
#include "network/pass/rows.hpp"
#include "splitting/inner_hessian_sum.hpp"

namespace tepui {
namespace {

// The data whose g are the given residuals times the sample weights, whatever the network says.
Dataset with_residuals(const Dataset& data, std::span<const double> residuals) {
    return data.with_targets(residuals, linear_loss());
}

// Neurons at the given weights, each with output weight 1.
Network probes(const Activation& activation, const Matrix& weights) {
    Network network(activation, weights.rows(), weights.cols());
    std::copy_n(weights.data(), weights.rows() * weights.cols(), network.parameters.data());
    for (Size i = 0; i < network.width; ++i) network.output(i) = 1.0;
    return network;
}

// psi of every neuron, its absolute terms and sum s u^2.
class ValueSum final : public Accumulator {
  public:
    explicit ValueSum(Size points)
        : points_(points), values_(sums_.reserve_compensated(points)), terms_(sums_.reserve(2 * points)) {}

    int derivative_order() const override { return 0; }
    Size parts() const override { return points_; }
    void add(const EvaluatedBlock& block, Size begin, Size end) override {
        for (Size i = begin; i < end; ++i) {
            const double* u = block.features + i * block.stride;
            CompensatedSum value = sums_.compensated(values_ + 2 * i);
            double* terms = sums_.at(terms_) + 2 * i;
            for (Size k = 0; k < block.count; ++k) {
                const double term = block.g[k] * u[k];
                value.add(term);
                terms[0] += std::abs(term);
                terms[1] += block.weights[k] * u[k] * u[k];
            }
            value.write(sums_.at(values_ + 2 * i));
        }
    }
    double products_per_sample() const override { return 3.0 * static_cast<double>(points_); }
    std::unique_ptr<Accumulator> sibling() const override { return std::make_unique<ValueSum>(points_); }

    Psi finish(Size i) const {
        Psi psi;
        psi.value = sums_.compensated(values_ + 2 * i).value();
        psi.magnitude = sums_.at(terms_)[2 * i];
        psi.power = sums_.at(terms_)[2 * i + 1];
        return psi;
    }

  private:
    Size points_, values_, terms_;
};

// sum s l'' u^2 of every neuron.
class PowerSum final : public Accumulator {
  public:
    PowerSum(Size points, std::span<const double> bends)
        : points_(points), bends_(bends), powers_(sums_.reserve(points)) {}

    int derivative_order() const override { return 0; }
    Size parts() const override { return points_; }
    void add(const EvaluatedBlock& block, Size begin, Size end) override {
        for (Size i = begin; i < end; ++i) {
            const double* u = block.features + i * block.stride;
            for (Size k = 0; k < block.count; ++k) {
                const double bend = bends_.empty() ? 1.0 : bends_[static_cast<std::size_t>(block.first + k)];
                sums_.at(powers_)[i] += block.weights[k] * bend * u[k] * u[k];
            }
        }
    }
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<PowerSum>(points_, bends_);
    }

    double finish(Size i) const { return sums_.at(powers_)[i]; }

  private:
    Size points_;
    std::span<const double> bends_;
    Size powers_;
};

// Third derivatives along every row q of the directions, of neuron owners[q].
class ThirdSum final : public Accumulator {
  public:
    ThirdSum(std::span<const Size> owners, const Matrix& directions)
        : owners_(owners),
          directions_(directions),
          slopes_(sums_, directions.rows(), directions.cols()),
          values_(sums_.reserve_compensated(directions.rows())),
          magnitudes_(sums_.reserve(directions.rows())) {}

    int derivative_order() const override { return 3; }
    Size parts() const override { return slopes_.parts() + 1; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override {
        const Size d = directions_.cols(), stride = block.stride;
        kernels::preactivations(directions_.data(), d, count(), {block.xt + begin, stride, end - begin, d},
                                steps_.data() + begin, stride);
        for (Size q = 0; q < count(); ++q) {
            const double* third = block.third_derivative + owners_[q] * stride;
            const double* step = steps_.data() + q * stride;
            double* row = rows_.data() + q * stride;
            for (Size k = begin; k < end; ++k) row[k] = block.g[k] * third[k] * step[k] * step[k];
        }
    }
    void add(const EvaluatedBlock& block, Size begin, Size end) override {
        PartRange range(begin, end);
        const Size stride = block.stride;
        range.take(slopes_.parts(), [&](Size from, Size to) {
            slopes_.add(from, to, rows_.data(), block.xt, stride, block.padded);
        });
        range.take(1, [&](Size, Size) {
            for (Size q = 0; q < count(); ++q) {
                const double *row = rows_.data() + q * stride, *step = steps_.data() + q * stride;
                CompensatedSum value = sums_.compensated(values_ + 2 * q);
                value.add(dot(block.padded, row, step));
                value.write(sums_.at(values_ + 2 * q));
                sums_.at(magnitudes_)[q] += absolute_dot(block.padded, row, step);
            }
        });
    }
    double products_per_sample() const override {
        return 2.0 * static_cast<double>(count() * (directions_.cols() + 2));
    }
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<ThirdSum>(owners_, directions_);
    }

    PsiThird finish(Size q) const {
        const double* slope = slopes_.values() + q * directions_.cols();
        return {sums_.compensated(values_ + 2 * q).value(),
                sums_.at(magnitudes_)[q],
                {slope, slope + directions_.cols()}};
    }

  protected:
    void begin(Size stride) override {
        steps_ = Buffer<double>(checked_product(count(), stride));
        rows_ = Buffer<double>(steps_.size());
    }

  private:
    Size count() const noexcept { return directions_.rows(); }

    std::span<const Size> owners_;
    const Matrix& directions_;
    RowSums slopes_;
    Size values_, magnitudes_;
    Buffer<double> steps_, rows_;  // [directions][stride]: v . x, and what is summed times x
};

}  // namespace

std::vector<Psi> psi_values(const Dataset& data, std::span<const double> residuals,
                            const Activation& activation, const Matrix& weights, const Execution& execution) {
    ValueSum sum(weights.rows());
    run_pass(with_residuals(data, residuals), probes(activation, weights), execution, sum);
    std::vector<Psi> values;
    for (Size i = 0; i < weights.rows(); ++i) values.push_back(sum.finish(i));
    return values;
}

std::vector<double> feature_powers(const Dataset& data, std::span<const double> bends,
                                   const Activation& activation, const Matrix& weights,
                                   const Execution& execution) {
    PowerSum sum(weights.rows(), bends);
    run_pass(data, probes(activation, weights), execution, sum);
    std::vector<double> powers;
    for (Size i = 0; i < weights.rows(); ++i) powers.push_back(sum.finish(i));
    return powers;
}

Psi psi_at(const Dataset& data, std::span<const double> residuals, const Activation& activation,
           std::span<const double> w, int order, const Execution& execution) {
    Matrix weights(1, data.inputs());
    std::copy(w.begin(), w.end(), weights.row(0));
    const Network network = probes(activation, weights);
    ValueSum value(1);
    std::optional<GradientSum> slope;
    std::optional<InnerHessianSum> curvature;
    std::vector<Accumulator*> sums{&value};
    if (order >= 1) sums.push_back(&slope.emplace(network));
    if (order >= 2) sums.push_back(&curvature.emplace(0, 1, network.inputs));
    const Dataset of_residuals = with_residuals(data, residuals);
    Pass(of_residuals, network, sums).run(execution);
    Psi psi = value.finish(0);
    if (slope) {
        const Gradient gradient = slope->finish(network, {});
        psi.gradient.assign(gradient.value.begin(), gradient.value.end() - 1);
        psi.gradient_magnitude.assign(gradient.magnitude.begin(), gradient.magnitude.end() - 1);
    }
    if (curvature) {
        const InnerHessians inner = curvature->finish();
        psi.hessian = inner.matrix(0);
        psi.hessian_magnitude.assign(inner.magnitude.row(0), inner.magnitude.row(0) + network.inputs);
    }
    return psi;
}

std::vector<PsiThird> psi_thirds(const Dataset& data, std::span<const double> residuals,
                                 const Activation& activation, const Matrix& weights,
                                 std::span<const Size> owners, const Matrix& directions,
                                 const Execution& execution) {
    ThirdSum sum(owners, directions);
    run_pass(with_residuals(data, residuals), probes(activation, weights), execution, sum);
    std::vector<PsiThird> thirds;
    for (Size q = 0; q < directions.rows(); ++q) thirds.push_back(sum.finish(q));
    return thirds;
}

std::vector<double> preactivation_sizes(const Dataset& data, const Matrix& directions,
                                        const Execution& execution) {
    ValueSum sum(directions.rows());
    run_pass(data, probes(Activation(ActivationKind::identity), directions), execution, sum);
    std::vector<double> sizes;
    for (Size q = 0; q < directions.rows(); ++q)
        sizes.push_back(std::sqrt(sum.finish(q).power / (data.weight_sum() * data.scale())));
    return sizes;
}

double preactivation_size(const Dataset& data, std::span<const double> v, const Execution& execution) {
    Matrix direction(1, data.inputs());
    std::copy(v.begin(), v.end(), direction.row(0));
    return preactivation_sizes(data, direction, execution).front();
}

}  // namespace tepui
