#include "network/derivatives/objective_sums.hpp"

#include <algorithm>

namespace tepui {

ObjectiveSums::Loss::Loss(const ObjectiveSums& of) : pass(of.data_, of.network_, sum) {}

ObjectiveSums::Slope::Slope(const ObjectiveSums& of)
    : sum(of.network_, Bounds::without), pass(of.data_, of.network_, sum) {}

ObjectiveSums::Curvature::Curvature(const ObjectiveSums& of)
    : sum(of.network_, of.data_.loss()), gradient(of.network_), pass(of.data_, of.network_, sum, gradient) {}

ObjectiveSums::Product::Product(const ObjectiveSums& of)
    : direction(of.network_.parameter_count()),
      value(direction.size()),
      sum(of.network_, of.data_.loss(), direction.data(), 1),
      pass(product_pass(of.data_, of.network_, sum)) {}

LossValue ObjectiveSums::loss_value(const Execution& execution) {
    if (!loss_) loss_.emplace(*this);
    loss_->pass.run_anew(execution);
    return loss_->sum.finish(network_, data_.decay());
}

const Gradient& ObjectiveSums::gradient(const Execution& execution) {
    if (!slope_) slope_.emplace(*this);
    slope_->pass.run_anew(execution);
    slope_->sum.finish(network_, data_.decay(), slope_->value);
    return slope_->value;
}

void ObjectiveSums::hessian(const Execution& execution, HessianValue& value) {
    if (!curvature_) curvature_.emplace(*this);
    curvature_->pass.run_anew(execution);
    curvature_->sum.finish(network_, data_.decay(), curvature_->gradient, value);
}

const HessianValue& ObjectiveSums::hessian(const Execution& execution) {
    if (!curvature_) curvature_.emplace(*this);
    hessian(execution, curvature_->value);
    return curvature_->value;
}

std::span<const double> ObjectiveSums::hessian_vector(std::span<const double> direction,
                                                      const Execution& execution) {
    if (!product_) product_.emplace(*this);
    std::copy(direction.begin(), direction.end(), product_->direction.data());
    product_->pass.run_anew(execution);
    product_->sum.finish(data_.decay(), product_->value.span());
    return product_->value.span();
}

}  // namespace tepui
