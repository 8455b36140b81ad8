// Coordinates of the parameters with every w_i on the face of its kinks, without symmetries of the loss and
// without what neither outputs nor weight decay see (MATH.md section 9).
#pragma once

#include <utility>
#include <vector>

#include "classification/directional/neuron_face.hpp"

namespace tepui {

// Directions of the parameters, and what is told along them.
class FaceDirections {
  public:
    using Row = std::vector<std::pair<std::size_t, double>>;  // places and values that are not 0

    explicit FaceDirections(const Layout& layout) : layout_(layout) {}
    void add(Row row) { rows_.push_back(std::move(row)); }

    Size dimension() const noexcept { return static_cast<Size>(rows_.size()); }
    std::vector<double> direction(std::span<const double> coordinates) const;
    Matrix restricted(const Matrix& hessian) const;
    // Of each, for absolute terms of the Hessian's entries that sum to at most sqrt(T_p T_q).
    std::vector<double> magnitudes(std::span<const double> parameters) const;
    std::vector<double> slopes(std::span<const double> gradient) const;
    // Those of their combinations along which no decayed parameter moves. lambdas: of every parameter; empty:
    // all of them.
    FaceDirections undecayed(std::span<const double> lambdas) const;

  private:
    Layout layout_;
    std::vector<Row> rows_;
};

struct FaceSpace {
    FaceDirections directions;
    // The point with every w_i on its face, which it is within rounding.
    Network on_faces;
    bool holds = true;  // every face is held, and every neuron on it heard
    // Of every neuron, -1 of those that are 0 on every sample.
    std::vector<Size> kink_ranks;
    // Of every neuron the sign of w . x for each sample of some weight, 0 at kinks; empty of one left out.
    std::vector<std::vector<signed char>> sides;
};
// apart: neurons that are judged by themselves.
FaceSpace face_space(const KinkedPoint& point, std::span<const NeuronForms> forms,
                     const std::vector<bool>& apart, const Tolerances& tolerances,
                     const Execution& execution);

}  // namespace tepui
