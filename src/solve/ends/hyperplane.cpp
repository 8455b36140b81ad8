#include "solve/ends/hyperplane.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/side_cone.hpp"
#include "core/euclidean.hpp"
#include "linalg/linear_program.hpp"
#include "solve/scaled_model.hpp"

namespace tepui {
namespace {

// A vector this much shorter than it was lies in the span.
constexpr double kDependent = 1e-9;

// Gram-Schmidt, twice for the digits. False when x lies in the span.
bool extend(std::vector<std::vector<double>>& basis, std::vector<double> x) {
    const double before = norm_of(x);
    if (!(before > 0.0)) return false;
    for (int pass = 0; pass < 2; ++pass) {
        for (const std::vector<double>& q : basis) {
            double product = 0.0;
            for (std::size_t j = 0; j < x.size(); ++j) product += q[j] * x[j];
            for (std::size_t j = 0; j < x.size(); ++j) x[j] -= product * q[j];
        }
    }
    const double after = norm_of(x);
    if (after <= kDependent * before) return false;
    for (double& value : x) value /= after;
    basis.push_back(std::move(x));
    return true;
}

Matrix rows_of(const std::vector<std::vector<double>>& from, Size begin, Size end, Size columns) {
    Matrix result(end - begin, columns);
    for (Size r = begin; r < end; ++r) std::copy(from[r].begin(), from[r].end(), result.row(r - begin));
    return result;
}

std::vector<double> projected(const Matrix& basis, const std::vector<double>& w) {
    std::vector<double> result(w.size(), 0.0);
    for (Size r = 0; r < basis.rows(); ++r) {
        double product = 0.0;
        for (Size j = 0; j < basis.cols(); ++j) product += basis(r, j) * w[j];
        for (Size j = 0; j < basis.cols(); ++j) result[j] += product * basis(r, j);
    }
    return result;
}

// Whether v has every sample on its side, beyond what its rounding, or that of the inputs, may make of it,
// and those without one on the hyperplane.
bool on_sides(const SampleInputs& inputs, const std::vector<double>& v,
              const std::vector<signed char>& side) {
    const std::vector<double> z = inputs.preactivations(v.data());
    for (std::size_t k = 0; k < z.size(); ++k) {
        double terms = 0.0;
        for (std::size_t j = 0; j < v.size(); ++j) terms += std::abs(v[j] * inputs.h(Size(k), Size(j)));
        const double rounding = kDependent * terms;
        if (side[k] == 0 ? std::abs(z[k]) > rounding : !(z[k] * side[k] > rounding)) return false;
    }
    return true;
}

// A v with every sample on its side, by a linear program.
std::optional<std::vector<double>> direction_of(const SampleInputs& inputs, const std::vector<Size>& kept,
                                                const std::vector<signed char>& side) {
    if (!linalg::has_linear_programs()) return std::nullopt;
    const Size d = inputs.h.cols();
    std::set<std::vector<double>> rows;
    for (Size k = 0; k < inputs.h.rows(); ++k) {
        if (side[k] == 0) continue;
        std::vector<double> row(inputs.h.row(k), inputs.h.row(k) + d);
        for (double& x : row) x *= side[k];
        rows.insert(std::move(row));
    }
    Matrix of_sides(Size(rows.size()), d), of_kept(Size(kept.size()), d);
    Size at = 0;
    for (const std::vector<double>& row : rows) std::copy(row.begin(), row.end(), of_sides.row(at++));
    for (std::size_t l = 0; l < kept.size(); ++l) std::copy_n(inputs.h.row(kept[l]), d, of_kept.row(Size(l)));
    const std::optional<SideCone::Found> found = SideCone(std::move(of_sides), std::move(of_kept)).interior();
    if (!found || !found->strictly()) return std::nullopt;
    return found->v;
}

}  // namespace

SampleInputs::SampleInputs(const Dataset& data) : h(data.samples(), data.inputs()) {
    data.rows(0, data.samples(), h.data());
}

std::vector<double> SampleInputs::preactivations(const double* w) const {
    std::vector<double> z(std::size_t(h.rows()), 0.0);
    for (Size k = 0; k < h.rows(); ++k)
        for (Size j = 0; j < h.cols(); ++j) z[k] += w[j] * h(k, j);
    return z;
}

Span span_of(const SampleInputs& inputs, const std::vector<Size>& samples) {
    const Size d = inputs.h.cols();
    std::vector<std::vector<double>> basis;
    for (const Size k : samples) {
        if (Size(basis.size()) == d) break;
        extend(basis, {inputs.h.row(k), inputs.h.row(k) + d});
    }
    const Size rank = Size(basis.size());
    for (Size j = 0; j < d && Size(basis.size()) < d; ++j) {
        std::vector<double> axis(std::size_t(d), 0.0);
        axis[j] = 1.0;
        extend(basis, std::move(axis));
    }
    return {rows_of(basis, 0, rank, d), rows_of(basis, rank, Size(basis.size()), d)};
}

std::vector<double> part_in(const Matrix& rows, const double* w) {
    std::vector<double> part(std::size_t(rows.cols()), 0.0);
    for (Size r = 0; r < rows.rows(); ++r) {
        const std::span<const double> row(rows.row(r), part.size());
        const double along = dot(row, {w, part.size()});
        for (std::size_t j = 0; j < part.size(); ++j) part[j] += along * row[j];
    }
    return part;
}

std::optional<std::vector<Size>> samples_within(const SampleInputs& inputs, const std::vector<double>& z,
                                                double reach) {
    const Size n = inputs.h.rows(), d = inputs.h.cols();
    std::set<std::vector<double>> kept_inputs;
    for (Size k = 0; k < n; ++k) {
        if (std::abs(z[k]) <= reach) kept_inputs.insert({inputs.h.row(k), inputs.h.row(k) + d});
        if (Size(kept_inputs.size()) >= d) return std::nullopt;
    }
    std::vector<Size> kept;
    for (Size k = 0; k < n && !kept_inputs.empty(); ++k)
        if (kept_inputs.count({inputs.h.row(k), inputs.h.row(k) + d}) > 0) kept.push_back(k);
    return kept;
}

std::vector<Size> samples_in_span(const SampleInputs& inputs, const std::vector<Size>& samples) {
    const Matrix complement = span_of(inputs, samples).complement;
    std::vector<Size> inside;
    for (Size k = 0; k < inputs.h.rows(); ++k) {
        double off = 0.0;
        for (Size r = 0; r < complement.rows(); ++r) {
            double product = 0.0;
            for (Size j = 0; j < complement.cols(); ++j) product += complement(r, j) * inputs.h(k, j);
            off = std::max(off, std::abs(product));
        }
        if (off <= kDependent * norm_of({inputs.h.row(k), inputs.h.row(k) + inputs.h.cols()}))
            inside.push_back(k);
    }
    return inside;
}

std::optional<std::vector<Size>> samples_on_a_plane(const SampleInputs& inputs, const std::vector<double>& z,
                                                    double low, double high) {
    std::vector<Size> near;
    for (Size k = 0; k < inputs.h.rows(); ++k)
        if (z[k] >= low && z[k] <= high) near.push_back(k);
    if (near.empty()) return std::nullopt;
    std::vector<Size> kept = samples_in_span(inputs, near);
    if (Size(kept.size()) == inputs.h.rows()) return std::nullopt;
    return kept;
}

bool make_saturated(const SampleInputs& inputs, const std::vector<Size>& kept, const std::vector<double>& w,
                    BoundaryUnit& unit, std::vector<double>& u) {
    Span span = span_of(inputs, kept);
    const std::vector<double> z = inputs.preactivations(w.data());
    unit.kind = UnitKind::saturated;
    unit.kept = kept;
    unit.side.resize(z.size());
    for (std::size_t k = 0; k < z.size(); ++k) unit.side[k] = z[k] > 0.0 ? 1 : z[k] < 0.0 ? -1 : 0;
    for (const Size k : kept) unit.side[k] = 0;
    for (std::size_t k = 0; k < z.size(); ++k)
        if (unit.side[k] == 0 && !std::binary_search(kept.begin(), kept.end(), Size(k))) return false;
    const bool both_ends = ends_of(unit.activation).saturates;
    if (!both_ends && std::find(unit.side.begin(), unit.side.end(), 1) != unit.side.end()) return false;
    unit.direction = projected(span.complement, w);
    if (!on_sides(inputs, unit.direction, unit.side)) {
        std::optional<std::vector<double>> found = direction_of(inputs, kept, unit.side);
        if (!found || !on_sides(inputs, *found, unit.side)) return false;
        unit.direction = std::move(*found);
    }
    const std::vector<double> along = inputs.preactivations(unit.direction.data());
    double nearest = HUGE_VAL;
    for (std::size_t k = 0; k < along.size(); ++k)
        if (unit.side[k] != 0) nearest = std::min(nearest, std::abs(along[k]));
    if (!(nearest > 0.0) || !std::isfinite(nearest)) return false;
    for (double& x : unit.direction) x /= nearest;
    std::set<std::vector<double>> distinct;
    for (const Size k : kept) distinct.insert({inputs.h.row(k), inputs.h.row(k) + inputs.h.cols()});
    unit.independent = Size(distinct.size()) == span.of.rows();
    u = projected(span.of, w);
    unit.bases[0] = std::make_shared<const Matrix>(std::move(span.of));
    return true;
}

void make_rectified(const SampleInputs& inputs, const std::vector<Size>& kept, const std::vector<double>& w,
                    BoundaryUnit& unit, std::vector<double>& v) {
    Span span = span_of(inputs, kept);
    unit.kind = UnitKind::rectified;
    unit.kept = kept;
    v = projected(span.complement, w);
    unit.bases[0] = kept.empty() ? nullptr : std::make_shared<const Matrix>(std::move(span.complement));
}

}  // namespace tepui
