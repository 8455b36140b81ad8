#include "classification/infinity/fitted_at_end.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"
#include "network/inputs/own_directions.hpp"

namespace tepui {
namespace {

constexpr double kGone = 1e-8;  // of a direction: less is rounding

// Of every form of the limit, in the order of its parameters.
Matrix form_slopes(const BoundaryNetwork& limit, const OwnDirections& own) {
    Size forms = 0;
    for (const BoundaryUnit& unit : limit.units) forms += shape_of(unit.kind).forms;
    Matrix result(forms, own.count());
    UnitRows rows;
    for (Size l = 0; l < own.count(); ++l) {
        Size at = 0;
        for (Size u = 0; u < Size(limit.units.size()); ++u) {
            const UnitShape& shape = shape_of(limit.units[u].kind);
            evaluate_unit(limit, u, own.groups[l].front(), 1, own.inputs.row(l), rows);
            for (Size p = 0; p < shape.forms; ++p, ++at)
                for (Size q = 0; q < shape.coefficients; ++q)
                    result(at, l) += limit.coefficient(u, q) * rows.first[q * shape.forms + p];
        }
    }
    return result;
}

// What is orthogonal to the directions in the span of a basis; null: all inputs.
Matrix basis_without(const Matrix* basis, const Matrix& directions) {
    const Size d = directions.cols(), size = basis ? basis->rows() : d;
    const auto along = [&](Size r, Size j) { return basis ? (*basis)(r, j) : r == j ? 1.0 : 0.0; };
    // Orthonormal in the coordinates along the basis: first what is lost, then what is left of these.
    std::vector<std::vector<double>> lost, left;
    const auto add = [&](std::vector<double> c, std::vector<std::vector<double>>& to, double least) {
        const double before = norm_of(c);
        for (int sweep = 0; sweep < 2; ++sweep) {
            for (const auto* of : {&lost, &left}) {
                for (const std::vector<double>& b : *of) {
                    const double part = dot(b, c);
                    for (std::size_t r = 0; r < c.size(); ++r) c[r] -= part * b[r];
                }
            }
        }
        const double after = norm_of(c);
        if (!(after > least * before)) return;
        for (double& x : c) x /= after;
        to.push_back(std::move(c));
    };
    for (Size l = 0; l < directions.rows(); ++l) {
        std::vector<double> c(static_cast<std::size_t>(size), 0.0);
        const double whole = scaled_norm_of({directions.row(l), static_cast<std::size_t>(d)});
        for (Size j = 0; j < d; ++j)
            for (Size r = 0; r < size; ++r) c[r] += along(r, j) * directions(l, j);
        if (norm_of(c) > kGone * whole) add(std::move(c), lost, kGone);
    }
    std::vector<Size> order;  // of unit vectors, those first of which least is lost
    std::vector<double> share(static_cast<std::size_t>(size), 0.0);
    for (Size r = 0; r < size; ++r) {
        order.push_back(r);
        for (const std::vector<double>& b : lost) share[r] += b[r] * b[r];
    }
    std::stable_sort(order.begin(), order.end(), [&](Size r, Size q) { return share[r] < share[q]; });
    for (const Size r : order) {
        if (Size(lost.size() + left.size()) == size) break;
        std::vector<double> c(static_cast<std::size_t>(size), 0.0);
        c[r] = 1.0;
        add(std::move(c), left, kGone);
    }
    Matrix result(Size(left.size()), d);
    for (Size l = 0; l < result.rows(); ++l)
        for (Size j = 0; j < d; ++j)
            for (Size r = 0; r < size; ++r) result(l, j) += left[l][r] * along(r, j);
    return result;
}

BoundaryNetwork limit_without(const BoundaryNetwork& limit, const OwnDirections& own) {
    const std::vector<Size> fitted = own.samples();
    BoundaryNetwork result = limit;
    result.parameters.clear();
    for (Size u = 0; u < Size(limit.units.size()); ++u) {
        BoundaryUnit& unit = result.units[u];
        const auto is_fitted = [&](Size k) { return std::binary_search(fitted.begin(), fitted.end(), k); };
        unit.kept.erase(std::remove_if(unit.kept.begin(), unit.kept.end(), is_fitted), unit.kept.end());
        const UnitShape& shape = shape_of(unit.kind);
        for (Size p = 0; p < shape.forms; ++p) {
            unit.bases[p] =
                std::make_shared<const Matrix>(basis_without(limit.units[u].bases[p].get(), own.directions));
            const std::vector<double> w = limit.weights(u, p);
            for (Size r = 0; r < unit.bases[p]->rows(); ++r)
                result.parameters.push_back(dot({unit.bases[p]->row(r), w.size()}, w));
        }
        const auto first = limit.parameters.begin() + limit.coefficient_at(u, 0);
        result.parameters.insert(result.parameters.end(), first,
                                 first + shape.coefficients * limit.output_count);
    }
    result.parameters.insert(result.parameters.end(), limit.parameters.begin() + limit.rest_at(),
                             limit.parameters.end());
    return result;
}

}  // namespace

std::optional<WithoutFitted> without_fitted(const Dataset& data, const BoundaryPoint& point,
                                            const Execution& execution) {
    const BoundaryNetwork& limit = point.network;
    // Skip connections would fit them without the units.
    if (limit.output_count != 1 || limit.skip || limit.units.empty()) return std::nullopt;
    UnpulledSamples unpulled = unpulled_samples(data, point.sums.outputs.g.span(), SameInputs::together);
    if (unpulled.groups.empty()) return std::nullopt;
    const auto slopes = [&](const OwnDirections& own) { return form_slopes(limit, own); };
    const std::optional<OwnDirections> own = own_directions(data, std::move(unpulled), slopes, execution);
    if (!own) return std::nullopt;
    std::vector<Size> samples = own->samples();
    Dataset left = without(data, samples);
    return WithoutFitted{std::move(samples), std::move(left), limit_without(limit, *own)};
}

}  // namespace tepui
