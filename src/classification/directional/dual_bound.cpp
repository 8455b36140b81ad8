#include "classification/directional/dual_bound.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/euclidean.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

constexpr Size kMostInputs = 8;    // 2^d cones to begin with
constexpr double kMostWork = 1e8;  // products, and what a cone costs besides
constexpr double kCone = 500.0, kSample = 8.0;
constexpr double kStructural = 1e-6;  // singular values this near the level are an active neuron's

using Vector = std::vector<double>;

// The solution of rows . p = right; empty where the rows nearly depend on each other.
std::optional<Vector> solve(const std::vector<const Vector*>& rows, Vector right) {
    std::vector<Vector> a;
    for (const Vector* row : rows) a.push_back(*row);
    const std::size_t d = a.size();
    for (std::size_t c = 0; c < d; ++c) {
        std::size_t pivot = c;
        for (std::size_t l = c + 1; l < d; ++l)
            if (std::abs(a[l][c]) > std::abs(a[pivot][c])) pivot = l;
        if (!(std::abs(a[pivot][c]) > 1e-9)) return std::nullopt;
        std::swap(a[c], a[pivot]);
        std::swap(right[c], right[pivot]);
        for (std::size_t l = c + 1; l < d; ++l) {
            const double share = a[l][c] / a[c][c];
            for (std::size_t j = c; j < d; ++j) a[l][j] -= share * a[c][j];
            right[l] -= share * right[c];
        }
    }
    for (std::size_t c = d; c-- > 0;) {
        for (std::size_t j = c + 1; j < d; ++j) right[c] -= a[c][j] * right[j];
        right[c] /= a[c][c];
    }
    return right;
}

// In units y_j = sqrt(lambda_j) v_j, in which decay is |y|^2: |D(y)| <= level |y|?
class Cones {
  public:
    Cones(const KinkedPoint& point, const PullField& field, const Tolerances& tolerances)
        : point_(point), field_(field), x_(field.samples(), field.inputs()) {
        for (Size j = 0; j < field.inputs(); ++j) roots_.push_back(std::sqrt(lambda(j)));
        double terms = 0.0;
        for (Size k = 0; k < field.samples(); ++k) {
            for (Size j = 0; j < field.inputs(); ++j) x_(k, j) = field.input(k)[j] / roots_[j];
            terms += norm_of(input(k)) * norm_of(field.pull(k));
        }
        level_ = std::sqrt(point.lambda(point.network.coefficient(0, 0)));
        strictly_ =
            level_ * (1.0 - kStructural) - tolerances.stationarity * terms * field.slopes().steepest();
        for (Size i = 0; i < point.network.width; ++i) add_active(i);
    }

    bool all_held() {
        if (!(strictly_ > 0.0)) return false;
        const Size d = field_.inputs();
        for (Size j = 0; j < d; ++j) {
            for (const double sign : {1.0, -1.0}) {
                Vector y(static_cast<std::size_t>(d), 0.0);
                y[j] = sign;
                add_edge(std::move(y));
            }
        }
        for (Size orthant = 0; orthant < (Size{1} << d); ++orthant) {
            std::vector<std::size_t> cone;
            for (Size j = 0; j < d; ++j) cone.push_back(static_cast<std::size_t>(2 * j + (orthant >> j & 1)));
            cones_.push_back(std::move(cone));
        }
        while (!cones_.empty()) {
            const std::vector<std::size_t> cone = std::move(cones_.back());
            cones_.pop_back();
            work_ +=
                kCone + 4.0 * static_cast<double>(d * d * d) +
                static_cast<double>(field_.samples()) * (kSample + static_cast<double>(d * field_.outputs()));
            if (work_ > kMostWork || !(highest_ <= level_ * (1.0 + kStructural))) return false;
            if (!held(cone)) split(cone);
        }
        return true;
    }

  private:
    struct Edge {
        Vector y, z, d;  // a unit vector, its products with the samples, D
    };
    struct Active {
        std::vector<signed char> sides;
        Vector outputs;
        bool smooth;  // no sample at its kink
    };

