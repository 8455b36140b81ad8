#include "classification/point/extended.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "classification/spectrum/uncertainty.hpp"
#include "core/rounding.hpp"
#include "kernels/activation/rows.hpp"
#include "linalg/symmetric.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {
namespace {

constexpr double kMostActivations = 5e4, kMostProducts = 5e6;  // some tenths of a second
constexpr int kMostSteps = 12;
// Steps, beside the residuals' terms, below which the point is found.
constexpr double kFound = 0x1p-90;
// Sums below this share of their absolute terms are zero by structure: rounding of the data to doubles leaves
// 2^-53 of them, or that over the number of samples; rounding of the sums themselves 2^-112, times what the
// distance from the point and between eigenvalues makes of it.
constexpr double kStructure = 0x1p-82;
// Eigenvalues within this factor of the bound stay open.
constexpr double kGuard = 16.0;
constexpr std::size_t kMostNullVectors = 6;  // whose third-order form is looked at

Quad absolute(Quad x) {
    return x < 0 ? -x : x;
}

}  // namespace

// U^T D H D U and the trace of its absolute terms.
struct ExtendedPoint::Block {
    Vector entries;  // d x d
    Quad terms = 0;
    Size d = 0;
    Quad& operator()(Size i, Size j) { return entries[i * d + j]; }
};

// The first coordinates after elimination of the others.
struct ExtendedPoint::Eliminated {
    Matrix complement;  // zeros x zeros
    Vector solved;      // [d - zeros][zeros]: A11^-1 A10
};

Quad ExtendedPoint::weight(Size k) const {
    const Quad given = static_cast<Quad>(data_.given_weight(k));
    return data_.scaling() == LossScaling::mean ? given / static_cast<Quad>(data_.weight_sum()) : given;
}

ActivationJet<Quad> ExtendedPoint::jet(const Vector& parameters, Size neuron, const double* x) const {
    Quad z = 0;
    for (Size j = 0; j < network_.inputs; ++j)
        z += parameters[neuron * network_.inputs + j] * static_cast<Quad>(x[j]);
    return kernels::activation_jet<Quad>(network_.activation.kind(),
                                         static_cast<Quad>(network_.activation.parameter()), z);
}

ExtendedPoint::Vector ExtendedPoint::evaluate(Point& point) const {
    const Size m = network_.width, d = network_.inputs, n = data_.samples();
    Vector slope(point.parameters.size(), Quad(0));
    point.residuals.assign(n, Quad(0));
    point.terms.assign(n, Quad(0));
    std::vector<ActivationJet<Quad>> jets(m);
    std::vector<double> x(d);
    for (Size k = 0; k < n; ++k) {
        const Quad s = weight(k);
        if (s == 0) continue;
        data_.sample(k, x.data());
        Quad& r = point.residuals[k];
        r = -static_cast<Quad>(data_.target(k));
        point.terms[k] = absolute(r);
        for (Size i = 0; i < m; ++i) {
            jets[i] = jet(point.parameters, i, x.data());
            const Quad term = point.parameters[m * d + i] * jets[i].value;
            r += term;
            point.terms[k] += absolute(term);
        }
        const Size beside = neuron_parameters(network_), skip = beside + (network_.output_bias ? 1 : 0);
        const auto feature = [&](Size p) { return p < skip ? Quad(1) : static_cast<Quad>(x[p - skip]); };
        for (Size p = beside; p < network_.parameter_count(); ++p) {
            const Quad term = point.parameters[p] * feature(p);
            r += term;
            point.terms[k] += absolute(term);
        }
        for (Size p = beside; p < network_.parameter_count(); ++p) slope[p] += s * r * feature(p);
        for (Size i = 0; i < m; ++i) {
            slope[m * d + i] += s * r * jets[i].value;
            const Quad factor = point.parameters[m * d + i] * s * r * jets[i].first;
            for (Size j = 0; j < d; ++j) slope[i * d + j] += factor * static_cast<Quad>(x[j]);
        }
    }
    return slope;
}

