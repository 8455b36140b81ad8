// A direction in which a form that is not identically zero shows it.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "classification/directional/directional.hpp"
#include "core/euclidean.hpp"
#include "core/random.hpp"

namespace tepui {
namespace {

class Search {
  public:
    explicit Search(const KinkForm& form) : form_(form) {}

    void offer(const std::vector<double>& v) {
        const double value = std::abs(form_.value(v));
        double size = 0.0;
        for (Size j = 0; j < form_.dimension(); ++j) size += form_.slope_magnitude[j] * std::abs(v[j]);
        if (!(value > form_.tolerance(v)) || !(value > best_ * size)) return;
        best_ = value / size;
        direction_ = v;
    }
    void offer_both(std::vector<double> v) {
        offer(v);
        for (double& component : v) component = -component;
        offer(v);
    }
    std::vector<double> take() { return std::move(direction_); }

  private:
    const KinkForm& form_;
    double best_ = 0.0;
    std::vector<double> direction_;
};

// Across the hyperplane v . u_g = 0 at v0, with no other kink crossed: D(v0 + h u) + D(v0 - h u) - 2 D(v0) =
// 2 c_g h |u|^2, so D is not zero at all three.
void offer_across(const KinkForm& form, Size g, Random& random, Search& search) {
    const Size d = form.dimension();
    const std::span<const double> u = form.kink(g);
    const double square = dot(u, u);
    std::vector<double> v(d);
    for (double& component : v) component = random.normal();
    const double along = dot(v, u) / square;
    for (Size j = 0; j < d; ++j) v[j] -= along * u[j];
    double step = std::sqrt(dot(v, v) / square);
    for (Size h = 0; h < form.kinks(); ++h) {
        const std::span<const double> other = form.kink(h);
        const double speed = std::abs(dot(other, u));
        if (h != g && speed > 0.0) step = std::min(step, 0.5 * std::abs(dot(v, other)) / speed);
    }
    search.offer_both(v);
    for (const double sign : {1.0, -1.0}) {
        std::vector<double> moved(v);
        for (Size j = 0; j < d; ++j) moved[j] += sign * step * u[j];
        search.offer_both(std::move(moved));
    }
}

}  // namespace

std::vector<double> nonzero_direction(const KinkForm& form) {
    constexpr Size kMostKinks = 16;
    const Size d = form.dimension();
    Search search(form);
    std::vector<double> v(d, 0.0), steepest(v);
    // D(v) - D(-v) = 2 slope . v
    for (Size j = 0; j < d; ++j) {
        const double size = form.slope_magnitude[j];
        if (!(size > 0.0)) continue;
        steepest[j] = form.slope[j] / size / size;
        v[j] = 1.0 / size;
        search.offer_both(v);
        v[j] = 0.0;
    }
    search.offer_both(steepest);
    std::vector<Size> order(form.kinks());
    std::iota(order.begin(), order.end(), Size{0});
    const auto clarity = [&](Size g) {
        return std::abs(form.coefficients[g]) / std::max(form.coefficient_tolerance[g], 1e-300);
    };
    std::sort(order.begin(), order.end(),
              [&](Size g, Size h) { return clarity(g) != clarity(h) ? clarity(g) > clarity(h) : g < h; });
    Random random(0x64697265, 0);
    for (Size l = 0; l < std::min(kMostKinks, form.kinks()); ++l) {
        const std::span<const double> u = form.kink(order[l]);
        search.offer_both({u.begin(), u.end()});
        offer_across(form, order[l], random, search);
    }
    return search.take();
}

}  // namespace tepui
