// Newton's step on the faces: within a cell the loss is quadratic in the hidden weights, so one step is the
// whole way.
#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "linalg/symmetric.hpp"
#include "solve/relu/active_point.hpp"

namespace tepui {
namespace {

// Curvatures below this, relative to the largest, are rounding.
constexpr double kFlat = 1e-13;
// Where all are above this, no spectrum is needed.
constexpr double kRegular = 1e-9;

// The directions of all faces as rows of weights, neuron after neuron.
struct FaceCoordinates {
    std::vector<Size> first;  // of each neuron's rows; the last entry is their number
    explicit FaceCoordinates(const ActivePoint& point) : first{0} {
        for (const KinkFace& face : point.faces) first.push_back(first.back() + face.tangents().rows());
    }
    Size count() const { return first.back(); }
};

std::vector<double> face_gradient(const ActivePoint& point, const FaceCoordinates& faces) {
    std::vector<double> gradient(faces.count(), 0.0);
    const Size d = point.network.inputs;
    for (Size i = 0; i < point.network.width; ++i) {
        const Matrix& rows = point.faces[i].tangent_weights();
        for (Size l = 0; l < rows.rows(); ++l) {
            double sum = 0.0;
            for (Size j = 0; j < d; ++j) sum += rows(l, j) * point.sums.slope(i, j);
            gradient[faces.first[i] + l] = point.network.output(i) * sum;
        }
    }
    return gradient;
}

// T H T^T with T block diagonal.
Matrix face_hessian(const SolveSetting& setting, const ActivePoint& point, const FaceCoordinates& faces) {
    const Network& network = point.network;
    const Size d = network.inputs, m = network.width, weights = m * d;
    const HessianValue full = hessian(*setting.data, network, setting.execution);
    Matrix half(faces.count(), weights), result(faces.count(), faces.count());
    for (Size i = 0; i < m; ++i) {
        const Matrix& rows = point.faces[i].tangent_weights();
        if (rows.rows() == 0) continue;
        linalg::gemm(false, false, rows.rows(), weights, d, 1.0, rows.data(), d, full.value.row(i * d),
                     full.value.cols(), 0.0, half.row(faces.first[i]), weights, 1);
    }
    for (Size i = 0; i < m; ++i) {
        const Matrix& rows = point.faces[i].tangent_weights();
        if (rows.rows() == 0) continue;
        linalg::gemm(false, true, faces.count(), rows.rows(), d, 1.0, half.data() + i * d, weights,
                     rows.data(), d, 0.0, result.data() + faces.first[i], faces.count(), 1);
    }
    return result;
}

// -H^+ g, each coordinate at its own scale.
std::vector<double> newton_step(Matrix hessian, const std::vector<double>& gradient) {
    const Size p = hessian.rows();
    std::vector<double> scale(p, 0.0), step(p, 0.0);
    for (Size l = 0; l < p; ++l) {
        if (hessian(l, l) > 0.0) scale[l] = 1.0 / std::sqrt(hessian(l, l));
    }
    for (Size l = 0; l < p; ++l) {
        for (Size q = 0; q <= l; ++q) {
            const double mean = 0.5 * (hessian(l, q) + hessian(q, l)) * scale[l] * scale[q];
            hessian(l, q) = hessian(q, l) = mean;
        }
    }
    std::vector<double> right(p);
    for (Size l = 0; l < p; ++l) right[l] = -scale[l] * gradient[l];
    if (linalg::is_positive_definite(hessian, kRegular) &&
        linalg::solve_positive_definite(hessian, 0.0, right, step)) {
        for (Size l = 0; l < p; ++l) step[l] *= scale[l];
        return step;
    }
    std::fill(step.begin(), step.end(), 0.0);
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(hessian, true);
    const double floor = kFlat * static_cast<double>(p) * std::max(eigen.values[p - 1], 1.0);
    for (Size l = 0; l < p; ++l) {
        if (!(eigen.values[l] > floor)) continue;
        double component = 0.0;
        for (Size q = 0; q < p; ++q) component += eigen.vectors(l, q) * right[q];
        for (Size q = 0; q < p; ++q) step[q] += component / eigen.values[l] * eigen.vectors(l, q) * scale[q];
    }
    return step;
}

}  // namespace

FaceStep face_newton(const SolveSetting& setting, const ActivePoint& point) {
    const FaceCoordinates faces(point);
    const Size d = point.network.inputs;
    FaceStep result{WeightStep(point.network.width * d, 0.0), 0.0};
    if (faces.count() == 0) return result;
    const std::vector<double> gradient = face_gradient(point, faces);
    const std::vector<double> step = newton_step(face_hessian(setting, point, faces), gradient);
    for (Size i = 0; i < point.network.width; ++i) {
        const Matrix& rows = point.faces[i].tangent_weights();
        for (Size l = 0; l < rows.rows(); ++l) {
            const double length = step[faces.first[i] + l];
            for (Size j = 0; j < d; ++j) result.step[i * d + j] += length * rows(l, j);
        }
    }
    for (std::size_t l = 0; l < step.size(); ++l) result.slope += gradient[l] * step[l];
    return result;
}

double face_gradient_level(const ActivePoint& point, bool count_rounding) {
    double level = 0.0;
    for (Size i = 0; i < point.network.width; ++i) {
        const Matrix& rows = point.faces[i].tangent_weights();
        for (Size l = 0; l < rows.rows(); ++l) {
            double sum = 0.0, terms = 0.0, rounding = 0.0;
            for (Size j = 0; j < point.network.inputs; ++j) {
                sum += rows(l, j) * point.sums.slope(i, j);
                terms += std::abs(rows(l, j)) * point.sums.slope_magnitude(i, j);
                rounding += std::abs(rows(l, j)) * point.sums.slope_rounding(i, j);
            }
            if (std::abs(sum) <= (count_rounding ? 0.0 : rounding)) continue;
            level = std::max(level, std::abs(sum) / terms);
        }
    }
    return level;
}

}  // namespace tepui
