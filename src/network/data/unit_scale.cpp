#include "network/data/unit_scale.hpp"

#include <algorithm>
#include <cmath>

namespace tepui {
namespace {

constexpr int kOrdinary = 32;
constexpr Size kPiece = 256;

// The exponent of a size far from 1; 0: none.
int exponent(double size) {
    if (size == 0.0) return 0;
    const int power = std::ilogb(size);
    return std::abs(power) <= kOrdinary ? 0 : power;
}

// [count][features] to the scale.
void divide(double* x, Size count, Size features, Size stride, const std::vector<int>& powers) {
    if (powers.empty()) return;
    for (Size k = 0; k < count; ++k) {
        for (Size j = 0; j < features; ++j) {
            if (powers[j] != 0) x[k * stride + j] = std::ldexp(x[k * stride + j], -powers[j]);
        }
    }
}

void largest_of_ranks(Collective& ranks, std::vector<double>& sizes) {
    const auto d = static_cast<Size>(sizes.size());
    std::vector<double> all(checked_product(ranks.size(), d));
    std::vector<Size> first;
    for (Size r = 0; r <= ranks.size(); ++r) first.push_back(r * d);
    std::copy(sizes.begin(), sizes.end(), all.begin() + ranks.rank() * d);
    ranks.settle(Signature().add("unit scale").add(d).value());
    ranks.gather(all.data(), first);
    for (std::size_t e = 0; e < all.size(); ++e)
        sizes[e % sizes.size()] = std::max(sizes[e % sizes.size()], all[e]);
}

}  // namespace

double UnitScale::given_loss(double unit_loss) const {
    return loss == 0 ? unit_loss : std::ldexp(unit_loss, loss);
}

void UnitScale::weights_to_given(double* w) const {
    for (std::size_t j = 0; j < inputs.size(); ++j) {
        if (inputs[j] != 0) w[j] = std::ldexp(w[j], -inputs[j]);
    }
}

void UnitScale::weights_to_unit(double* w) const {
    for (std::size_t j = 0; j < inputs.size(); ++j) {
        if (inputs[j] != 0) w[j] = std::ldexp(w[j], inputs[j]);
    }
}

double UnitScale::output_to_unit(double output) const {
    return targets == 0 ? output : std::ldexp(output, -targets);
}

double UnitScale::output_to_given(double output) const {
    return targets == 0 ? output : std::ldexp(output, targets);
}

// What the output layer multiplies its features by, with the exponent of the input that the feature is.
template <class Use>
void UnitScale::each_coefficient(Network& network, Use&& use) const {
    const Size first_input = network.features() - (network.skip ? network.inputs : 0);
    for (Size q = 0; q < network.features(); ++q) {
        const bool input = q >= first_input && static_cast<std::size_t>(q - first_input) < inputs.size();
        for (Size o = 0; o < network.output_count; ++o)
            use(network.parameters[network.coefficient(q, o)], input ? inputs[q - first_input] : 0);
    }
}

void UnitScale::to_given(Network& network) const {
    for (Size i = 0; i < network.width; ++i) weights_to_given(network.weights(i));
    each_coefficient(network, [&](double& c, int input) { c = std::ldexp(output_to_given(c), -input); });
}

void UnitScale::to_unit(Network& network) const {
    for (Size i = 0; i < network.width; ++i) weights_to_unit(network.weights(i));
    each_coefficient(network, [&](double& c, int input) { c = std::ldexp(output_to_unit(c), input); });
}

UnitScale unit_scale(const Dataset& data) {
    const Size d = data.inputs(), n = data.samples();
    UnitScale scale;
    double target = 0.0, weight = 0.0;
    for (Size k = 0; k < n; ++k) {
        for (Size o = 0; o < data.outputs(); ++o) target = std::max(target, std::abs(data.target(k, o)));
        weight = std::max(weight, data.given_weight(k));
    }
    if (!data.decay().none()) return scale;  // it does not scale with the loss
    if (data.loss().kind() == LossKind::squared) scale.targets = exponent(target);
    scale.weights = exponent(weight);
    scale.loss = 2 * scale.targets + (data.scaling() == LossScaling::mean ? 0 : scale.weights);
    std::vector<double> sizes(d, 0.0), rows(checked_product(std::min(kPiece, n), d));
    for (Size first = data.held_begin(); first < data.held_end(); first += kPiece) {
        const Size count = std::min(kPiece, data.held_end() - first);
        data.held_rows(first, count, rows.data());
        for (Size k = 0; k < count; ++k) {
            for (Size j = 0; j < d; ++j) sizes[j] = std::max(sizes[j], std::abs(rows[k * d + j]));
        }
    }
    if (const Share* share = data.share()) largest_of_ranks(*share->collective, sizes);
    std::vector<int> powers(d);
    std::transform(sizes.begin(), sizes.end(), powers.begin(), exponent);
    if (std::any_of(powers.begin(), powers.end(), [](int power) { return power != 0; }))
        scale.inputs = std::move(powers);
    return scale;
}

// A bias is 1 and stays so: its exponent is 0.
Dataset at_unit_scale(const Dataset& data, const UnitScale& scale) {
    const Size n = data.samples(), features = data.features(), inputs = data.inputs();
    if (data.share() != nullptr) {
        throw Error(
            Status::unsupported,
            "inputs, targets or sample weights are beyond 2^32 or below 2^-32 in size, and samples are "
            "shared out over ranks: scale them nearer to 1");
    }
    const bool weighted = true;
    const auto read = [&data, scale, features, inputs](Size first, Size count, double* x, double* targets,
                                                       double* weights) {
        std::vector<double> rows(checked_product(count, inputs));
        data.rows(first, count, rows.data());
        divide(rows.data(), count, features, inputs, scale.inputs);
        for (Size k = 0; k < count; ++k) {
            std::copy_n(rows.data() + k * inputs, features, x + k * features);
            if (targets != nullptr) targets[k] = 0.0;
            if (weights != nullptr) weights[k] = std::ldexp(data.given_weight(first + k), -scale.weights);
        }
    };
    Buffer<double> targets(checked_product(n, data.outputs()));
    for (Size k = 0; k < n; ++k) {
        for (Size o = 0; o < data.outputs(); ++o)
            targets.data()[k * data.outputs() + o] = std::ldexp(data.target(k, o), -scale.targets);
    }
    if (data.streamed()) {
        Dataset result(StreamedSource{n, features, weighted, read}, data.bias(), data.scaling());
        result.set_targets(data.outputs(), targets.data(), data.loss());
        return result;
    }
    Buffer<double> x(checked_product(n, features)), weights(n);
    read(0, n, x.data(), nullptr, weights.data());
    return Dataset({n, features, x.data(), features, targets.data(), weights.data(), nullptr, data.outputs(),
                    &data.loss()},
                   true, data.bias(), data.scaling());
}

}  // namespace tepui
