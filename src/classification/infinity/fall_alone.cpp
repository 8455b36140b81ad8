#include <cmath>

#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/activation_jet.hpp"
#include "classification/infinity/finite_network.hpp"
#include "classification/infinity/output_constant.hpp"
#include "classification/infinity/sample_blocks.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

constexpr double kFarthest = 512.0;   // |z| of the nearest sample: beyond, tails are no normal numbers
constexpr double kTailError = 1e-14;  // relative, of a tail at a known preactivation
constexpr double kSeries = 1e-3;      // largest argument of an expansion of sigma

// What one unit at finite weights adds to the outputs.
class OneUnit {
  public:
    OneUnit(const Dataset& data, const BoundaryNetwork& limit, const Approach& approach, Size unit)
        : data_(data), approach_(approach), alone_(limit) {
        alone_.units = {limit.units[unit]};
        alone_.output_bias = adds_constants(limit);
        alone_.skip = false;
        alone_.parameters.assign(limit.parameters.begin() + limit.form_at(unit, 0),
                                 limit.parameters.begin() + limit.form_at(unit + 1, 0));
        alone_.parameters.resize(std::size_t(alone_.parameter_count()), 0.0);
        const BoundaryUnit& of = limit.units[unit];
        ramp_ = of.kind == UnitKind::rectified;
        asymptote_ = of.kind == UnitKind::asymptote;
        if (asymptote_) distance_ = along(limit.weights(unit, 0));
        if (of.kind == UnitKind::linear && has_jet(of.activation)) {
            linear_ = along(limit.weights(unit, 0));
            farthest_ = 0.0;
            for (const double t : linear_) farthest_ = std::max(farthest_, std::abs(t));
        }
        if ((of.kind != UnitKind::saturated && !(ramp_ && of.kept.empty())) || !approach.output.empty())
            return;
        distance_ = along(ramp_                        ? limit.weights(unit, 0)
                          : approach.direction.empty() ? of.direction
                                                       : approach.direction);
        for (const Size k : of.kept) distance_[k] = 0.0;
        if (!ramp_) side_ = of.side;
        offset_ = ramp_ ? std::vector<double>(distance_.size(), 0.0) : along(limit.weights(unit, 0));
        nearest_ = HUGE_VAL;
        for (Size k = 0; k < data.samples(); ++k)
            if (distance_[k] != 0.0 && data.weight(k) != 0.0)
                nearest_ = std::min(nearest_, std::abs(distance_[k]));
    }

    // Steps worth trying.
    std::vector<double> steps() const {
        std::vector<double> result;
        if (approach_.step != 0.0) return {approach_.step};
        if (asymptote_) {
            for (double far = 1.0; far <= kFarthest; far *= std::sqrt(2.0)) result.push_back(std::exp(-far));
            return result;
        }
        if (distance_.empty()) {
            for (double halving = -3.0; halving < (linear_.empty() ? 24.0 : 60.0); halving += 0.5)
                result.push_back(std::pow(2.0, -halving));
        } else if (std::isfinite(nearest_)) {
            for (double far = 2.0; far <= kFarthest; far *= std::sqrt(2.0)) result.push_back(nearest_ / far);
        }
        return result;
    }

    ChangesFromLimit at(double eps) {
        if (!distance_.empty()) return by_tails(eps);
        return eps * farthest_ < kSeries ? by_series(eps) : by_outputs(eps);
    }

  private:
    std::vector<double> along(const std::vector<double>& v) const {
        std::vector<double> result;
        for_sample_blocks(data_, [&](const SampleBlock& block) {
            for (Size k = 0; k < block.count; ++k) {
                double sum = 0.0;
                for (std::size_t j = 0; j < v.size(); ++j) sum += v[j] * block.x[k * Size(v.size()) + j];
                result.push_back(sum);
            }
        });
        return result;
    }

    int side_of(Size k) const {
        if (asymptote_) return 1;
        if (!side_.empty()) return side_[k];
        return distance_[k] > 0.0 ? 1 : distance_[k] < 0.0 ? -1 : 0;
    }