std::optional<ExtendedPoint> ExtendedPoint::find(const Dataset& data, const Network& network, Size nullity,
                                                 const Tolerances& tolerances, const Execution& execution) {
    const double n = static_cast<double>(data.samples()), d = static_cast<double>(network.inputs);
    if (!kHasQuad || !data.loss().quadratic() || network.activation.kind() == ActivationKind::custom ||
        n * static_cast<double>(network.width) > kMostActivations || n * d * d > kMostProducts)
        return std::nullopt;
    const HessianValue hessian = tepui::hessian(data, network, execution);
    const Equilibrated equilibrated = equilibrate(hessian.value, hessian.magnitude);
    // Along symmetries, and nowhere else, the point may stay where it is.
    std::vector<double> sizes;
    for (Size l = 0; l < hessian.value.rows(); ++l) sizes.push_back(std::abs(equilibrated.eigen.values[l]));
    std::sort(sizes.begin(), sizes.end());
    const double flat = nullity > 0 ? sizes[nullity - 1] : 0.0;

    ExtendedPoint found(data, network, tolerances);
    found.here_.parameters.assign(network.parameters.begin(), network.parameters.end());
    Vector slope = found.evaluate(found.here_);
    Quad size = 0;
    for (Size k = 0; k < data.samples(); ++k)
        size += found.weight(k) * found.here_.terms[k] * found.here_.terms[k];
    const double unit = static_cast<double>(real::sqrt(size));
    if (!(unit > 0.0)) return std::nullopt;
    double last = std::numeric_limits<double>::infinity();
    for (int step = 0; step < kMostSteps; ++step) {
        execution.report_or_throw("more digits", static_cast<double>(step) / kMostSteps);
        // The solve is in double: a gradient too small for it is scaled.
        Quad largest = 0;
        for (const Quad g : slope) largest = std::max(largest, absolute(g));
        std::vector<double> scaled(slope.size(), 0.0);
        for (std::size_t p = 0; p < slope.size() && largest > 0; ++p)
            scaled[p] = static_cast<double>(slope[p] / largest);
        const std::vector<double> move = pseudo_solve(equilibrated, flat, scaled);
        found.before_ = found.here_;
        double length = 0.0;
        for (std::size_t p = 0; p < move.size(); ++p) {
            const Quad change = largest * static_cast<Quad>(move[p]);
            found.here_.parameters[p] -= change;
            length = std::hypot(length, static_cast<double>(change) / equilibrated.scaling.scale[p]);
        }
        length /= unit;
        if (!std::isfinite(length)) return std::nullopt;
        slope = found.evaluate(found.here_);
        if (length <= kFound) return found;
        if (!(length < 0.5 * last) || length > tolerances.nearby) return std::nullopt;
        last = length;
    }
    return std::nullopt;
}

ExtendedPoint::Block ExtendedPoint::transformed(Size neuron, const Point& point, const Vector& basis) const {
    const Size d = network_.inputs;
    Block block;
    block.d = d;
    block.entries.assign(d * d, Quad(0));
    const Quad output = point.parameters[network_.width * d + neuron];
    std::vector<double> x(d);
    Vector t(d);
    for (Size k = 0; k < data_.samples(); ++k) {
        const Quad s = weight(k);
        if (s == 0) continue;
        data_.sample(k, x.data());
        const Quad second = output * s * jet(point.parameters, neuron, x.data()).second;
        const Quad coefficient = second * point.residuals[k];
        Quad square = 0;
        for (Size l = 0; l < d; ++l) {
            Quad sum = 0;
            for (Size j = 0; j < d; ++j) sum += basis[l * d + j] * static_cast<Quad>(x[j]);
            t[l] = sum;
            square += sum * sum;
        }
        block.terms += absolute(second) * (absolute(point.residuals[k]) + point.terms[k]) * square;
        for (Size l = 0; l < d; ++l) {
            const Quad factor = coefficient * t[l];
            for (Size e = 0; e <= l; ++e) block(l, e) += factor * t[e];
        }
    }
    for (Size l = 0; l < d; ++l) {
        for (Size e = 0; e < l; ++e) block(e, l) = block(l, e);
    }
    return block;
}

// The others are nearly eigenvectors of eigenvalues that are not small: no pivoting is needed.
ExtendedPoint::Eliminated ExtendedPoint::eliminate(Block block, Size zeros) {
    const Size rest = block.d - zeros;
    Eliminated result{Matrix(zeros, zeros), Vector(rest * zeros)};
    const auto solved = [&](Size i, Size z) -> Quad& { return result.solved[i * zeros + z]; };
    const Block given = block;
    for (Size i = 0; i < rest; ++i) {
        for (Size z = 0; z < zeros; ++z) solved(i, z) = block(zeros + i, z);
    }
    for (Size p = 0; p < rest; ++p) {
        for (Size i = 0; i < rest; ++i) {
            if (i == p) continue;
            const Quad factor = block(zeros + i, zeros + p) / block(zeros + p, zeros + p);
            for (Size j = p; j < rest; ++j)
                block(zeros + i, zeros + j) -= factor * block(zeros + p, zeros + j);
            for (Size z = 0; z < zeros; ++z) solved(i, z) -= factor * solved(p, z);
        }
    }
    for (Size p = 0; p < rest; ++p) {
        for (Size z = 0; z < zeros; ++z) solved(p, z) /= block(zeros + p, zeros + p);
    }
    for (Size a = 0; a < zeros; ++a) {
        for (Size z = 0; z < zeros; ++z) {
            Quad entry = given.entries[a * block.d + z];
            for (Size i = 0; i < rest; ++i) entry -= given.entries[a * block.d + zeros + i] * solved(i, z);
            result.complement(a, z) = static_cast<double>(entry);
        }
    }
    return result;
}

