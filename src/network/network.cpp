#include "network/network.hpp"

namespace tepui {
namespace {

std::size_t checked_parameter_count(Size width, Size inputs) {
    if (width < 0) {
        throw Error(Status::invalid_size, "width is " + std::to_string(width) + ", at least 0 is expected");
    }
    if (inputs < 1) {
        throw Error(Status::invalid_size, "inputs is " + std::to_string(inputs) + ", at least 1 is expected");
    }
    const Size count = checked_product(width, checked_sum(inputs, 1));
    checked_product(count, static_cast<Size>(sizeof(double)));
    return static_cast<std::size_t>(count);
}

}  // namespace

Network::Network(Activation activation_, Size width_, Size inputs_)
    : activation(activation_),
      width(width_),
      inputs(inputs_),
      parameters(checked_parameter_count(width_, inputs_), 0.0) {}

}  // namespace tepui
