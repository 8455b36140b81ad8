#include "network/model/network.hpp"

namespace tepui {
namespace {

std::size_t checked_parameter_count(const Layout& layout) {
    const Size width = layout.width, inputs = layout.inputs;
    if (width < 0) {
        throw Error(Status::invalid_size, "width is " + std::to_string(width) + ", at least 0 is expected");
    }
    if (inputs < 1) {
        throw Error(Status::invalid_size, "inputs is " + std::to_string(inputs) + ", at least 1 is expected");
    }
    if (layout.output_count < 1) {
        throw Error(Status::invalid_size,
                    "outputs is " + std::to_string(layout.output_count) + ", at least 1 is expected");
    }
    const Size features = checked_sum(checked_sum(width, inputs), 1);
    const Size count = checked_sum(checked_product(width, checked_sum(inputs, 1)),
                                   checked_product(features, layout.output_count));
    checked_product(count, static_cast<Size>(sizeof(double)));
    return static_cast<std::size_t>(layout.parameter_count());
}

}  // namespace

Network::Network(Activation activation_, Size width_, Size inputs_)
    : Network(activation_, Layout{width_, inputs_}) {}

Network::Network(Activation activation_, const Layout& layout)
    : Layout(layout), activation(activation_), parameters(checked_parameter_count(layout), 0.0) {}

}  // namespace tepui
