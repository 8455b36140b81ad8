// Leaving the hidden weights of a neuron along a direction in which psi is not zero (MATH.md sections 4, 5).
#include <cmath>
#include <limits>

#include "classification/escape/psi.hpp"

#include "core/random.hpp"

namespace tepui {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

// Error of a sum of `terms` samples in d inputs relative to its absolute terms.
double rounding(Size d, Size terms) {
    return kEps * (static_cast<double>(d) + std::sqrt(static_cast<double>(terms)));
}

}  // namespace

PsiField::PsiField(const Dataset& data, const Network& network, const PointResiduals& residuals,
                   const Network* corrected, const Tolerances& tolerances, const Execution& execution)
    : data_(data),
      network_(network),
      corrected_(corrected),
      tolerances_(tolerances),
      execution_(execution),
      residuals_(residuals.values.span()),
      residual_error_(residuals.error) {
    const double norm = residuals.size * std::sqrt(data.weight_sum() * data.scale());
    relative_error_ = norm > 0.0 ? std::min(1.0, residuals.error / norm) : 1.0;
    if (corrected != nullptr) {
        corrected_residuals_ = Buffer<double>(data.samples());
        outputs(data, *corrected, nullptr, corrected_residuals_.data(), execution);
    }
}

const std::vector<double>& PsiField::input_size() const {
    if (input_size_.empty()) input_size_ = input_sizes(data_, execution_);
    return input_size_;
}

std::vector<double> PsiField::shifted(const Network& network, Size neuron,
                                      std::span<const double> shift) const {
    std::vector<double> w(network.weights(neuron), network.weights(neuron) + network.inputs);
    for (std::size_t j = 0; j < shift.size(); ++j) w[j] += shift[j];
    return w;
}

PsiField::Measured PsiField::measure(Size neuron, std::span<const double> shift) const {
    const Psi here =
        psi_at(data_, residuals_, network_.activation, shifted(network_, neuron, shift), 0, execution_);
    Measured result{here.value, rounding(data_.inputs(), data_.samples()) * here.magnitude};
    result.tolerance += residual_error_ * std::sqrt(here.power);
    if (corrected_ != nullptr) {
        const Psi there = psi_at(data_, corrected_residuals_.span(), corrected_->activation,
                                 shifted(*corrected_, neuron, shift), 0, execution_);
        result.tolerance += std::abs(here.value - there.value);
    }
    result.tolerance *= tolerances_.rounding_factor;
    if (!std::isfinite(result.value) || !std::isfinite(result.tolerance)) return {0.0, 0.0};
    return result;
}

PsiDirection PsiField::finish(Size neuron, std::vector<double> v, int order, double coefficient) const {
    PsiDirection found{std::move(v), order, coefficient};
    found.power =
        psi_at(data_, residuals_, network_.activation, shifted(network_, neuron, {}), 0, execution_).power;
    found.power_away =
        psi_at(data_, residuals_, network_.activation, shifted(network_, neuron, found.v), 0, execution_)
            .power;
    if (!std::isfinite(found.power_away)) found.power_away = found.power;
    return found;
}

double PsiField::slope_level(const Psi& here, const Psi* there) const {
    double level = 0.0;
    for (Size j = 0; j < data_.inputs(); ++j) {
        if (input_size()[j] == 0.0 || here.gradient[j] == 0.0) continue;
        double tolerance =
            (rounding(data_.inputs(), data_.samples()) + relative_error_) * here.gradient_magnitude[j];
        if (there != nullptr) tolerance += std::abs(here.gradient[j] - there->gradient[j]);
        tolerance *= tolerances_.rounding_factor;
        const double value = std::abs(here.gradient[j]);
        level =
            std::max(level, tolerance > 0.0 ? value / tolerance : std::numeric_limits<double>::infinity());
    }
    return level;
}

std::optional<PsiDirection> PsiField::by_gradient(Size neuron, const Psi& here, const Psi* there) const {
    const double level = slope_level(here, there);
    if (!(level > 1.0)) return std::nullopt;
    const Size d = data_.inputs();
    std::vector<double> v(static_cast<std::size_t>(d), 0.0);
    for (Size j = 0; j < d; ++j) {
        // Steepest in inputs of equal size.
        if (input_size()[j] > 0.0) v[j] = here.gradient[j] / (input_size()[j] * input_size()[j]);
    }
    const double size = preactivation_size(data_, v, execution_);
    if (!(size > 0.0)) return std::nullopt;
    double coefficient = 0.0;
    for (Size j = 0; j < d; ++j) {
        v[j] /= size;
        coefficient += here.gradient[j] * v[j];
    }
    PsiDirection found = finish(neuron, std::move(v), 1, coefficient);
    found.margin = level;
    return found;
}

SpectralReport PsiField::hessian_report(const Psi& here, const Psi* there) const {
    const Size d = data_.inputs();
    Matrix uncertainty(d, d);
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j < d; ++j) {
            uncertainty(i, j) =
                relative_error_ * std::sqrt(here.hessian_magnitude[i] * here.hessian_magnitude[j]);
            if (there != nullptr) uncertainty(i, j) += std::abs(here.hessian(i, j) - there->hessian(i, j));
        }
    }
    return spectral_report(here.hessian, here.hessian_magnitude, data_.samples(), &uncertainty,
                           tolerances_.rounding_factor);
}

