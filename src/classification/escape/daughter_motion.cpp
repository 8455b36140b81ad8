#include "classification/escape/daughter_motion.hpp"

#include <algorithm>
#include <cmath>

#include "core/sizes.hpp"

namespace tepui {

double form(const std::vector<double>& gamma, const std::vector<double>& t) {
    double sum = 0.0;
    for (std::size_t j = 0; j < gamma.size(); ++j) sum += gamma[j] * t[j] * t[j];
    return sum;
}

namespace {

Size largest(std::span<const double> gamma) {
    return std::max_element(gamma.begin(), gamma.end()) - gamma.begin();
}

// Index of a zero coefficient, or -1.
Size a_zero(std::span<const double> gamma) {
    const auto zero = std::find(gamma.begin(), gamma.end(), 0.0);
    return zero == gamma.end() ? -1 : static_cast<Size>(zero - gamma.begin());
}

// t = M / P on positives and 1 on negatives: sum gamma t = 0, sum gamma t^2 = -M / P.
std::vector<double> against_negatives(const std::vector<double>& gamma) {
    double positive = 0.0, negative = 0.0;
    for (const double g : gamma) (g > 0.0 ? positive : negative) += std::abs(g);
    std::vector<double> t(gamma.size(), 0.0);
    for (std::size_t j = 0; j < gamma.size(); ++j) {
        if (gamma[j] != 0.0) t[j] = gamma[j] > 0.0 ? negative / positive : 1.0;
    }
    return t;
}

// A negative value of sum gamma t^2, for a positive eigenvalue.
std::optional<DaughterMotion> motion_for_positive(const std::vector<double>& gamma, double slide) {
    DaughterMotion motion;
    motion.output_rate.assign(gamma.size(), 0.0);
    if (std::any_of(gamma.begin(), gamma.end(), [](double g) { return g < 0.0; })) {
        std::vector<double> t = against_negatives(gamma);
        motion.form = form(gamma, t);
        motion.t = [t](double) { return t; };
        return motion;
    }
    const Size zero = a_zero(gamma);
    if (zero < 0) return std::nullopt;
    motion.output_rate[zero] = -slide;
    motion.output_rate[largest(gamma)] = slide;
    motion.order = 3;
    motion.form = -slide;
    motion.t = [gamma, zero, slide](double epsilon) {
        std::vector<double> slid(gamma);
        slid[largest(gamma)] += slide * epsilon;
        slid[zero] -= slide * epsilon;
        std::vector<double> t = against_negatives(slid);
        t[zero] = 1.0;  // also at epsilon = 0
        return t;
    };
    return motion;
}

// A positive value of sum gamma t^2, for a negative eigenvalue.
std::optional<DaughterMotion> motion_for_negative(const std::vector<double>& gamma, double slide) {
    DaughterMotion motion;
    motion.output_rate.assign(gamma.size(), 0.0);
    const Size i = largest(gamma);
    std::vector<double> others(gamma);
    others[i] = 0.0;
    const Size j = largest(others);
    if (others[j] > 0.0) {
        std::vector<double> t(gamma.size(), 0.0);
        t[i] = gamma[j] / gamma[i];
        t[j] = -1.0;
        motion.form = form(gamma, t);
        motion.t = [t](double) { return t; };
        return motion;
    }
    const Size zero = a_zero(gamma);
    if (zero < 0) return std::nullopt;
    motion.output_rate[zero] = slide;
    motion.output_rate[i] = -slide;
    motion.order = 3;
    motion.form = slide;
    motion.t = [size = gamma.size(), largest_gamma = gamma[i], i, zero, slide](double epsilon) {
        std::vector<double> t(size, 0.0);
        t[zero] = (largest_gamma - slide * epsilon) / largest_gamma;
        t[i] = -slide * epsilon / largest_gamma;
        return t;
    };
    return motion;
}

}  // namespace

std::optional<Slide> slide_off_boundary(std::span<const double> gamma, double lambda) {
    const Size zero = a_zero(gamma), from = largest(gamma);
    if (zero < 0) return std::nullopt;
    Slide slide{{gamma.begin(), gamma.end()}, 0.5 * std::min(1.0, gamma[from])};
    const double signed_amount = lambda > 0.0 ? -slide.amount : slide.amount;
    slide.gamma[zero] += signed_amount;
    slide.gamma[from] -= signed_amount;
    return slide;
}

std::optional<DaughterMotion> motion_against(double lambda, const std::vector<double>& gamma, double slide) {
    return lambda > 0.0 ? motion_for_positive(gamma, slide) : motion_for_negative(gamma, slide);
}

}  // namespace tepui
