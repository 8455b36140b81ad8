#include "classification/infinity/across.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/activation_ends.hpp"

namespace tepui {
namespace {

double dot(const BoundaryNetwork& network, const BoundaryOutputs& outputs, Size unit, Size q, Size sample) {
    double sum = 0.0;
    for (Size o = 0; o < network.output_count; ++o)
        sum += outputs.g[sample * network.output_count + o] * network.coefficient(unit, q, o);
    return sum;
}

}  // namespace

Pull pull(const AcrossContext& context, Size unit, Size q, Size sample) {
    const BoundaryNetwork& network = *context.network;
    Pull pull{dot(network, *context.outputs, unit, q, sample), 0.0,
              dot(*context.slack_network, *context.slack_outputs, unit, q, sample)};
    for (Size o = 0; o < network.output_count; ++o)
        pull.error += context.outputs->g_error[sample * network.output_count + o] *
                      std::abs(network.coefficient(unit, q, o));
    pull.error = context.factor * pull.error + 2.0 * std::abs(pull.there - pull.value);
    return pull;
}

double visible_pull(const Activation& activation, std::span<const double> slope,
                    std::span<const double> offset, std::span<const double> value) {
    constexpr double kExponential = 20.0, kFaster = 6.0;  // |z| where a tail is some 1e-9
    const double rate = tail_rate(activation), far = rate > 0.0 ? kExponential / rate : kFaster;
    double step = 0.0, sum = 0.0;
    for (std::size_t l = 0; l < slope.size(); ++l) step = std::max(step, (far - offset[l]) / slope[l]);
    for (std::size_t l = 0; l < slope.size(); ++l)
        sum += value[l] * std::abs(tail(activation, 1, step * slope[l] + offset[l]));
    return sum / std::abs(tail(activation, 1, far));
}

void PullGroups::add(std::vector<double> key, const Pull& own, Size sample) {
    const auto [at, is_new] = seen_.try_emplace(key, keys.size());
    if (is_new) {
        keys.push_back(std::move(key));
        pull.push_back(own);
        members.push_back({sample});
    } else {
        pull[at->second].value += own.value;
        pull[at->second].error += own.error;
        members[at->second].push_back(sample);
    }
}

AcrossSign sign_of(double value, double error) {
    return value > error ? AcrossSign::grows : value < -error ? AcrossSign::falls : AcrossSign::open;
}

bool any(const std::vector<Across>& across, AcrossSign sign) {
    return std::any_of(across.begin(), across.end(), [=](const Across& of) { return of.sign == sign; });
}

bool has_free_bias(const BoundaryNetwork& network) {
    if (network.bias_value == 0.0) return false;
    if (network.output_bias) return true;
    return std::any_of(network.units.begin(), network.units.end(), [](const BoundaryUnit& unit) {
        const ActivationEnds ends = ends_of(unit.activation);
        return unit.kept.empty() && is_one_sided(unit) &&
               (unit.side.front() > 0 ? ends.high : ends.low) != 0.0;
    });
}

std::vector<bool> taken_up_elsewhere(const Dataset& data, const BoundaryNetwork& network, Size unit) {
    std::vector<bool> result(std::size_t(data.samples()), false);
    if (network.output_count != 1) return result;
    for (Size u = 0; u < Size(network.units.size()); ++u) {
        const BoundaryUnit& other = network.units[u];
        if (u == unit || other.kind != UnitKind::saturated || !other.independent ||
            network.coefficient(u, 0) == 0.0)
            continue;
        for (const Size k : other.kept) result[std::size_t(k)] = true;
    }
    return result;
}

std::vector<Across> across(const AcrossContext& context) {
    std::vector<Across> result;
    for (Size u = 0; u < Size(context.network->units.size()); ++u) {
        switch (context.network->units[u].kind) {
            case UnitKind::neuron:
                result.push_back({AcrossSign::grows, 0.0, 0.0, -1, "stays finite", {}});
                break;
            case UnitKind::saturated:
                result.push_back(across_saturated(context, u));
                break;
            case UnitKind::rectified:
                result.push_back(across_rectified(context, u));
                break;
            case UnitKind::asymptote:
                result.push_back(across_asymptote(context, u));
                break;
            case UnitKind::channel:
            case UnitKind::linear:
            case UnitKind::exponential:
            case UnitKind::cubic:
            case UnitKind::exponential_channel:
            case UnitKind::triple_channel:
            case UnitKind::exponential_pair:
            case UnitKind::quadratic:
            case UnitKind::square:
                result.push_back(across_smooth(context, u));
                break;
        }
    }
    return result;
}

}  // namespace tepui