    double lambda(Size input) const { return point_.lambda(point_.network.weight(0, input)); }
    std::span<const double> input(Size k) const { return {x_.row(k), static_cast<std::size_t>(x_.cols())}; }
    void add_active(Size i) {
        const double* w = point_.network.weights(i);
        Active active{{}, {}, true};
        bool any = false;
        for (Size o = 0; o < field_.outputs(); ++o) {
            active.outputs.push_back(point_.network.output(i, o));
            any = any || active.outputs.back() != 0.0;
        }
        if (!any) return;
        for (Size k = 0; k < field_.samples(); ++k) {
            double z = 0.0, terms = 0.0;
            for (Size j = 0; j < field_.inputs(); ++j) {
                z += w[j] * field_.input(k)[j];
                terms += std::abs(w[j] * field_.input(k)[j]);
            }
            const bool kink = std::abs(z) <= point_.sums.tolerance * terms;
            active.smooth = active.smooth && !kink;
            active.sides.push_back(kink ? 0 : (z > 0.0 ? 1 : -1));
        }
        if (field_.slopes().above == -field_.slopes().below) {  // abs: D(-v) = D(v)
            Active mirrored = active;
            for (signed char& side : mirrored.sides) side = static_cast<signed char>(-side);
            active_.push_back(std::move(mirrored));
        }
        active_.push_back(std::move(active));
    }
    void add_edge(Vector y) {
        Edge edge;
        const double length = norm_of(y);
        for (double& component : y) component /= length;
        edge.d.assign(static_cast<std::size_t>(field_.outputs()), 0.0);
        for (Size k = 0; k < field_.samples(); ++k) {
            const double z = dot(input(k), y);
            const double sigma = z * (z >= 0.0 ? field_.slopes().above : field_.slopes().below);
            edge.z.push_back(z);
            for (std::size_t o = 0; o < edge.d.size(); ++o) edge.d[o] += field_.pull(k)[o] * sigma;
        }
        edge.y = std::move(y);
        highest_ = std::max(highest_, norm_of(edge.d));
        edges_.push_back(std::move(edge));
    }
    // Its longest side in two.
    void split(const std::vector<std::size_t>& cone) {
        std::size_t one = 0, other = 0;
        double least = 2.0;
        for (std::size_t l = 0; l < cone.size(); ++l) {
            for (std::size_t q = 0; q < l; ++q) {
                const double cosine = dot(edges_[cone[l]].y, edges_[cone[q]].y);
                if (cosine >= least) continue;
                least = cosine;
                one = l;
                other = q;
            }
        }
        Vector middle(edges_[cone[one]].y);
        for (std::size_t j = 0; j < middle.size(); ++j) middle[j] += edges_[cone[other]].y[j];
        add_edge(std::move(middle));
        for (const std::size_t place : {one, other}) {
            cones_.push_back(cone);
            cones_.back()[place] = edges_.size() - 1;
        }
    }

