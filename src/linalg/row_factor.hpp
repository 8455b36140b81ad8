// The triangular factor R of X = Q R, X given in pieces of rows: |X w| = |R w| for every w, to rounding of
// each column of X and without the squaring that X^T X costs.
#pragma once

#include <span>

#include "core/matrix.hpp"

namespace tepui::linalg {

class RowFactor {
  public:
    // capacity: rows that one call of add may bring at most.
    RowFactor(Size columns, Size capacity);

    // Row-major rows [count][columns], contiguous.
    void add(const double* rows, Size count);
    void merge(const Matrix& triangle);  // the rows of another one, too

    // columns x columns, upper triangular.
    Matrix triangle() const;

  private:
    Size columns_, capacity_;
    Buffer<double> stack_;  // R above the new rows, row-major: the column-major image of its transpose
    Buffer<double> reflectors_, work_;
};

}  // namespace tepui::linalg
