#include "classification/directional/neuron_face.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "classification/directional/basis.hpp"
#include "core/euclidean.hpp"
#include "linalg/symmetric.hpp"
#include "network/inputs/input_space.hpp"

namespace tepui {
namespace {

double make_unit(std::vector<double>& v) {
    const double length = scaled_norm_of(v);
    if (length > 0.0)
        for (double& component : v) component /= length;
    return length;
}

// Of what is orthogonal to the vectors, or of their span.
Matrix side(std::span<const std::vector<double>> vectors, Size dimension, bool across) {
    GrowingBasis span(dimension);
    for (std::vector<double> one : vectors)
        if (make_unit(one) > 0.0) span.add(one);
    Matrix projector(dimension, dimension);
    std::vector<double> e(static_cast<std::size_t>(dimension), 0.0);
    for (Size j = 0; j < dimension; ++j) {
        e[j] = 1.0;
        const std::vector<double> left = span.remainder(e);
        std::copy(left.begin(), left.end(), projector.row(j));
        e[j] = 0.0;
    }
    const Size rank = across ? dimension - span.size() : span.size();
    Matrix result(rank, dimension);
    if (rank == 0) return result;
    if (rank == dimension) {
        for (Size j = 0; j < dimension; ++j) result(j, j) = 1.0;
        return result;
    }
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(projector, true);  // values 0 and 1
    const Size first = across ? span.size() : 0;
    for (Size l = 0; l < rank; ++l) std::copy_n(eigen.vectors.row(first + l), dimension, result.row(l));
    return result;
}

// A kink of K_i in seen coordinates: S_i has weight |p . unit| there.
struct Kink {
    std::vector<double> unit;
    double weight, b;  // slope = sum b unit
};

// |b| as far inside the weights as least squares of b / weight takes it; of independent kinks b is one.
void balance(std::vector<Kink>& kinks, std::span<const double> slope) {
    std::vector<std::vector<double>> units;
    for (const Kink& kink : kinks) units.push_back(kink.unit);
    const Matrix span = spanned(units, static_cast<Size>(slope.size()));
    const Size rank = span.rows();
    const auto within = [&](std::span<const double> v) {
        std::vector<double> q;
        for (Size l = 0; l < rank; ++l) q.push_back(dot({span.row(l), v.size()}, v));
        return q;
    };
    Matrix gram(rank, rank);
    std::vector<std::vector<double>> places;
    for (const Kink& kink : kinks) {
        places.push_back(within(kink.unit));
        for (Size l = 0; l < rank; ++l)
            for (Size q = 0; q < rank; ++q)
                gram(l, q) += kink.weight * kink.weight * places.back()[l] * places.back()[q];
    }
    const std::vector<double> right = within(slope);
    std::vector<double> y(right.size(), 0.0);
    if (rank > 0) linalg::solve_positive_definite(gram, 0.0, right, y);
    for (std::size_t g = 0; g < kinks.size(); ++g)
        kinks[g].b = kinks[g].weight * kinks[g].weight * dot(places[g], y);
}

struct Known {
    std::vector<double> slope;                // of each seen coordinate, within which it is known
    std::vector<std::vector<double>> inputs;  // units of all samples of K_i
    std::vector<double> weights;              // within which the weight of each is
};

// With p = sum_h (p . unit_h) dual_h over a basis of kinks S(p) >= sum_h |p . unit_h| (weight - |b| - what is
// not known).
bool positive_across(std::vector<Kink> kinks, std::span<const double> slope, const Known& known, Size rank) {
    const Size dimension = static_cast<Size>(slope.size());
    if (std::any_of(kinks.begin(), kinks.end(), [](const Kink& kink) { return !(kink.weight > 0.0); }))
        return false;
    balance(kinks, slope);
    std::sort(kinks.begin(), kinks.end(), [](const Kink& one, const Kink& other) {
        return one.weight - std::abs(one.b) > other.weight - std::abs(other.b);
    });
    std::vector<double> error(known.slope), rest(slope.begin(), slope.end());
    GrowingBasis basis(dimension);
    std::vector<double> room;
    for (const Kink& kink : kinks) {
        for (Size j = 0; j < dimension; ++j) rest[j] -= kink.b * kink.unit[j];
        if (!(kink.weight >= std::abs(kink.b))) return false;
        if (basis.add(kink.unit)) room.push_back(kink.weight - std::abs(kink.b));
    }
    if (basis.size() != rank) return false;
    for (Size j = 0; j < dimension; ++j) error[j] += std::abs(rest[j]);
    std::vector<double> right(room.size(), 0.0);
    for (std::size_t h = 0; h < room.size(); ++h) {
        right[h] = 1.0;
        const std::vector<double> dual = basis.dual(right);
        right[h] = 0.0;
        double doubt = 0.0;
        for (Size j = 0; j < dimension; ++j) doubt += error[j] * std::abs(dual[j]);
        for (std::size_t l = 0; l < known.inputs.size(); ++l)
            doubt += known.weights[l] * std::abs(dot(known.inputs[l], dual));
        if (!(room[h] > doubt)) return false;
    }
    return true;
}

}  // namespace

std::vector<double> seen(const Matrix& basis, std::span<const double> x) {
    std::vector<double> result(static_cast<std::size_t>(basis.cols()), 0.0);
    for (Size j = 0; j < basis.rows(); ++j)
        for (Size q = 0; q < basis.cols(); ++q) result[q] += basis(j, q) * x[j];
    return result;
}

Matrix spanned(std::span<const std::vector<double>> vectors, Size dimension) {
    return side(vectors, dimension, false);
}

namespace {

// The columns and, orthogonal to them, what the units of the decayed inputs add.
Matrix with_decayed(const Matrix& columns, const std::vector<bool>& decayed) {
    if (std::find(decayed.begin(), decayed.end(), true) == decayed.end()) return columns.copy();
    const Size d = columns.rows();
    std::vector<std::vector<double>> all;
    GrowingBasis span(d);
    const auto add = [&](std::vector<double> v) {
        std::vector<double> left = span.remainder(v);
        if (!(make_unit(v) > 0.0) || !span.add(v)) return;
        make_unit(left);
        all.push_back(std::move(left));
    };
    for (Size q = 0; q < columns.cols(); ++q) {
        std::vector<double> column;
        for (Size j = 0; j < d; ++j) column.push_back(columns(j, q));
        add(std::move(column));
    }
    for (std::size_t j = 0; j < decayed.size(); ++j) {
        std::vector<double> unit(static_cast<std::size_t>(d), 0.0);
        unit[j] = 1.0;
        if (decayed[j]) add(std::move(unit));
    }
    Matrix result(d, static_cast<Size>(all.size()));
    for (Size q = 0; q < result.cols(); ++q)
        for (Size j = 0; j < d; ++j) result(j, q) = all[q][j];
    return result;
}

}  // namespace

Matrix seen_weights(const Dataset& data, const std::vector<bool>& decayed, const Execution& execution) {
    const InputSpace space = input_space(data, execution);
    const Size d = data.inputs();
    Matrix basis = space.full() ? Matrix(d, d) : with_decayed(space.basis, decayed);
    if (basis.cols() < d) {
        for (Size j = 0; j < d; ++j)
            for (Size q = 0; q < basis.cols(); ++q) basis(j, q) /= space.scale[j];
        return basis;
    }
    std::vector<double> x(static_cast<std::size_t>(d)), squares(x);
    for (Size k = 0; k < data.samples(); ++k) {
        if (!(data.weight(k) > 0.0)) continue;
        data.sample(k, x.data());
        for (Size j = 0; j < d; ++j) squares[j] = std::hypot(squares[j], x[j]);
    }
    basis = Matrix(d, d);
    const double count = std::sqrt(static_cast<double>(data.samples()));
    for (Size j = 0; j < d; ++j)
        basis(j, j) = squares[j] > 0.0 ? std::ldexp(1.0, -std::ilogb(squares[j] / count)) : 1.0;
    return basis;
}

Matrix orthogonal_complement(std::span<const std::vector<double>> vectors, Size dimension) {
    return side(vectors, dimension, true);
}

NeuronFace neuron_face(const KinkedPoint& point, const Matrix& basis, Size neuron, const NeuronForms& forms,
                       const Tolerances& tolerances) {
    const Dataset& data = point.data;
    const NeuronKinks& kinks = point.sums.kinks[neuron];
    const Size d = data.inputs(), rank = basis.cols();
    const double* w = point.network.weights(neuron);
    Known known;
    std::vector<double> x(static_cast<std::size_t>(d)), right;
    GrowingBasis span(rank);
    bool smooth = true;
    for (std::size_t l = 0; l < kinks.samples.size(); ++l) {
        if (!(data.weight(kinks.samples[l]) > 0.0)) continue;
        data.sample(kinks.samples[l], x.data());
        std::vector<double> unit = seen(basis, x);
        const double length = make_unit(unit);
        if (!(length > 0.0)) continue;
        if (span.add(unit)) {
            right.push_back(dot({w, x.size()}, x) / length);
        } else {
            smooth = smooth && norm_of(span.remainder(unit)) <= kWithin;
        }
        double doubt = 0.0;
        for (Size o = 0; o < point.outputs(); ++o)
            doubt += std::abs(forms.a[o]) *
                     zero_pull(data, point.sums, neuron, static_cast<Size>(l), o, tolerances);
        known.weights.push_back(std::abs(point.sums.slopes.kink()) * doubt * length);
        known.inputs.push_back(std::move(unit));
    }
    NeuronFace face;
    face.tangent = orthogonal_complement(known.inputs, rank);
    const std::vector<double> away = span.dual(right);
    for (Size j = 0; j < d; ++j) face.off.push_back(dot({basis.row(j), away.size()}, away));
    std::vector<Kink> held;
    for (Size g = 0; g < forms.sum.kinks(); ++g) {
        std::vector<double> unit = seen(basis, forms.sum.kink(g));
        const double length = make_unit(unit);
        held.push_back({std::move(unit), forms.sum.coefficients[g] * length, 0.0});
    }
    known.slope.assign(static_cast<std::size_t>(rank), 0.0);
    for (Size j = 0; j < d; ++j)
        for (Size q = 0; q < rank; ++q)
            known.slope[q] += std::abs(basis(j, q)) * forms.sum.slope_tolerance[j];
    face.holds = smooth && positive_across(std::move(held), seen(basis, forms.sum.slope), known, span.size());
    return face;
}

}  // namespace tepui
