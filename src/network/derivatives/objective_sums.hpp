// The loss and its derivatives at one parameter vector after the other: what a solver asks for. All room is
// made by the first call of each kind.
#pragma once

#include <optional>

#include "network/derivatives/hessian.hpp"
#include "network/derivatives/hessian_vector.hpp"

namespace tepui {

class ObjectiveSums {
  public:
    // The network gives activation and layout. The data must outlive this.
    ObjectiveSums(const Dataset& data, const Network& network) : data_(data), network_(network) {}

    const Network& network() const noexcept { return network_; }
    const Dataset& data() const noexcept { return data_; }
    // For all that follows.
    void move_to(std::span<const double> parameters) {
        std::copy(parameters.begin(), parameters.end(), network_.parameters.begin());
    }

    double loss(const Execution& execution) { return loss_value(execution).loss; }
    // Without bounds; valid until the next call, as are the others.
    const Gradient& gradient(const Execution& execution);
    const HessianValue& hessian(const Execution& execution);
    // Into one whose room is made, if it is.
    void hessian(const Execution& execution, HessianValue& value);
    LossValue loss_value(const Execution& execution);
    std::span<const double> hessian_vector(std::span<const double> direction, const Execution& execution);

  private:
    // Sums and the pass that makes them.
    struct Loss {
        LossSum sum;
        Pass pass;
        explicit Loss(const ObjectiveSums& of);
    };
    struct Slope {
        GradientSum sum;
        Pass pass;
        Gradient value;
        explicit Slope(const ObjectiveSums& of);
    };
    struct Curvature {
        HessianSum sum;
        GradientSum gradient;
        Pass pass;
        HessianValue value;
        explicit Curvature(const ObjectiveSums& of);
    };
    struct Product {
        Buffer<double> direction, value;
        HessianVectorSum sum;
        Pass pass;
        explicit Product(const ObjectiveSums& of);
    };

    const Dataset& data_;
    Network network_;
    std::optional<Loss> loss_;
    std::optional<Slope> slope_;
    std::optional<Curvature> curvature_;
    std::optional<Product> product_;
};

}  // namespace tepui