std::optional<PsiDirection> PsiField::by_hessian(Size neuron, const Psi& here, const Psi* there) const {
    const SpectralReport report = hessian_report(here, there);
    const bool upwards = std::abs(report.curvature_positive) >= std::abs(report.curvature_negative);
    std::vector<double> v = upwards ? report.v_positive : report.v_negative;
    const double curvature = upwards ? report.curvature_positive : report.curvature_negative;
    if (v.empty()) return std::nullopt;
    const double size = preactivation_size(data_, v, execution_);
    if (!(size > 0.0)) return std::nullopt;
    for (double& component : v) component /= size;
    return finish(neuron, std::move(v), 2, 0.5 * curvature / size / size);
}

// A fixed set of random directions, inputs taken at equal size, of unit preactivation change.
std::vector<std::vector<double>> PsiField::trial_directions() const {
    constexpr int kDirections = 16;
    const Size d = data_.inputs();
    std::vector<std::vector<double>> directions;
    for (int trial = 0; trial < kDirections; ++trial) {
        Random random(0x7e9, static_cast<std::uint64_t>(trial));
        std::vector<double> v(static_cast<std::size_t>(d), 0.0);
        for (Size j = 0; j < d; ++j) {
            if (input_size()[j] > 0.0) v[j] = random.normal() / input_size()[j];
        }
        const double size = preactivation_size(data_, v, execution_);
        if (!(size > 0.0)) continue;
        for (double& component : v) component /= size;
        directions.push_back(std::move(v));
    }
    return directions;
}

PsiField::Third PsiField::third(Size neuron, std::span<const double> v) const {
    PsiThird here =
        psi_third(data_, residuals_, network_.activation, shifted(network_, neuron, {}), v, execution_);
    Third result{here.value, (rounding(data_.inputs(), data_.samples()) + relative_error_) * here.magnitude,
                 std::move(here.slope)};
    if (corrected_ != nullptr) {
        const PsiThird there = psi_third(data_, corrected_residuals_.span(), corrected_->activation,
                                         shifted(*corrected_, neuron, {}), v, execution_);
        result.tolerance += std::abs(here.value - there.value);
    }
    result.tolerance *= tolerances_.rounding_factor;
    return result;
}

Psi PsiField::at(Size neuron) const {
    return psi_at(data_, residuals_, network_.activation, shifted(network_, neuron, {}), 2, execution_);
}

std::optional<PsiDirection> PsiField::by_third(Size neuron) const {
    if (network_.activation.derivatives() < 3) return std::nullopt;
    std::optional<PsiDirection> best;
    for (std::vector<double>& v : trial_directions()) {
        const Third found = third(neuron, v);
        if (!(std::abs(found.value) > found.tolerance)) continue;
        const double coefficient = found.value / 6.0;
        if (best && std::abs(coefficient) <= std::abs(best->coefficient)) continue;
        best = PsiDirection{std::move(v), 3, coefficient};
    }
    if (!best) return std::nullopt;
    return finish(neuron, std::move(best->v), 3, best->coefficient);
}

std::optional<PsiDirection> PsiField::by_evaluation(Size neuron) const {
    constexpr int kHalvings = 12;
    std::optional<PsiDirection> best;
    double best_size = 0.0;
    for (const std::vector<double>& v : trial_directions()) {
        // psi at 1, 1/2, 1/4, ... along v, as long as it stays above its error; the last ratio gives the
        // order.
        std::vector<double> values;
        std::vector<double> shift(v);
        for (int k = 0; k < kHalvings; ++k) {
            const Measured psi = measure(neuron, shift);
            if (!(std::abs(psi.value) > psi.tolerance)) break;
            values.push_back(psi.value);
            for (double& component : shift) component *= 0.5;
        }
        if (values.size() < 2 || std::abs(values.front()) <= best_size) continue;
        const double last = values.back(), ratio = values[values.size() - 2] / last;
        if (!(ratio > 1.0)) continue;
        const int order = std::max(4, static_cast<int>(std::lround(std::log2(ratio))));
        const int halvings = static_cast<int>(values.size()) - 1;
        best_size = std::abs(values.front());
        best = PsiDirection{v, order, std::ldexp(last, order * halvings)};
    }
    if (!best) return std::nullopt;
    return finish(neuron, std::move(best->v), best->order, best->coefficient);
}

std::optional<Psi> PsiField::at_corrected(Size neuron) const {
    if (corrected_ == nullptr) return std::nullopt;
    return psi_at(data_, corrected_residuals_.span(), corrected_->activation,
                  shifted(*corrected_, neuron, {}), 2, execution_);
}

SpectralReport PsiField::hessian_report(Size neuron) const {
    const std::optional<Psi> there = at_corrected(neuron);
    return hessian_report(at(neuron), there ? &*there : nullptr);
}

double PsiField::slope_level(Size neuron) const {
    const std::optional<Psi> there = at_corrected(neuron);
    return slope_level(at(neuron), there ? &*there : nullptr);
}

std::optional<PsiDirection> PsiField::leave(Size neuron) const {
    const Psi here = at(neuron);
    const std::optional<Psi> there = at_corrected(neuron);
    const Psi* moved = there ? &*there : nullptr;
    if (auto found = by_gradient(neuron, here, moved)) return found;
    if (auto found = by_hessian(neuron, here, moved)) return found;
    if (auto found = by_third(neuron)) return found;
    if (network_.activation.traits().smoothness != Smoothness::analytic) return std::nullopt;
    return by_evaluation(neuron);
}

}  // namespace tepui
