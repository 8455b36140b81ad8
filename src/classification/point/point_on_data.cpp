#include "classification/point/point_on_data.hpp"

#include <cmath>

#include "classification/escape/locally_constant.hpp"
#include "classification/point/parallel_inputs.hpp"
#include "network/derivatives/hessian.hpp"
#include "network/derivatives/kinks.hpp"

namespace tepui {

struct PointOnData::Function {
    std::optional<PointResiduals> residuals;
    std::optional<PointResiduals> corrected;
    std::optional<bool> effective;
    std::optional<LeastLoss> least;
};

PointOnData::PointOnData(const Dataset& data, Network network, const Tolerances& tolerances,
                         const Execution& execution, SecondOrder second_order)
    : data_(data),
      network_owner_(std::make_unique<const Network>(std::move(network))),
      network_(*network_owner_),
      tolerances_(tolerances),
      execution_(execution),
      second_order_(second_order),
      function_(std::make_shared<Function>()) {}

PointOnData::PointOnData(const Dataset& data, Network network, const Tolerances& tolerances,
                         const Execution& execution, const std::vector<double>& newton_step)
    : PointOnData(data, std::move(network), tolerances, execution, SecondOrder::none) {
    known_step_ = newton_step;
}

PointOnData::PointOnData(PointOnData&&) noexcept = default;
PointOnData::~PointOnData() = default;

PointOnData PointOnData::with_same_function(const std::function<Network(const Network&)>& as_other) const {
    PointOnData other(data_, as_other(network_), tolerances_, execution_, SecondOrder::none);
    other.function_ = function_;
    other.uncertainty_ = std::make_unique<Uncertainty>();
    other.uncertainty_->residual = uncertainty().residual;
    if (corrected() != nullptr) {
        corrected_residuals();
        other.uncertainty_->corrected = as_other(*corrected());
    }
    return other;
}

const Gradient& PointOnData::gradient() const {
    if (gradient_) return *gradient_;
    if (second_order_ == SecondOrder::dense) return hessian().gradient;
    if (!data_.loss().quadratic()) {
        gradient_ = tepui::gradient(data_, network_, execution_, Bounds::with);
        return *gradient_;
    }
    Buffer<double> values(data_.samples());
    gradient_ = tepui::gradient(data_, network_, execution_, Bounds::with, values.data());
    if (!function_->residuals)
        function_->residuals = point_residuals(data_, std::move(values), gradient_->loss);
    return *gradient_;
}

const PointResiduals& PointOnData::residuals() const {
    if (!function_->residuals) function_->residuals = point_residuals(data_, network_, execution_);
    return *function_->residuals;
}

const LeastLoss& PointOnData::least(bool stationary) const {
    std::optional<LeastLoss>& known = function_->least;
    if (known) return *known;
    known = least_loss(data_, network_, gradient().loss, stationary, tolerances_, execution_);
    if (!known->reached && tepui::at_kink(data_, network_, {}, execution_))
        known->unclear = known->at_kink = true;
    return *known;
}

void PointOnData::know_least(const LeastLoss& least) const {
    function_->least = least;
}

const HessianValue& PointOnData::hessian() const {
    if (hessian_) return *hessian_;
    if (!data_.loss().quadratic()) {
        hessian_ = tepui::hessian(data_, network_, execution_);
        return *hessian_;
    }
    Buffer<double> values(function_->residuals ? 0 : data_.samples());
    hessian_ = hessian_and_residuals(data_, network_, execution_, values.data());
    if (!function_->residuals)
        function_->residuals = point_residuals(data_, std::move(values), hessian_->gradient.loss);
    return *hessian_;
}

const Equilibrated& PointOnData::equilibrated() const {
    if (!equilibrated_) equilibrated_ = equilibrate(hessian().value, hessian().magnitude);
    return *equilibrated_;
}

// The spectrum and the uncertainty know of each other.
void PointOnData::judge_hessian() const {
    if (spectrum_) return;
    HessianSearch found;
    if (second_order_ == SecondOrder::dense) {
        execution_.enter("Hessian");
        found.uncertainty =
            point_uncertainty(data_, network_, hessian(), equilibrated(), tolerances_, execution_);
        execution_.enter("Hessian spectrum");
        found.spectrum = spectral_report(hessian().value, equilibrated(), data_.samples(),
                                         &found.uncertainty.hessian, tolerances_.rounding_factor);
        doubt_hidden_zeros(hessian(), network_, found.spectrum);
    } else if (second_order_ == SecondOrder::products && !least(true).reached) {
        execution_.enter("products with the Hessian");
        found = search_hessian(data_, network_, gradient(), tolerances_, execution_);
        evidence_ = found.evidence;
    } else {
        // Where no loss is smaller the verdict needs no products.
        found.uncertainty.residual = relative_error(data_, residuals());
        if (!known_step_.empty()) {
            found.uncertainty.step = known_step_;
            found.uncertainty.corrected = network_;
            std::vector<double>& parameters = found.uncertainty.corrected->parameters;
            for (std::size_t p = 0; p < known_step_.size(); ++p) parameters[p] -= known_step_[p];
        }
        if (second_order_ == SecondOrder::products) {
            found.spectrum.method = NeuronMethod::matrix_free;
            found.spectrum.counted = false;
        }
    }
    if (!data_.loss().quadratic()) {  // it was taken for that of f - y
        found.uncertainty.residual = relative_error(data_, residuals());
        found.uncertainty.corrected_residuals = {};
    }
    if (uncertainty_ == nullptr) uncertainty_ = std::make_unique<Uncertainty>(std::move(found.uncertainty));
    spectrum_ = std::move(found.spectrum);
}

const SpectralReport& PointOnData::spectrum() const {
    judge_hessian();
    return *spectrum_;
}

const std::optional<HessianEvidence>& PointOnData::evidence() const {
    judge_hessian();
    return evidence_;
}

const Uncertainty& PointOnData::uncertainty() const {
    if (uncertainty_ == nullptr) judge_hessian();
    return *uncertainty_;
}

const Network* PointOnData::corrected() const {
    const std::optional<Network>& found = uncertainty().corrected;
    return found ? &*found : nullptr;
}

const PointResiduals* PointOnData::corrected_point() const {
    if (corrected() == nullptr) return nullptr;
    std::optional<PointResiduals>& known = function_->corrected;
    if (!known && uncertainty_->corrected_residuals.size() > 0) {
        known.emplace();
        known->values = std::move(uncertainty_->corrected_residuals);
    }
    if (!known) known = point_residuals(data_, *corrected(), execution_);
    return &*known;
}

std::span<const double> PointOnData::corrected_residuals() const {
    const PointResiduals* const there = corrected_point();
    return there == nullptr ? std::span<const double>{} : there->values.span();
}

const PsiField& PointOnData::psi() const {
    if (psi_ == nullptr)
        psi_ = std::make_unique<PsiField>(data_, network_, residuals(), corrected(), corrected_residuals(),
                                          tolerances_, execution_);
    return *psi_;
}

const ExtendedPoint* PointOnData::extended(Size nullity) const {
    if (!extended_) extended_.emplace(ExtendedPoint::find(data_, network_, nullity, tolerances_, execution_));
    return *extended_ ? &**extended_ : nullptr;
}

const std::vector<bool>& PointOnData::constant() const {
    if (!constant_) constant_ = locally_constant_neurons(data_, network_, execution_);
    return *constant_;
}

bool PointOnData::effective_by_theory() const {
    const ActivationTraits& traits = network_.activation.traits();
    if (traits.smoothness != Smoothness::analytic || traits.polynomial) return false;
    std::optional<bool>& known = function_->effective;
    if (!known) known = has_isolated_direction(data_, residuals().values.span(), uncertainty().residual);
    return *known;
}

}  // namespace tepui
