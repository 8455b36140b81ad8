// Coordinates of the parameters of a network of ReLU-like neurons on its faces, in which neither the scale
// between w and a of a neuron counts nor what the loss does not feel: hidden weights along the face of their
// kinks, output weights across themselves (of one output none), output biases and skip connections. Decay
// feels the scale and what all outputs share of what it holds.
#pragma once

#include <vector>

#include "solve/relu/active_point.hpp"

namespace tepui {

class FaceCoordinates {
  public:
    explicit FaceCoordinates(const ActivePoint& point);

    Size count() const noexcept { return count_; }
    // T g
    std::vector<double> restrict(const std::vector<double>& covector) const;
    // |T| g
    std::vector<double> restrict_absolute(const std::vector<double>& covector) const;
    // of T D T^T the diagonal, D diagonal
    std::vector<double> restrict_squares(const std::vector<double>& diagonal) const;
    // T H T^T
    Matrix restrict(const Matrix& form) const;
    // T^T s
    ParameterStep extend(const std::vector<double>& step) const;

  private:
    // Rows: directions of the parameters [parameter, parameter + rows.cols()).
    struct Block {
        Size parameter, coordinate;
        Matrix rows;
    };
    void add(Size parameter, Matrix rows);
    template <class Of>
    std::vector<double> weighted(const std::vector<double>& parameters, Of&& of) const;

    Size parameters_, count_ = 0;
    std::vector<Block> blocks_;
};

// The gradient by all parameters, of each component the sum of its absolute terms and its rounding. Kinks
// count by their mean slope.
struct ParameterGradient {
    std::vector<double> value, magnitude, rounding;
};
ParameterGradient parameter_gradient(const ActivePoint& point);

}  // namespace tepui
