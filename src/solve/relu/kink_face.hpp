// Where a neuron may move without leaving its kinks: the weights with w.x_k = 0 for every k of K_i, in the
// unit coordinates of the inputs (input_metric.hpp), and what the samples of K_i bear there (MATH.md section
// 9).
#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "solve/input_metric.hpp"

namespace tepui {

// to_weights^T x: a sample as a covector of unit coordinates.
std::vector<double> unit_covector(const Dataset& data, const InputMetric& metric, Size sample);

class KinkFace {
  public:
    KinkFace(const Dataset& data, const InputMetric& metric, const std::vector<Size>& kinks);

    // A linearly independent choice of the samples, the longest first, with those of K_i parallel to it.
    struct Member {
        Size sample = 0;
        std::vector<double> x;
        std::vector<double> dual;  // weights v with v.x = 1 and v.x_l = 0 for every other member
        double dual_length = 0.0;  // of v in unit coordinates
        struct Parallel {
            Size sample;
            double ratio;  // x_sample = +- ratio x, itself included
        };
        std::vector<Parallel> parallels;
    };
    const std::vector<Member>& members() const noexcept { return members_; }
    // Samples that depend on several members: then the multipliers are not unique.
    bool degenerate() const noexcept { return degenerate_; }
    // Orthonormal, spanning the members in unit coordinates.
    const std::vector<std::vector<double>>& normals() const noexcept { return basis_; }
    // Rows: orthonormal directions of the face in unit coordinates, and the same as weights.
    const Matrix& tangents() const noexcept { return tangents_; }
    const Matrix& tangent_weights() const noexcept { return tangent_weights_; }

    // Takes weights next to the face onto it, |w.x_k| to rounding of the terms.
    void settle(double* weights) const;

  private:
    void choose_members(const Dataset& data, const InputMetric& metric, const std::vector<Size>& kinks);
    void find_duals(const InputMetric& metric);
    void find_tangents(const InputMetric& metric);

    Size inputs_;
    std::vector<double> input_sizes_;  // root mean squares
    std::vector<Member> members_;
    std::vector<std::vector<double>> basis_;     // orthonormal, spans the members in unit coordinates
    std::vector<std::vector<double>> triangle_;  // row l: member l in that basis
    bool degenerate_ = false;
    Matrix tangents_, tangent_weights_;
};

}  // namespace tepui
