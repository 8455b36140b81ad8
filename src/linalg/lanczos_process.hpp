// The Lanczos process with full reorthogonalisation, one step at a time, for operators so large that several
// processes share each application and the caller decides after every step whether to go on.
#pragma once

#include <span>
#include <vector>

#include "core/buffer.hpp"

namespace tepui::linalg {

class LanczosProcess {
  public:
    // start: any vector that is not zero; it is copied and normalised.
    LanczosProcess(std::span<const double> start, int threads);

    // The unit vector whose image `advance` wants next.
    std::span<const double> direction() const { return basis(steps_); }
    // Takes A direction(). False when the Krylov space is exhausted: it holds an eigenvector for every
    // eigenvalue that the start vector has a part of, and there is no further direction.
    bool advance(std::span<const double> image);

    Size steps() const noexcept { return steps_; }  // images taken
    double start_length() const noexcept { return start_length_; }

    // The lowest and highest Ritz values, in the coordinates of the basis; an eigenvalue of A lies within
    // residual of each (by the recurrence: rounding is not counted).
    struct End {
        double value = 0.0;
        double residual = 0.0;
        std::vector<double> coordinates;
    };
    End lowest() const { return end(0); }
    End highest() const { return end(steps_ - 1); }
    // The unit vector with these coordinates.
    std::vector<double> vector(std::span<const double> coordinates) const;

    // Coordinates of A^+ start within the Krylov space, Ritz values within [-tau, tau] counted as zero, and
    // the norm of A x - start beside that of the start vector as the recurrence has it.
    std::vector<double> solution(double tau) const;
    double solution_residual(std::span<const double> coordinates) const;
    std::vector<double> combination(std::span<const double> coordinates) const;  // not normalised

    // log |p(x)| of the orthonormal polynomial p of degree steps() with next direction = p(A) start /
    // |start|, for x below every Ritz value; minus infinity otherwise. For an eigenvector z of A with
    // eigenvalue lambda, z . next = p(lambda) z . start / |start|, and p grows away from the Ritz values: an
    // eigenvalue at or below x has |z . start| / |start| <= 1 / |p(x)| (van Dorsselaer, Hochstenbach, van der
    // Vorst, SIAM J. Matrix Anal. Appl. 22, 2000).
    double log_polynomial(double x) const;

  private:
    End end(Size which) const;
    std::span<const double> basis(Size k) const {
        return {basis_[k].data(), static_cast<std::size_t>(order_)};
    }
    void orthogonalise(double* w, Size k) const;
    double dot(const double* x, const double* y) const;

    Size order_, steps_ = 0;
    int threads_;
    double start_length_ = 0.0;
    double scale_ = 0.0;  // of A, from below
    bool exhausted_ = false;
    std::vector<Buffer<double>> basis_;  // steps_ + 1 unit vectors, or steps_ when exhausted
    std::vector<double> diagonal_, off_;
};

}  // namespace tepui::linalg
