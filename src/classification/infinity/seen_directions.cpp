#include "classification/infinity/seen_directions.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "core/euclidean.hpp"
#include "linalg/row_factor.hpp"
#include "linalg/singular.hpp"

namespace tepui {
namespace {

// A direction with less than this of the size of all rows is none.
constexpr double kUnseen = 1e-9;
constexpr Size kPiece = 256;  // rows at a time

// Largest entries of the columns, 1 where all are 0.
std::vector<double> column_sizes(const Matrix& rows, const Matrix& kept) {
    std::vector<double> size(std::size_t(rows.cols()), 0.0);
    for (const Matrix* of : {&rows, &kept})
        for (Size l = 0; l < of->rows(); ++l)
            for (Size j = 0; j < rows.cols(); ++j) size[j] = std::max(size[j], std::abs((*of)(l, j)));
    for (double& x : size)
        if (x == 0.0) x = 1.0;
    return size;
}

void remove(const Matrix& orthonormal, std::span<double> x) {
    for (Size r = 0; r < orthonormal.rows(); ++r) {
        const std::span<const double> q(orthonormal.row(r), x.size());
        const double along = dot(q, x);
        for (std::size_t j = 0; j < x.size(); ++j) x[j] -= along * q[j];
    }
}

Matrix row_space(const Matrix& of, const std::vector<double>& size) {
    if (of.rows() == 0) return Matrix(0, of.cols());
    Matrix scaled = of.copy();
    for (Size l = 0; l < of.rows(); ++l)
        for (Size j = 0; j < of.cols(); ++j) scaled(l, j) /= size[j];
    const linalg::RightSingular singular = linalg::right_singular(scaled);
    Size rank = 0;
    while (rank < singular.values.size() && singular.values[rank] > kUnseen * singular.values[0]) ++rank;
    Matrix result(rank, of.cols());
    std::copy_n(singular.vectors.data(), rank * of.cols(), result.data());
    return result;
}

}  // namespace

Matrix seen_directions(const Matrix& rows, const Matrix& kept) {
    const Size n = rows.rows(), d = rows.cols();
    if (n == 0 || d == 0) return Matrix(0, d);
    const std::vector<double> size = column_sizes(rows, kept);
    const Matrix held = row_space(kept, size);
    linalg::RowFactor factor(d, std::min(n, kPiece));
    Matrix piece(std::min(n, kPiece), d);
    double square = 0.0;
    for (Size first = 0; first < n; first += kPiece) {
        const Size count = std::min(kPiece, n - first);
        for (Size k = 0; k < count; ++k) {
            const std::span<double> x(piece.row(k), std::size_t(d));
            for (Size j = 0; j < d; ++j) x[j] = rows(first + k, j) / size[j];
            square += dot(x, x);
            remove(held, x);
        }
        factor.add(piece.data(), count);
    }
    const linalg::RightSingular singular = linalg::right_singular(factor.triangle());
    Size rank = 0;
    while (rank < singular.values.size() && singular.values[rank] > kUnseen * std::sqrt(square)) ++rank;
    Matrix result(rank, d);
    for (Size q = 0; q < rank; ++q) {
        const std::span<double> b(result.row(q), std::size_t(d));
        std::copy_n(singular.vectors.row(q), d, b.begin());
        remove(held, b);
        for (Size j = 0; j < d; ++j) b[j] *= std::sqrt(double(n)) / (singular.values[q] * size[j]);
    }
    return result;
}

}  // namespace tepui
