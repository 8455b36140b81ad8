#include "fastest_rival.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "activation_workload.hpp"
#include "timing.hpp"

namespace tepui::bench {
namespace {

double best_seconds(const Rival& rival) {
    ActivationArrays arrays;
    double best = 1e300;
    for (int repeat = 0; repeat < 50; ++repeat) {
        best = std::min(best, seconds([&] {
                            rival.evaluate(kActivationCount, arrays.z.data(), arrays.value.data(),
                                           arrays.first.data(), arrays.second.data());
                        }));
    }
    return best;
}

const Rival& find_fastest(const std::string& activation) {
    const Rival* fastest = nullptr;
    double least = 1e300;
    for (const Rival& rival : rivals()) {
        if (!std::string(rival.name).starts_with(activation + "/")) continue;
        const double taken = best_seconds(rival);
        if (taken < least) {
            least = taken;
            fastest = &rival;
        }
    }
    if (fastest == nullptr) throw std::invalid_argument("no rival evaluates " + activation);
    return *fastest;
}

}  // namespace

const Rival& fastest_rival(const std::string& activation) {
    static std::map<std::string, const Rival*> known;
    const auto [at, fresh] = known.try_emplace(activation, nullptr);
    if (fresh) at->second = &find_fastest(activation);
    return *at->second;
}

}  // namespace tepui::bench
