#include "classification/spectrum/still_motions.hpp"

#include <algorithm>
#include <cmath>

namespace tepui {
namespace {

double dot(const Motion& motion, std::span<const double> q) {
    double sum = 0.0;
    for (std::size_t e = 0; e < motion.places.size(); ++e)
        sum += motion.values[e] * q[static_cast<std::size_t>(motion.places[e])];
    return sum;
}

void subtract(const Motion& motion, double times, std::span<double> q) {
    for (std::size_t e = 0; e < motion.places.size(); ++e)
        q[static_cast<std::size_t>(motion.places[e])] -= times * motion.values[e];
}

double square(const Motion& motion, std::span<const double> q) {
    double sum = 0.0;
    for (const Size p : motion.places) {
        const double component = q[static_cast<std::size_t>(p)];
        sum += component * component;
    }
    return sum;
}

}  // namespace

// Gram and Schmidt, twice, among those of one neuron, which share no place with those of others; then the
// rest, with all.
StillMotions::StillMotions(const std::vector<Motion>& given) {
    std::vector<Motion> motions = given;
    std::stable_partition(motions.begin(), motions.end(),
                          [](const Motion& motion) { return motion.neuron >= 0; });
    Size size = 0;
    for (const Motion& motion : motions)
        for (const Size p : motion.places) size = std::max(size, p + 1);
    std::vector<double> q(static_cast<std::size_t>(size), 0.0);
    for (const Motion& motion : motions) {
        subtract(motion, -1.0, q);
        const double before = square(motion, q);
        Motion rest{motion.neuron, {}, {}};
        for (int twice = 0; twice < 2; ++twice) {
            for (const Motion& other : basis_)
                if (motion.neuron < 0 || other.neuron == motion.neuron) subtract(other, dot(other, q), q);
        }
        for (std::size_t p = 0; p < q.size(); ++p) {
            if (q[p] == 0.0) continue;
            rest.places.push_back(static_cast<Size>(p));
            rest.values.push_back(q[p]);
            q[p] = 0.0;
        }
        double after = 0.0;
        for (const double value : rest.values) after += value * value;
        constexpr double kIndependent = 1e-20;
        if (!(after > kIndependent * before)) continue;
        for (double& value : rest.values) value /= std::sqrt(after);
        basis_.push_back(std::move(rest));
    }
}

void StillMotions::remove(std::span<double> q) const {
    for (const Motion& motion : basis_) subtract(motion, dot(motion, q), q);
}

}  // namespace tepui
