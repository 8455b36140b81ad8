// Leaving the hidden weights of a neuron along a direction in which psi is not zero (MATH.md sections 4, 5).
#include <cmath>
#include <limits>

#include "classification/escape/psi.hpp"
#include "core/random.hpp"
#include "network/inputs/input_sizes.hpp"

namespace tepui {

PsiField::PsiField(const Dataset& data, const Network& network, const PointResiduals& residuals,
                   const Network* corrected, std::span<const double> corrected_residuals,
                   const Tolerances& tolerances, const Execution& execution)
    : data_(data),
      network_(network),
      corrected_(corrected),
      tolerances_(tolerances),
      execution_(execution),
      residuals_(residuals.values.span()),
      bends_(residuals.bends.span()),
      corrected_residuals_(corrected_residuals),
      residual_error_(residuals.error),
      relative_error_(relative_error(data, residuals)) {}

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

Matrix PsiField::weights_of(const Network& network, std::span<const Size> neurons) const {
    Matrix weights(static_cast<Size>(neurons.size()), network.inputs);
    for (std::size_t q = 0; q < neurons.size(); ++q)
        std::copy_n(network.weights(neurons[q]), network.inputs, weights.row(static_cast<Size>(q)));
    return weights;
}

std::vector<PsiField::Measured> PsiField::measure(Size neuron, const Matrix& shifts) const {
    const auto values = [&](const Network& network, std::span<const double> residuals) {
        Matrix points = shifts.copy();
        for (Size q = 0; q < points.rows(); ++q) {
            for (Size j = 0; j < points.cols(); ++j) points(q, j) += network.weights(neuron)[j];
        }
        return psi_values(data_, residuals, network.activation, points, execution_);
    };
    const std::vector<Psi> here = values(network_, residuals_);
    std::vector<Psi> there;
    if (corrected_ != nullptr) there = values(*corrected_, corrected_residuals_);
    std::vector<Measured> measured;
    for (std::size_t q = 0; q < here.size(); ++q) {
        Measured result{here[q].value, sum_rounding(data_.inputs(), data_.samples()) * here[q].magnitude};
        result.tolerance += residual_error_ * std::sqrt(here[q].power);
        if (corrected_ != nullptr) result.tolerance += std::abs(here[q].value - there[q].value);
        result.tolerance *= tolerances_.rounding_factor;
        if (!std::isfinite(result.value) || !std::isfinite(result.tolerance)) result = {};
        measured.push_back(result);
    }
    return measured;
}

PsiDirection PsiField::finish(Size neuron, std::vector<double> v, int order, double coefficient) const {
    PsiDirection found{std::move(v), order, coefficient};
    Matrix weights(2, network_.inputs);
    std::copy_n(network_.weights(neuron), network_.inputs, weights.row(0));
    const std::vector<double> away = shifted(network_, neuron, found.v);
    std::copy(away.begin(), away.end(), weights.row(1));
    const std::vector<double> powers =
        feature_powers(data_, bends_, network_.activation, weights, execution_);
    found.power = powers[0];
    found.power_away = powers[1];
    if (!std::isfinite(found.power_away)) found.power_away = found.power;
    return found;
}

double PsiField::slope_level(const Psi& here, const Psi* there) const {
    double level = 0.0;
    for (Size j = 0; j < data_.inputs(); ++j) {
        if (input_size()[j] == 0.0 || here.gradient[j] == 0.0) continue;
        double tolerance =
            (sum_rounding(data_.inputs(), data_.samples()) + relative_error_) * here.gradient_magnitude[j];
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
    std::vector<double> v(d, 0.0);
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
const Matrix& PsiField::trial_directions() const {
    if (trial_directions_) return *trial_directions_;
    constexpr Size kDirections = 16;
    const Size d = data_.inputs();
    Matrix drawn(kDirections, d);
    for (Size trial = 0; trial < kDirections; ++trial) {
        Random random(0x7e9, static_cast<std::uint64_t>(trial));
        for (Size j = 0; j < d; ++j) {
            if (input_size()[j] > 0.0) drawn(trial, j) = random.normal() / input_size()[j];
        }
    }
    const std::vector<double> sizes = preactivation_sizes(data_, drawn, execution_);
    Size kept = 0;
    for (Size trial = 0; trial < kDirections; ++trial) {
        if (!(sizes[trial] > 0.0)) continue;
        for (Size j = 0; j < d; ++j) drawn(kept, j) = drawn(trial, j) / sizes[trial];
        ++kept;
    }
    trial_directions_.emplace(kept, d);
    std::copy_n(drawn.data(), kept * d, trial_directions_->data());
    return *trial_directions_;
}

std::vector<PsiField::Third> PsiField::thirds(std::span<const Size> neurons, std::span<const Size> owners,
                                              const Matrix& directions) const {
    std::vector<PsiThird> here = psi_thirds(data_, residuals_, network_.activation,
                                            weights_of(network_, neurons), owners, directions, execution_);
    std::vector<PsiThird> there;
    if (corrected_ != nullptr) {
        there = psi_thirds(data_, corrected_residuals_, corrected_->activation,
                           weights_of(*corrected_, neurons), owners, directions, execution_);
    }
    const double relative = sum_rounding(data_.inputs(), data_.samples()) + relative_error_;
    std::vector<Third> results;
    for (std::size_t q = 0; q < here.size(); ++q) {
        Third result{here[q].value, relative * here[q].magnitude, std::move(here[q].slope)};
        if (corrected_ != nullptr) result.tolerance += std::abs(here[q].value - there[q].value);
        result.tolerance *= tolerances_.rounding_factor;
        results.push_back(std::move(result));
    }
    return results;
}

PsiField::Here& PsiField::about(Size neuron) const {
    if (last_.neuron != neuron) {
        last_ = {};
        last_.here =
            psi_at(data_, residuals_, network_.activation, shifted(network_, neuron, {}), 2, execution_);
        last_.neuron = neuron;
    }
    return last_;
}

const Psi& PsiField::at(Size neuron) const {
    return about(neuron).here;
}

std::optional<PsiDirection> PsiField::by_third(Size neuron) const {
    if (network_.activation.derivatives() < 3) return std::nullopt;
    const Matrix& trials = trial_directions();
    const std::vector<Size> owners(trials.rows(), 0);
    const std::vector<Third> found = thirds({&neuron, 1}, owners, trials);
    Size best = -1;
    for (Size q = 0; q < trials.rows(); ++q) {
        if (!(std::abs(found[q].value) > found[q].tolerance)) continue;
        if (best < 0 || std::abs(found[q].value) > std::abs(found[best].value)) best = q;
    }
    if (best < 0) return std::nullopt;
    return finish(neuron, {trials.row(best), trials.row(best) + trials.cols()}, 3, found[best].value / 6.0);
}

// psi at 1, 1/2, 1/4, ... along each trial direction, as long as it stays above its error; the last ratio
// gives the order.
std::optional<PsiDirection> PsiField::by_evaluation(Size neuron) const {
    constexpr int kHalvings = 12;
    const Matrix& trials = trial_directions();
    const Size d = trials.cols();
    std::vector<std::vector<double>> values(trials.rows());
    std::vector<Size> open(values.size());
    for (std::size_t q = 0; q < open.size(); ++q) open[q] = static_cast<Size>(q);
    for (int k = 0; k < kHalvings && !open.empty(); ++k) {
        Matrix shifts(static_cast<Size>(open.size()), d);
        for (Size row = 0; row < shifts.rows(); ++row) {
            for (Size j = 0; j < d; ++j) shifts(row, j) = std::ldexp(trials(open[row], j), -k);
        }
        const std::vector<Measured> psi = measure(neuron, shifts);
        std::vector<Size> above;
        for (std::size_t row = 0; row < open.size(); ++row) {
            if (!(std::abs(psi[row].value) > psi[row].tolerance)) continue;
            values[open[row]].push_back(psi[row].value);
            above.push_back(open[row]);
        }
        open = std::move(above);
    }
    std::optional<PsiDirection> best;
    double best_size = 0.0;
    for (Size q = 0; q < trials.rows(); ++q) {
        const std::vector<double>& along = values[q];
        if (along.size() < 2 || std::abs(along.front()) <= best_size) continue;
        const double last = along.back(), ratio = along[along.size() - 2] / last;
        if (!(ratio > 1.0)) continue;
        const int order = std::max(4, static_cast<int>(std::lround(std::log2(ratio))));
        const int halvings = static_cast<int>(along.size()) - 1;
        best_size = std::abs(along.front());
        best = PsiDirection{{trials.row(q), trials.row(q) + d}, order, std::ldexp(last, order * halvings)};
    }
    if (!best) return std::nullopt;
    return finish(neuron, std::move(best->v), best->order, best->coefficient);
}

const Psi* PsiField::at_corrected(Size neuron) const {
    if (corrected_ == nullptr) return nullptr;
    std::optional<Psi>& known = about(neuron).corrected;
    if (!known) {
        known = psi_at(data_, corrected_residuals_, corrected_->activation, shifted(*corrected_, neuron, {}),
                       2, execution_);
    }
    return &*known;
}

SpectralReport PsiField::hessian_report(Size neuron) const {
    return hessian_report(at(neuron), at_corrected(neuron));
}

double PsiField::slope_level(Size neuron) const {
    return slope_level(at(neuron), at_corrected(neuron));
}

std::optional<PsiDirection> PsiField::leave(Size neuron) const {
    const Psi& here = at(neuron);
    const Psi* const moved = at_corrected(neuron);
    if (auto found = by_gradient(neuron, here, moved)) return found;
    if (auto found = by_hessian(neuron, here, moved)) return found;
    if (auto found = by_third(neuron)) return found;
    if (network_.activation.traits().smoothness != Smoothness::analytic) return std::nullopt;
    return by_evaluation(neuron);
}

}  // namespace tepui
