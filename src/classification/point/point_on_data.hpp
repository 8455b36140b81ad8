// One parameter vector of a smooth network on one data set, and everything that verdicts ask of it: each part
// is computed on first use and at most once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "classification/escape/loss_change.hpp"
#include "classification/escape/psi.hpp"
#include "classification/point/extended.hpp"
#include "classification/point/least_loss.hpp"
#include "classification/spectrum/hessian_search.hpp"
#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

// For one thread at a time. Data, tolerances and execution must outlive it.
class PointOnData {
  public:
    // What second derivatives of the loss are known by.
    enum class SecondOrder {
        none,      // not at all: the point is taken as exact
        products,  // products with the Hessian
        dense      // the Hessian and all of its eigenvalues
    };

    PointOnData(const Dataset& data, Network network, const Tolerances& tolerances,
                const Execution& execution, SecondOrder second_order);
    // A point whose Newton step is known already (empty: there is none).
    PointOnData(const Dataset& data, Network network, const Tolerances& tolerances,
                const Execution& execution, const std::vector<double>& newton_step);
    PointOnData(PointOnData&&) noexcept;
    ~PointOnData();

    // The same function of another network: `as_other` of this network, and of the corrected one. Residuals
    // are shared, second derivatives are not known.
    PointOnData with_same_function(const std::function<Network(const Network&)>& as_other) const;

    // Before anything of second order was asked for.
    void know_by(SecondOrder second_order) noexcept { second_order_ = second_order; }

    const Dataset& data() const noexcept { return data_; }
    const Network& network() const noexcept { return network_; }
    const Tolerances& tolerances() const noexcept { return tolerances_; }
    const Execution& execution() const noexcept { return execution_; }

    // The loss, its gradient and the bounds on both; the residuals come with it.
    const Gradient& gradient() const;
    const PointResiduals& residuals() const;
    // Whether no network nearby has a smaller loss. stationary: whether the gradient counts as zero; asked
    // once, for a point that others know already it is theirs to say.
    const LeastLoss& least(bool stationary) const;
    void know_least(const LeastLoss& least) const;

    // The Hessian is formed where it is asked for, however second derivatives are known.
    const HessianValue& hessian() const;
    const Equilibrated& equilibrated() const;
    // What is known of its eigenvalues; empty where nothing is (none).
    const SpectralReport& spectrum() const;
    const std::optional<HessianEvidence>& evidence() const;

    // How far from the stationary point, and the point after one Newton step.
    const Uncertainty& uncertainty() const;
    const Network* corrected() const;  // null: there is none
    std::span<const double> corrected_residuals() const;
    const PointResiduals* corrected_point() const;  // all of them; null where there is none

    const PsiField& psi() const;
    // The stationary point nearby in more digits; null where it is not to be had. nullity: of the Hessian,
    // all of it along symmetries.
    const ExtendedPoint* extended(Size nullity) const;
    const std::vector<bool>& constant() const;  // locally constant neurons
    // psi is not identically zero near any w because the inputs and the activation make that impossible.
    bool effective_by_theory() const;

  private:
    // What belongs to the function, whichever parameters give it.
    struct Function;
    void judge_hessian() const;

    const Dataset& data_;
    std::unique_ptr<const Network> network_owner_;  // stays where it is when the point moves
    const Network& network_;
    const Tolerances& tolerances_;
    const Execution& execution_;
    SecondOrder second_order_;
    std::vector<double> known_step_;
    std::shared_ptr<Function> function_;
    mutable std::optional<Gradient> gradient_;
    mutable std::optional<HessianValue> hessian_;
    mutable std::optional<Equilibrated> equilibrated_;
    mutable std::optional<SpectralReport> spectrum_;
    mutable std::optional<HessianEvidence> evidence_;
    mutable std::unique_ptr<Uncertainty> uncertainty_;
    mutable std::unique_ptr<PsiField> psi_;
    mutable std::optional<std::vector<bool>> constant_;
    mutable std::optional<std::optional<ExtendedPoint>> extended_;
};

}  // namespace tepui
