#include "local_cells.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace tepui::test {
namespace {

constexpr Real kZero = 1e-10L, kClear = 1e-6L;  // beside the sum of absolute terms
constexpr Real kDependent = 1e-10L;

Real dot(const RealVector& a, const RealVector& b) {
    Real sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += a[j] * b[j];
    return sum;
}

RealVector scaled(RealVector v, Real factor) {
    for (Real& c : v) c *= factor;
    return v;
}

// What is left of v beside the orthonormal basis.
RealVector remainder(RealVector v, const std::vector<RealVector>& basis) {
    for (int sweep = 0; sweep < 2; ++sweep) {
        for (const RealVector& q : basis) {
            const Real along = dot(v, q);
            for (std::size_t j = 0; j < v.size(); ++j) v[j] -= along * q[j];
        }
    }
    return v;
}

bool add(std::vector<RealVector>& basis, const RealVector& v) {
    RealVector left = remainder(v, basis);
    const Real length = std::sqrt(dot(left, left));
    if (length <= kDependent * std::sqrt(dot(v, v))) return false;
    basis.push_back(scaled(std::move(left), 1 / length));
    return true;
}

using Signs = std::vector<int>;

Signs signs_of(const std::vector<RealVector>& x, const RealVector& v) {
    Signs signs;
    for (const RealVector& row : x) {
        const Real t = dot(row, v);
        const bool zero = std::abs(t) <= 1e-9L * std::sqrt(dot(row, row) * dot(v, v));
        signs.push_back(zero ? 0 : (t > 0 ? 1 : -1));
    }
    return signs;
}

// The rays of the arrangement within the span of x, by their signs: what is orthogonal to rank - 1
// independent rows.
void collect_rays(const std::vector<RealVector>& x, const std::vector<RealVector>& span, std::size_t first,
                  std::vector<RealVector>& chosen, std::map<Signs, RealVector>& rays) {
    if (chosen.size() + 1 == span.size()) {
        for (const RealVector& q : span) {
            RealVector left = remainder(q, chosen);
            const Real length = std::sqrt(dot(left, left));
            if (length <= 1e-3L) continue;  // one of the span's own basis is far from the chosen rows
            left = scaled(std::move(left), 1 / length);
            rays.emplace(signs_of(x, left), left);
            const RealVector back = scaled(left, -1);
            rays.emplace(signs_of(x, back), back);
            break;
        }
        return;
    }
    for (std::size_t k = first; k < x.size(); ++k) {
        if (!add(chosen, x[k])) continue;
        collect_rays(x, span, k + 1, chosen, rays);
        chosen.pop_back();
    }
}

// Signs a little along `second` from where `first` holds.
Signs composed(const Signs& first, const Signs& second) {
    Signs signs(first);
    for (std::size_t k = 0; k < signs.size(); ++k) {
        if (signs[k] == 0) signs[k] = second[k];
    }
    return signs;
}

enum class Sign { negative, zero, positive, unclear };

Sign sign_of(Real value, Real size) {
    if (std::abs(value) <= kZero * size) return Sign::zero;
    if (std::abs(value) <= kClear * size) return Sign::unclear;
    return value < 0 ? Sign::negative : Sign::positive;
}

}  // namespace

std::vector<RealVector> Cone::generators() const {
    std::vector<RealVector> all(rays);
    for (const RealVector& line : lines) {
        all.push_back(line);
        all.push_back(scaled(line, -1));
    }
    return all;
}

std::vector<Cone> cones_of(const std::vector<RealVector>& x, Size dimension) {
    std::vector<RealVector> span, lines;
    for (const RealVector& row : x) add(span, row);
    std::vector<RealVector> whole(span);
    for (Size j = 0; j < dimension; ++j) {
        RealVector e(static_cast<std::size_t>(dimension), 0);
        e[static_cast<std::size_t>(j)] = 1;
        if (add(whole, e)) lines.push_back(whole.back());
    }
    if (span.empty()) return {Cone{{}, {}, lines}};
    std::map<Signs, RealVector> rays;
    std::vector<RealVector> chosen;
    collect_rays(x, span, 0, chosen, rays);
    // Every cone is reached by going from a ray a little along others: rank of them are enough.
    std::map<Signs, int> found;
    for (const auto& [signs, ray] : rays) found.emplace(signs, 0);
    for (std::size_t step = 1; step < span.size(); ++step) {
        std::map<Signs, int> next;
        for (const auto& [signs, unused] : found) {
            for (const auto& [other, ray] : rays) next.emplace(composed(signs, other), 0);
        }
        found = std::move(next);
    }
    std::vector<Cone> cones;
    for (const auto& [signs, unused] : found) {
        if (std::find(signs.begin(), signs.end(), 0) != signs.end()) continue;
        Cone cone{signs, {}, lines};
        for (const auto& [ray_signs, ray] : rays) {
            bool inside = true;
            for (std::size_t k = 0; k < signs.size(); ++k)
                inside = inside && (ray_signs[k] == 0 || ray_signs[k] == signs[k]);
            if (inside) cone.rays.push_back(ray);
        }
        cones.push_back(std::move(cone));
    }
    return cones;
}