bool ExtendedPoint::settle(Size neuron, const Psi& psi, SpectralReport& report) const {
    const Size d = network_.inputs, zeros = report.inertia.zero;
    if (zeros == 0) return false;
    // Coordinates: the eigenvectors of the equilibrated matrix, those of the smallest eigenvalues first.
    const Equilibrated equilibrated = equilibrate(psi.hessian, psi.hessian_magnitude);
    std::vector<Size> order(d);
    for (Size l = 0; l < d; ++l) order[l] = l;
    std::sort(order.begin(), order.end(), [&](Size a, Size b) {
        return std::abs(equilibrated.eigen.values[a]) < std::abs(equilibrated.eigen.values[b]);
    });
    Vector basis(d * d);
    for (Size l = 0; l < d; ++l) {
        for (Size j = 0; j < d; ++j) {
            basis[l * d + j] = static_cast<Quad>(equilibrated.eigen.vectors(order[l], j)) *
                               static_cast<Quad>(equilibrated.scaling.scale[j]);
        }
    }
    Block block = transformed(neuron, here_, basis);
    const double terms = static_cast<double>(block.terms);
    const Eliminated here = eliminate(std::move(block), zeros);
    const Eliminated before = eliminate(transformed(neuron, before_, basis), zeros);
    double change = 0.0;
    for (Size i = 0; i < zeros; ++i) {
        for (Size j = 0; j < zeros; ++j)
            change = std::hypot(change, here.complement(i, j) - before.complement(i, j));
    }
    const double tau = kStructure * terms + tolerances_.rounding_factor * change;
    if (!std::isfinite(tau)) return false;
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(here.complement, true);
    const double* values = eigen.values.data();
    for (Size l = 0; l < zeros; ++l) {  // too close to call
        // The spectrum of the complement itself is known to rounding of its largest entry.
        const double blur = 16.0 * kEps * std::max(std::abs(values[0]), std::abs(values[zeros - 1]));
        const double bound = std::max(tau, blur), size = std::abs(values[l]);
        if ((size > tau || blur > tau) && size < kGuard * bound) return false;
    }
    SpectralReport counted;
    count_eigenvalues(values, zeros, 1, {tau, tau, tau}, counted);
    const auto direction = [&](Size l) {  // in the coordinates of the inputs
        Vector v(d, Quad(0));
        for (Size e = 0; e < d; ++e) {
            Quad part = e < zeros ? static_cast<Quad>(eigen.vectors(l, e)) : Quad(0);
            for (Size z = 0; e >= zeros && z < zeros; ++z)
                part -= here.solved[(e - zeros) * zeros + z] * static_cast<Quad>(eigen.vectors(l, z));
            for (Size j = 0; j < d; ++j) v[j] += part * basis[e * d + j];
        }
        return v;
    };
    std::vector<Vector> kernel;
    for (Size l = 0; l < zeros; ++l) {
        if (std::abs(values[l]) <= tau) {
            kernel.push_back(direction(l));
            continue;
        }
        const bool negative = values[l] < 0.0;
        std::vector<double>& known = negative ? report.v_negative : report.v_positive;
        if (!known.empty()) continue;
        const Vector v = direction(l);
        double norm = 0.0;
        for (const Quad component : v) known.push_back(static_cast<double>(component));
        for (const double component : known) norm = std::hypot(norm, component);
        for (double& component : known) component /= norm;
        (negative ? report.curvature_negative : report.curvature_positive) = values[l] / norm / norm;
    }
    report.inertia.negative += counted.inertia.negative;
    report.inertia.positive += counted.inertia.positive;
    report.inertia.zero = counted.inertia.zero;
    report.near_negative += counted.near_negative;
    report.near_positive += counted.near_positive;
    report.zero_level = 0.0;
    report.extended = true;
    if (counted.margin > 0.0) {
        report.tau = tau;
        report.margin = counted.margin;
    }
    return third_order_vanishes(neuron, kernel);
}

bool ExtendedPoint::third_order_vanishes(Size neuron, const std::vector<Vector>& kernel) const {
    const std::size_t count = kernel.size();
    if (count == 0 || count > kMostNullVectors) return false;
    Vector sums(count * (count + 1) * (count + 2) / 6, Quad(0)), terms(sums), t(count), sizes(count);
    std::vector<double> x(network_.inputs);
    for (Size k = 0; k < data_.samples(); ++k) {
        const Quad s = weight(k);
        if (s == 0) continue;
        data_.sample(k, x.data());
        const Quad third = s * jet(here_.parameters, neuron, x.data()).third;
        const Quad residual = here_.residuals[k], size = absolute(residual) + here_.terms[k];
        for (std::size_t l = 0; l < count; ++l) {
            t[l] = sizes[l] = 0;
            for (std::size_t j = 0; j < x.size(); ++j) {
                const Quad term = kernel[l][j] * static_cast<Quad>(x[j]);
                t[l] += term;
                sizes[l] += absolute(term);
            }
        }
        std::size_t e = 0;
        for (std::size_t a = 0; a < count; ++a) {
            for (std::size_t b = 0; b <= a; ++b) {
                for (std::size_t c = 0; c <= b; ++c, ++e) {
                    sums[e] += third * residual * t[a] * t[b] * t[c];
                    terms[e] += absolute(third) * size * sizes[a] * sizes[b] * sizes[c];
                }
            }
        }
    }
    for (std::size_t e = 0; e < sums.size(); ++e) {
        if (absolute(sums[e]) > static_cast<Quad>(kStructure) * terms[e]) return false;
    }
    return true;
}

}  // namespace tepui