    ChangesFromLimit by_tails(double eps) const {
        const Size n = data_.samples(), count = alone_.output_count;
        ChangesFromLimit change{std::vector<double>(std::size_t(n * count)),
                                std::vector<double>(std::size_t(n * count))};
        for (Size k = 0; k < n; ++k) {
            const int side = side_of(k);
            if (side == 0) continue;
            const double z =
                asymptote_ ? distance_[k] + approach_.shift - std::log(eps) : distance_[k] / eps + offset_[k];
            const double small = tail(alone_.units[0].activation, side, z) * (ramp_ ? eps : 1.0);
            for (Size o = 0; o < count; ++o) {
                change.value[k * count + o] = small * alone_.coefficient(0, 0, o);
                change.error[k * count + o] =
                    side * z > 0.0 ? kTailError * (1.0 + z * z) * std::abs(change.value[k * count + o])
                                   : HUGE_VAL;
            }
        }
        return change;
    }

    // alpha / (eps sigma') [sigma(b + eps t) - sigma(b)] - alpha t, of a linear unit.
    ChangesFromLimit by_series(double eps) const {
        const Size n = data_.samples(), count = alone_.output_count;
        ChangesFromLimit change{std::vector<double>(std::size_t(n * count)),
                                std::vector<double>(std::size_t(n * count))};
        double of[kJetOrder + 1];
        jet_at(alone_.units[0].activation, approach_.shift, of);
        for (Size k = 0; k < n; ++k) {
            const double t = linear_[k], second = of[2] / of[1] * t * (eps * t) / 2.0,
                         third = of[3] / of[1] * t * (eps * t) * (eps * t) / 6.0,
                         fourth = of[4] / of[1] * t * (eps * t) * (eps * t) * (eps * t) / 24.0;
            const double doubt = kTailError * (std::abs(second) + std::abs(third)) +
                                 kSeries * (std::abs(third) + std::abs(fourth)) + std::abs(fourth);
            for (Size o = 0; o < count; ++o) {
                const double alpha = alone_.coefficient(0, 0, o);
                change.value[k * count + o] = alpha * (second + third + fourth);
                change.error[k * count + o] = std::abs(alpha) * doubt;
            }
        }
        return change;
    }

    ChangesFromLimit by_outputs(double eps) {
        Approach approach = approach_;
        approach.step = eps;
        const Network finite = finite_network(alone_, {&approach, 1});
        if (!limit_) limit_ = boundary_outputs(data_, alone_);
        ChangesFromLimit change{std::vector<double>(limit_->f.size()), absolute_outputs(data_, finite)};
        tepui::outputs(data_, finite, change.value.data(), nullptr, Execution{1});
        for (std::size_t l = 0; l < change.value.size(); ++l) {
            change.value[l] -= limit_->f[Size(l)];
            change.error[l] = kResidualError * change.error[l] + limit_->f_error[Size(l)];
        }
        return change;
    }

    const Dataset& data_;
    const Approach& approach_;
    BoundaryNetwork alone_;
    bool ramp_ = false, asymptote_ = false;
    std::vector<double> linear_;     // v . h of a linear unit of which an expansion is known
    double farthest_ = HUGE_VAL;     // the largest of these
    std::vector<double> distance_;   // v . h of steps and ramps, 0 on the hyperplane; w . h of an asymptote
    std::vector<double> offset_;     // u . h of a step
    std::vector<signed char> side_;  // of a step, where the limit has the samples
    double nearest_ = 0.0;
    std::optional<BoundaryOutputs> limit_;  // of the unit, once it is wanted
};

}  // namespace

std::optional<double> step_of_fall_alone(const Dataset& data, const BoundaryNetwork& limit,
                                         const BoundaryOutputs& outputs, const Approach& approach,
                                         Size unit) {
    OneUnit moved(data, limit, approach, unit);
    std::optional<LossChange> deepest;
    double step = 0.0;
    ShorteningSteps tried;
    for (const double eps : moved.steps()) {
        if (tried.over()) break;
        std::optional<LossChange> fall;
        try {
            const LossChange found = loss_change(data, outputs, limit.output_count, moved.at(eps));
            if (found.value < -found.error) fall = found;
            if (fall && (!deepest || falls_further(found, *deepest))) {
                deepest = found;
                step = eps;
            }
        } catch (const Error& error) {
            if (!cannot_evaluate(error)) throw;
        }
        tried.tried(fall);
    }
    return deepest ? std::optional<double>(step) : std::nullopt;
}

}  // namespace tepui
