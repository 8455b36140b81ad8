#include "solve/relu/face_coordinates.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/euclidean.hpp"
#include "core/rounding.hpp"
#include "linalg/blas.hpp"

namespace tepui {
namespace {

// Orthonormal rows that span what is orthogonal to the given unit vectors. By subtraction from axes, which
// leaves sums of 0 exact: along eigenvectors of a projector what outputs share would drift where weights
// grow.
Matrix orthogonal_to(std::vector<std::vector<double>> taken, Size outputs) {
    const std::size_t given = taken.size();
    const auto left_of = [&](Size axis) {
        std::vector<double> rest(outputs, 0.0);
        rest[axis] = 1.0;
        for (int pass = 0; pass < 2; ++pass) {
            for (const std::vector<double>& unit : taken) {
                const double along = dot(unit, rest);
                for (Size o = 0; o < outputs; ++o) rest[o] -= along * unit[o];
            }
        }
        return rest;
    };
    while (static_cast<Size>(taken.size()) < outputs) {
        std::vector<double> longest;
        double length = 0.0;
        for (Size axis = 0; axis < outputs; ++axis) {
            std::vector<double> rest = left_of(axis);
            if (!(norm_of(rest) > length)) continue;
            length = norm_of(rest);
            longest = std::move(rest);
        }
        for (double& component : longest) component /= length;
        taken.push_back(std::move(longest));
    }
    Matrix rows(outputs - static_cast<Size>(given), outputs);
    for (Size l = 0; l < rows.rows(); ++l)
        std::copy(taken[given + l].begin(), taken[given + l].end(), rows.row(l));
    return rows;
}

// The rows, each for every of `count` numbers of an output: [rows][count] rows of [outputs][count].
Matrix of_each(const Matrix& rows, Size count) {
    Matrix wide(rows.rows() * count, rows.cols() * count);
    for (Size l = 0; l < rows.rows(); ++l)
        for (Size o = 0; o < rows.cols(); ++o)
            for (Size j = 0; j < count; ++j) wide(l * count + j, o * count + j) = rows(l, o);
    return wide;
}

// Whether the neuron is linear on every sample.
bool is_linear(const ActivePoint& point, Size i) {
    const std::span<const double> z(point.z.row(i), static_cast<std::size_t>(point.z.cols()));
    return point.kinks[i].empty() && (std::all_of(z.begin(), z.end(), [](double v) { return v > 0.0; }) ||
                                      std::all_of(z.begin(), z.end(), [](double v) { return v < 0.0; }));
}

// Hidden weights along the face, without what the output bias does.
Matrix felt_weights(const ActivePoint& point, Size i) {
    const Matrix& all = point.faces[i].tangent_weights();
    if (point.spare_bias < 0 || !is_linear(point, i)) return all.copy();
    std::vector<double> share;
    for (Size l = 0; l < all.rows(); ++l) share.push_back(all(l, point.spare_bias));
    const double length = norm_of(share);
    if (!(length > 0.0)) return all.copy();
    for (double& component : share) component /= length;
    const Matrix kept = orthogonal_to({std::move(share)}, all.rows());
    Matrix rows(kept.rows(), all.cols());
    linalg::gemm(false, false, kept.rows(), all.cols(), kept.cols(), 1.0, kept.data(), kept.cols(),
                 all.data(), all.cols(), 0.0, rows.data(), rows.cols(), 1);
    return rows;
}

}  // namespace

FaceCoordinates::FaceCoordinates(const ActivePoint& point) : parameters_(point.network.parameter_count()) {
    const Network& network = point.network;
    const Size outputs = network.output_count, m = network.width;
    const Decay& decay = point.decay;
    const bool scaled = decay.weights == 0.0 && decay.hidden_biases == 0.0 && decay.outputs == 0.0;
    const auto unfelt_under = [&](bool free) {
        std::vector<std::vector<double>> unfelt;
        if (free && point.shared_shift)
            unfelt.emplace_back(outputs, 1.0 / std::sqrt(static_cast<double>(outputs)));
        return unfelt;
    };
    for (Size i = 0; i < m; ++i) {
        add(network.weight(i, 0), felt_weights(point, i));
        if (outputs == 1 && scaled) continue;
        std::vector<std::vector<double>> taken = unfelt_under(decay.outputs == 0.0);
        std::vector<double> own(outputs);
        for (Size o = 0; o < outputs; ++o) own[o] = network.output(i, o);
        const double length = norm_of(own);
        for (double& component : own) component /= length;
        if (scaled) taken.push_back(std::move(own));
        add(network.coefficient(i, 0), orthogonal_to(std::move(taken), outputs));
    }
    const bool free_biases = decay.output_biases == 0.0, free_skip = decay.skip == 0.0 && free_biases;
    if (network.output_bias)
        add(network.coefficient(m, 0), orthogonal_to(unfelt_under(free_biases), outputs));
    if (network.skip)
        add(network.coefficient(m + (network.output_bias ? 1 : 0), 0),
            of_each(orthogonal_to(unfelt_under(free_skip), outputs), network.inputs));
}

void FaceCoordinates::add(Size parameter, Matrix rows) {
    const Size more = rows.rows();
    if (more > 0) blocks_.push_back({parameter, count_, std::move(rows)});
    count_ += more;
}

// Sums over the parameters of a coordinate, each times what `of` makes of its share.
template <class Of>
std::vector<double> FaceCoordinates::weighted(const std::vector<double>& parameters, Of&& of) const {
    std::vector<double> result(count_, 0.0);
    for (const Block& block : blocks_)
        for (Size l = 0; l < block.rows.rows(); ++l)
            for (Size j = 0; j < block.rows.cols(); ++j)
                result[block.coordinate + l] += of(block.rows(l, j)) * parameters[block.parameter + j];
    return result;
}

std::vector<double> FaceCoordinates::restrict(const std::vector<double>& covector) const {
    return weighted(covector, [](double share) { return share; });
}

std::vector<double> FaceCoordinates::restrict_absolute(const std::vector<double>& covector) const {
    return weighted(covector, [](double share) { return std::abs(share); });
}

std::vector<double> FaceCoordinates::restrict_squares(const std::vector<double>& diagonal) const {
    return weighted(diagonal, [](double share) { return share * share; });
}

Matrix FaceCoordinates::restrict(const Matrix& form) const {
    Matrix half(count_, parameters_), result(count_, count_);
    for (const Block& block : blocks_) {
        const Size rows = block.rows.rows(), cols = block.rows.cols();
        linalg::gemm(false, false, rows, parameters_, cols, 1.0, block.rows.data(), cols,
                     form.row(block.parameter), form.cols(), 0.0, half.row(block.coordinate), parameters_, 1);
    }
    for (const Block& block : blocks_) {
        const Size rows = block.rows.rows(), cols = block.rows.cols();
        linalg::gemm(false, true, count_, rows, cols, 1.0, half.data() + block.parameter, parameters_,
                     block.rows.data(), cols, 0.0, result.data() + block.coordinate, count_, 1);
    }
    return result;
}

ParameterStep FaceCoordinates::extend(const std::vector<double>& step) const {
    ParameterStep result(parameters_, 0.0);
    for (const Block& block : blocks_)
        for (Size l = 0; l < block.rows.rows(); ++l)
            for (Size j = 0; j < block.rows.cols(); ++j)
                result[block.parameter + j] += step[block.coordinate + l] * block.rows(l, j);
    return result;
}

ParameterGradient parameter_gradient(const ActivePoint& point) {
    const Network& network = point.network;
    ParameterGradient gradient;
    for (std::vector<double>* row : {&gradient.value, &gradient.magnitude, &gradient.rounding})
        row->resize(network.parameter_count());
    for (Size i = 0; i < network.width; ++i) {
        for (Size j = 0; j < network.inputs; ++j) {
            gradient.value[network.weight(i, j)] = point.pulls[i].slope[j];
            gradient.magnitude[network.weight(i, j)] = point.pulls[i].slope_magnitude[j];
            gradient.rounding[network.weight(i, j)] = point.pulls[i].slope_rounding[j];
        }
    }
    for (Size q = 0; q < network.features(); ++q) {
        for (Size o = 0; o < network.output_count; ++o) {
            const Size at = point.sums.row(q, o), parameter = network.coefficient(q, o);
            gradient.value[parameter] = point.sums.psi[at];
            gradient.magnitude[parameter] = point.sums.psi_magnitude[at];
            gradient.rounding[parameter] = point.sums.psi_rounding[at];
        }
    }
    point.decay.each(network, [&](Size p, double lambda) {
        if (p < network.width * network.inputs) return;  // in the pulls
        const double share = lambda * network.parameters[p];
        gradient.value[p] += share;
        gradient.magnitude[p] += std::abs(share);
        gradient.rounding[p] += kEps * std::abs(share);
    });
    return gradient;
}

}  // namespace tepui
