// What is known of how many eigenvalues are negative and zero (MATH.md section 10, "Known index").
#pragma once

#include "classification/spectrum/spectral.hpp"

namespace tepui {

struct CountBounds {
    Size least = 0, most = 0;
    bool known() const noexcept { return least == most; }
    CountBounds& operator+=(const CountBounds& other) {
        least += other.least;
        most += other.most;
        return *this;
    }
};

struct IndexBounds {
    CountBounds morse_index, nullity;
    bool known() const noexcept { return morse_index.known() && nullity.known(); }
    IndexBounds& operator+=(const IndexBounds& other) {
        morse_index += other.morse_index;
        nullity += other.nullity;
        return *this;
    }
};

// What a matrix gains at most by so many more rows and columns of which nothing is known (Cauchy's
// interlacing).
inline IndexBounds unknown_rows(Size count) {
    return {{0, count}, {-count, count}};
}

// Eigenvalues whose sign is certain, those that structure makes zero, and the others.
struct SignCounts {
    Size negative = 0, zero = 0, positive = 0, open = 0;
    IndexBounds bounds() const { return {{negative, negative + open}, {zero, zero + open}}; }
};
// Of a matrix of this order, with so many zero eigenvalues that structure explains. None is open exactly when
// the spectrum is clear and all its zeros are explained.
SignCounts sign_counts(const SpectralReport& spectrum, Size order, Size explained_zeros);

// Of a matrix of this order, known to have no negative eigenvalue where `minimum`.
IndexBounds within(const IndexBounds& bounds, Size order, bool minimum);

}  // namespace tepui
