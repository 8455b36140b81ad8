// Activations with two derivatives, in the first-level cache, against compositions of the same values.
#include <cstring>

#include "activation_workload.hpp"
#include "bench_activation_rivals.hpp"
#include "grids.hpp"
#include "kernels/activation.hpp"

namespace tepui::bench {

void measure_activations(Meter& meter) {
    ActivationArrays arrays;
    for (const NamedActivation& named : kTimedActivations) {
        std::vector<Contender> contenders;
        for (const Rival& rival : rivals()) {
            const char* slash = std::strchr(rival.name, '/');
            if (std::string(rival.name, slash) != named.name) continue;
            contenders.push_back({slash + 1, [&arrays, &rival] {
                                      rival.evaluate(kActivationCount, arrays.z.data(), arrays.value.data(),
                                                     arrays.first.data(), arrays.second.data());
                                  }});
        }
        meter.measure(
            std::string("activation_") + named.name, {{"n", static_cast<std::int64_t>(kActivationCount)}}, 1,
            0.0,
            [&] {
                kernels::evaluate_activation(
                    named.kind, 0.0, static_cast<Size>(kActivationCount), arrays.z.data(),
                    {arrays.value.data(), arrays.first.data(), arrays.second.data(), nullptr});
            },
            contenders);
    }
}

}  // namespace tepui::bench
