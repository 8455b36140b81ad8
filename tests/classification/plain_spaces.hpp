// Spans and what is orthogonal to them, by Gram and Schmidt in long double.
#pragma once

#include <cmath>
#include <vector>

namespace tepui::test::plain {

using Real = long double;
using Reals = std::vector<Real>;

inline Real dot_of(const Reals& a, const Reals& b) {
    Real sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
    return sum;
}

// Orthonormal rows with the span of the given ones.
inline std::vector<Reals> orthonormal(std::vector<Reals> rows) {
    std::vector<Reals> basis;
    for (Reals& row : rows) {
        const Real before = std::sqrt(dot_of(row, row));
        for (int sweep = 0; sweep < 3; ++sweep) {
            for (const Reals& q : basis) {
                const Real along = dot_of(row, q);
                for (std::size_t k = 0; k < row.size(); ++k) row[k] -= along * q[k];
            }
        }
        const Real left = std::sqrt(dot_of(row, row));
        if (!(left > 1e-10L * before)) continue;
        for (Real& value : row) value /= left;
        basis.push_back(std::move(row));
    }
    return basis;
}

// What is left of v orthogonal to an orthonormal basis.
inline void remove(const std::vector<Reals>& basis, Reals& v) {
    for (int sweep = 0; sweep < 3; ++sweep) {
        for (const Reals& q : basis) {
            const Real along = dot_of(v, q);
            for (std::size_t k = 0; k < v.size(); ++k) v[k] -= along * q[k];
        }
    }
}

}  // namespace tepui::test::plain