    bool held(const std::vector<std::size_t>& cone) const {
        std::vector<const Vector*> rows;
        for (const std::size_t l : cone) rows.push_back(&edges_[l].y);
        const std::optional<Vector> normal = solve(rows, Vector(cone.size(), 1.0));
        if (!normal) return false;
        const Vector sides = sides_of(cone);
        if (field_.outputs() > 1) {
            const Vector bounds = bounds_on_edges(cone, sides, 0.0);
            return below(rows, bounds, *normal) || held_in_cell(sides);
        }
        for (const double e : {1.0, -1.0}) {
            const Vector bounds = bounds_on_edges(cone, sides, e);
            if (!below(rows, bounds, *normal) && !held_by_active(cone, e)) return false;
        }
        return true;
    }
    // Of every sample: the sign of its product on all edges, 0 where there are both.
    Vector sides_of(const std::vector<std::size_t>& cone) const {
        Vector sides;
        for (std::size_t k = 0; k < static_cast<std::size_t>(field_.samples()); ++k) {
            bool above = false, below = false;
            for (const std::size_t l : cone) {
                above = above || edges_[l].z[k] > 0.0;
                below = below || edges_[l].z[k] < 0.0;
            }
            sides.push_back(above && below ? 0.0 : (below ? -1.0 : 1.0));
        }
        return sides;
    }
    // E_l with e . D(y) <= sum t_l E_l for y = sum t_l y_l, t >= 0; e = 0: the same of |D|. |z| is convex,
    // and at least s z for s = 1 or -1.
    Vector bounds_on_edges(const std::vector<std::size_t>& cone, const Vector& sides, double e) const {
        Vector bounds;
        for (const std::size_t l : cone)
            bounds.push_back(e == 0.0 ? norm_of(edges_[l].d) : e * edges_[l].d[0]);
        for (std::size_t k = 0; k < sides.size(); ++k) {
            if (sides[k] != 0.0) continue;
            const std::span<const double> g = field_.pull(static_cast<Size>(k));
            const double bend =
                e == 0.0 ? -std::abs(field_.slopes().kink()) * norm_of(g) : e * g[0] * field_.slopes().kink();
            if (!(bend < 0.0)) continue;
            double sum = 0.0;
            for (const std::size_t l : cone) sum += edges_[l].z[k];
            for (std::size_t l = 0; l < cone.size(); ++l) {
                const double z = edges_[cone[l]].z[k];
                bounds[l] -= bend * (std::abs(z) - (sum >= 0.0 ? z : -z));
            }
        }
        return bounds;
    }
    // sum t_l E_l = p . y <= |p| |y|, and at most max E_l sum t_l, where |y| >= sum t_l / |normal|.
    bool below(const std::vector<const Vector*>& rows, const Vector& bounds, const Vector& normal) const {
        const double most = *std::max_element(bounds.begin(), bounds.end());
        if (most * norm_of(normal) <= strictly_) return true;
        const std::optional<Vector> p = solve(rows, bounds);
        return p && norm_of(*p) <= strictly_;
    }
    // One output: a D(v) + w . Lambda v >= 0 at an active neuron, for all v with the samples on its sides.
    bool held_by_active(const std::vector<std::size_t>& cone, double e) const {
        return std::any_of(active_.begin(), active_.end(), [&](const Active& active) {
            if (!(e * active.outputs[0] < 0.0)) return false;
            for (std::size_t k = 0; k < active.sides.size(); ++k)
                for (const std::size_t l : cone)
                    if (active.sides[k] * edges_[l].z[k] < 0.0) return false;
            return true;
        });
    }
    // D is linear: its largest singular value, which may be an active neuron's.
    bool held_in_cell(const Vector& sides) const {
        if (std::find(sides.begin(), sides.end(), 0.0) != sides.end()) return false;
        const Size outputs = field_.outputs(), d = field_.inputs();
        Matrix m(outputs, d), square(outputs, outputs);
        for (Size k = 0; k < field_.samples(); ++k) {
            const double slope =
                sides[static_cast<std::size_t>(k)] > 0.0 ? field_.slopes().above : field_.slopes().below;
            for (Size o = 0; o < outputs; ++o)
                for (Size j = 0; j < d; ++j) m(o, j) += slope * field_.pull(k)[o] * x_(k, j);
        }
        for (Size o = 0; o < outputs; ++o)
            for (Size q = 0; q < outputs; ++q)
                for (Size j = 0; j < d; ++j) square(o, q) += m(o, j) * m(q, j);
        const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(square, false);
        const auto value = [&](Size l) { return std::sqrt(std::max(0.0, eigen.values[l])); };
        if (value(outputs - 2) > strictly_) return false;
        if (value(outputs - 1) <= strictly_) return true;
        return value(outputs - 1) <= level_ * (1.0 + kStructural) &&
               std::any_of(active_.begin(), active_.end(), [&](const Active& active) {
                   bool same = active.smooth;
                   for (std::size_t k = 0; k < sides.size(); ++k) same = same && active.sides[k] == sides[k];
                   return same;
               });
    }

    const KinkedPoint& point_;
    const PullField& field_;
    Matrix x_;
    Vector roots_;
    double level_ = 0.0, strictly_ = 0.0;  // the second: below the first beyond doubt
    std::vector<Active> active_;
    std::vector<Edge> edges_;
    std::vector<std::vector<std::size_t>> cones_;
    double work_ = 0.0, highest_ = 0.0;
};

}  // namespace

bool every_neuron_is_held(const KinkedPoint& point, const PullField& field, const Tolerances& tolerances) {
    if (point.network.width == 0 || field.inputs() > kMostInputs) return false;
    bool decays = point.lambda(point.network.coefficient(0, 0)) > 0.0;
    for (Size j = 0; j < field.inputs(); ++j)
        decays = decays && point.lambda(point.network.weight(0, j)) > 0.0;
    return decays && Cones(point, field, tolerances).all_held();
}

}  // namespace tepui