LocalCells::LocalCells(std::vector<PlantedKinks> outputs)
    : outputs_(std::move(outputs)),
      width_(outputs_[0].network.width),
      inputs_(outputs_[0].inputs),
      samples_(outputs_[0].samples),
      slopes_(slopes_of(outputs_[0].network.activation)) {
    const PlantedKinks& one = outputs_[0];
    for (Size i = 0; i < width_; ++i) {
        const RealVector w(one.network.weights(i), one.network.weights(i) + inputs_);
        RealVector& z = z_.emplace_back();
        for (Size k = 0; k < samples_; ++k) z.push_back(moved(k, w));
        std::vector<RealVector> kinks;
        for (const Size k : one.kinks[i]) {
            z[k] = 0;
            kinks.emplace_back(one.x.begin() + k * inputs_, one.x.begin() + (k + 1) * inputs_);
        }
        cones_.push_back(cones_of(kinks, inputs_));
    }
    for (std::size_t j = 0; j < outputs_.size(); ++j) {
        RealVector& r = residuals_.emplace_back();
        for (Size k = 0; k < samples_; ++k) {
            Real f = 0;
            for (Size i = 0; i < width_; ++i) f += output(j, i) * slope(i, k, 0) * z_[i][k];
            r.push_back(f - outputs_[j].targets[k]);
        }
    }
}

Real LocalCells::moved(Size sample, const RealVector& v) const {
    Real t = 0;
    for (Size j = 0; j < inputs_; ++j) t += v[j] * outputs_[0].x[sample * inputs_ + j];
    return t;
}

Real LocalCells::slope(Size neuron, Size sample, Real t) const {
    const Real z = z_[neuron][sample];
    return (z != 0 ? z : t) >= 0 ? slopes_.above : slopes_.below;
}

// Of the largest output: that of another may be the rounding of its targets alone.
Real LocalCells::residual_size() const {
    Real most = 0;
    for (const RealVector& r : residuals_) {
        Real sum = 0;
        for (Size k = 0; k < samples_; ++k) sum += outputs_[0].weights[k] * r[k] * r[k];
        most = std::max(most, std::sqrt(sum));
    }
    return most;
}

Real LocalCells::size_along(const RealVector& v) const {
    Real sum = 0;
    for (Size k = 0; k < samples_; ++k) sum += outputs_[0].weights[k] * moved(k, v) * moved(k, v);
    return std::sqrt(sum);
}

Real LocalCells::derivative(Size output, Size neuron, const RealVector& v) const {
    Real sum = 0;
    for (Size k = 0; k < samples_; ++k) {
        const Real t = moved(k, v);
        sum += outputs_[0].weights[k] * residuals_[output][k] * slope(neuron, k, t) * t;
    }
    return sum;
}

Real LocalCells::first_order(Size neuron, const RealVector& v) const {
    Real sum = 0;
    for (std::size_t j = 0; j < outputs_.size(); ++j) sum += output(j, neuron) * derivative(j, neuron, v);
    return sum;
}

bool LocalCells::psi_vanishes(Size neuron) const {
    const RealVector w(outputs_[0].network.weights(neuron), outputs_[0].network.weights(neuron) + inputs_);
    for (std::size_t j = 0; j < outputs_.size(); ++j) {
        Real psi = 0;
        for (Size k = 0; k < samples_; ++k)
            psi += outputs_[0].weights[k] * residuals_[j][k] * slope(neuron, k, 0) * z_[neuron][k];
        if (sign_of(psi, residual_size() * size_along(w)) != Sign::zero) return false;
    }
    return true;
}

