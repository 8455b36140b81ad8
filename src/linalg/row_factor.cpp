#include "linalg/row_factor.hpp"

#include <limits>
#include <string>

#include "linalg/blis_memory.hpp"
#include "linalg/lapack.hpp"

namespace tepui::linalg {
namespace {

lapack_int lapack_size(Size value) {
    if (value <= std::numeric_limits<lapack_int>::max()) return static_cast<lapack_int>(value);
    throw Error(Status::invalid_size,
                std::to_string(value) + " is more than this LAPACK's integers can hold");
}

}  // namespace

RowFactor::RowFactor(Size columns, Size capacity)
    : columns_(columns),
      capacity_(capacity),
      stack_(checked_product(checked_sum(columns, capacity), columns)),
      reflectors_(columns) {
    const lapack_int d = lapack_size(columns), rows = lapack_size(columns + capacity);
    double best = 0.0;
    require_accepted(
        LAPACKE_dgelqf_work(LAPACK_COL_MAJOR, d, rows, stack_.data(), d, reflectors_.data(), &best, -1),
        "dgelqf");
    work_ = Buffer<double>(static_cast<Size>(best));
}

// Row-major rows are the columns of LAPACK's matrix, so that X = Q R is X^T = L Q^T with L = R^T.
void RowFactor::add(const double* rows, Size count) {
    if (count > capacity_) {
        throw Error(Status::internal, "a piece has " + std::to_string(count) + " rows, at most " +
                                          std::to_string(capacity_) + " are expected");
    }
    std::copy_n(rows, count * columns_, stack_.data() + columns_ * columns_);
    require_blis_memory(1);
    const lapack_int d = lapack_size(columns_), all = lapack_size(columns_ + count);
    require_accepted(LAPACKE_dgelqf_work(LAPACK_COL_MAJOR, d, all, stack_.data(), d, reflectors_.data(),
                                         work_.data(), lapack_size(work_.size())),
                     "dgelqf");
    for (Size i = 0; i < columns_; ++i) std::fill_n(stack_.data() + i * columns_, i, 0.0);  // reflectors
}

void RowFactor::merge(const Matrix& triangle) {
    for (Size first = 0; first < columns_; first += capacity_) {
        add(triangle.row(first), std::min(capacity_, columns_ - first));
    }
}

Matrix RowFactor::triangle() const {
    Matrix r(columns_, columns_);
    std::copy_n(stack_.data(), columns_ * columns_, r.data());
    return r;
}

}  // namespace tepui::linalg
