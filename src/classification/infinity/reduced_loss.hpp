// The squared loss of a limit network as a function of its forms alone, the coefficients always the best ones
// (variable projection). Neurons that meet or vanish do so along curves on which products of coefficients and
// what the forms are apart stay fixed: here these curves are gone.
#pragma once

#include <optional>
#include <vector>

#include "classification/infinity/boundary_sums.hpp"

namespace tepui {

class ReducedLoss {
  public:
    // Of the squared loss, of data that fit into memory beside their derivatives.
    static bool is_known(const Dataset& data, const BoundaryNetwork& network);
    // At the forms of the network, whatever its coefficients are. h: the inputs as they stand, row by row,
    // which must outlive this. Nothing when something overflows.
    static std::optional<ReducedLoss> at(const Dataset& data, const Matrix& h, BoundaryNetwork network);

    const BoundaryNetwork& network() const noexcept { return network_; }  // with the best coefficients
    double value() const noexcept { return value_; }
    double noise() const noexcept { return noise_; }  // differences below this are rounding

    struct Derivatives {
        std::vector<Size> at;       // the free coordinates of the forms, among all parameters
        std::vector<double> scale;  // of each the change that moves its form by its own size
        std::vector<double> gradient;
        Matrix hessian;
    };
    Derivatives derivatives() const;
    // Of the Hessian, entry by entry, and of the gradient, what rounding of the network's functions may do to
    // it, and the sums of the Hessian's diagonal's absolute terms. Nothing where the features depend on each
    // other within rounding.
    struct Doubt {
        Matrix hessian;
        std::vector<double> magnitude, gradient;
    };
    std::optional<Doubt> doubt() const;
    // How many features do not depend on others.
    Size independent_features() const noexcept { return Size(features_.size()); }

  private:
    ReducedLoss(const Dataset& data, const Matrix& h, BoundaryNetwork network);
    void add_feature(Size first_parameter, Size stride, const double* values);
    void fit();
    struct Coordinate {
        Size parameter, unit, form, along;
    };
    std::vector<Coordinate> coordinates() const;
    Matrix slopes(const std::vector<Coordinate>& of, Size output) const;
    // Which of the unit's functions the feature is; -1: none.
    Size function_of(Size feature, Size unit) const;
    Matrix turned_features(const std::vector<Coordinate>& of, Size output) const;
    // What the bounds of doubt() are made of, of one output.
    struct Sizes;
    Sizes sizes(const std::vector<Coordinate>& of, Size output) const;
    double curvature_doubt(const Coordinate& i, const Coordinate& l, double residual_error,
                           double rounding) const;
    void curvature(Size unit, Size p, Size r, std::vector<double>& c) const;
    void add_curvature(const std::vector<Coordinate>& of, Matrix& hessian) const;

    const Dataset* data_;
    const Matrix* h_;
    BoundaryNetwork network_;
    std::vector<UnitRows> units_;
    std::vector<double> root_;      // of the weight of each sample
    std::vector<double> residual_;  // [outputs][n]: root (f - y)
    std::vector<double> absolute_;  // [outputs][n]: sums of the absolute terms of f
    // Orthonormal features that do not depend on those before them, and the triangle that makes features of
    // them.
    struct Feature {
        Size parameter, stride;  // of output 0, and to the next output
    };
    std::vector<Feature> features_;
    std::vector<std::vector<double>> orthonormal_, triangle_;
    double value_ = 0.0, noise_ = 0.0;
};

}  // namespace tepui