Way LocalCells::way_along(Size neuron, const RealVector& v) const {
    const Real length = size_along(v);
    Real size = 0;
    for (std::size_t j = 0; j < outputs_.size(); ++j)
        size += std::abs(output(j, neuron)) * residual_size() * length;
    const Sign sign = sign_of(first_order(neuron, v), size);
    if (sign == Sign::positive) return Way::up;
    if (sign == Sign::negative) return Way::falls;
    if (sign == Sign::unclear) return Way::unclear;
    bool moves = false;
    for (std::size_t j = 0; j < outputs_.size(); ++j) {
        const Sign one = sign_of(derivative(j, neuron, v), residual_size() * length);
        if (one == Sign::unclear) return Way::unclear;
        moves = moves || one != Sign::zero;
    }
    if (!moves) return Way::up;
    return falls_in_second_order(neuron, v) ? Way::falls_second : Way::open;
}

// The least coefficient c of epsilon^2 along dw = epsilon v, da_j = epsilon b_j, and that the loss does fall
// by it.
bool LocalCells::falls_in_second_order(Size neuron, const RealVector& v) const {
    Real tt = 0, tu = 0, uu = 0;
    for (Size k = 0; k < samples_; ++k) {
        const Real t = slope(neuron, k, moved(k, v)) * moved(k, v), u = slope(neuron, k, 0) * z_[neuron][k];
        const Real s = outputs_[0].weights[k];
        tt += s * t * t;
        tu += s * t * u;
        uu += s * u * u;
    }
    RealVector forces, b;
    Real still = 0, square = 0;
    for (std::size_t j = 0; j < outputs_.size(); ++j) {
        const Real a = output(j, neuron);
        forces.push_back(derivative(j, neuron, v) + a * tu);
        still += a * a * tt / 2;
        square += forces[j] * forces[j];
    }
    // Without features b is free: so large that c = -still - square.
    for (const Real force : forces) b.push_back(uu > 0 ? -force / uu : -force * (1 + 2 * still / square));
    const Real c = uu > 0 ? still - square / (2 * uu) : -still - square;
    if (c >= 0) return false;
    const Real epsilon = uu > 0 ? 1e-6L : 1e-8L;
    std::vector<RealVector> dw(static_cast<std::size_t>(width_),
                               RealVector(static_cast<std::size_t>(inputs_), 0));
    std::vector<RealVector> da(outputs_.size(), RealVector(static_cast<std::size_t>(width_), 0));
    dw[neuron] = scaled(v, epsilon);
    for (std::size_t j = 0; j < outputs_.size(); ++j) da[j][neuron] = epsilon * b[j];
    return change(dw, da) < c * epsilon * epsilon / 2;
}

Way LocalCells::way(Size neuron, const Cone& cone) const {
    Way worst = Way::up;
    for (const RealVector& v : cone.generators()) worst = std::max(worst, way_along(neuron, v));
    return worst;
}

Real LocalCells::expansion(const std::vector<RealVector>& dw, const std::vector<RealVector>& da) const {
    Real sum = 0;
    for (std::size_t j = 0; j < outputs_.size(); ++j) {
        RealVector delta(static_cast<std::size_t>(samples_), 0);
        for (Size i = 0; i < width_; ++i) {
            sum += (output(j, i) + da[j][i]) * derivative(j, i, dw[i]);
            for (Size k = 0; k < samples_; ++k) {
                const Real u = slope(i, k, 0) * z_[i][k], t = moved(k, dw[i]);
                sum += da[j][i] * outputs_[0].weights[k] * residuals_[j][k] * u;
                delta[k] += (output(j, i) + da[j][i]) * slope(i, k, t) * t + da[j][i] * u;
            }
        }
        for (Size k = 0; k < samples_; ++k) sum += outputs_[0].weights[k] * delta[k] * delta[k] / 2;
    }
    return sum;
}

Real LocalCells::change(const std::vector<RealVector>& dw, const std::vector<RealVector>& da) const {
    Real sum = 0;
    for (std::size_t j = 0; j < outputs_.size(); ++j) {
        RealVector step;
        for (const RealVector& one : dw) step.insert(step.end(), one.begin(), one.end());
        step.insert(step.end(), da[j].begin(), da[j].end());
        sum += exact_change(outputs_[j], step);
    }
    return sum;
}

}  // namespace tepui::test
