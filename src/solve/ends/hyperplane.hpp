// Units with a hyperplane v . h = 0 and samples on it: made, and changed as samples come and go.
#pragma once

#include <optional>
#include <vector>

#include "classification/infinity/boundary_network.hpp"
#include "network/data/dataset.hpp"

namespace tepui {

// The inputs as they stand, row by row, and what a neuron's preactivations are.
struct SampleInputs {
    Matrix h;  // [n][inputs]
    explicit SampleInputs(const Dataset& data);
    std::vector<double> preactivations(const double* w) const;
};

// An orthonormal basis of the inputs of these samples, as rows, and of its complement.
struct Span {
    Matrix of, complement;
};
Span span_of(const SampleInputs& inputs, const std::vector<Size>& samples);
// The part of w in the span of orthonormal rows.
std::vector<double> part_in(const Matrix& rows, const double* w);

// All samples with |z| at most `reach`, and those with inputs equal to one of them. Empty optional: they
// leave no direction for v.
std::optional<std::vector<Size>> samples_within(const SampleInputs& inputs, const std::vector<double>& z,
                                                double reach);

// All samples whose inputs lie in the span of these: no hyperplane with these on it leaves one of them off.
std::vector<Size> samples_in_span(const SampleInputs& inputs, const std::vector<Size>& samples);

// All samples in the span of those with z between these bounds, however many and however large their own z:
// nothing when there are none or they leave no direction for v.
std::optional<std::vector<Size>> samples_on_a_plane(const SampleInputs& inputs, const std::vector<double>& z,
                                                    double low, double high);

// sigma(w . h) far out: a step, with the kept samples at their finite z. Nothing when no v has every other
// sample on its side, or where sigma has no limit on a side that there are samples on.
bool make_saturated(const SampleInputs& inputs, const std::vector<Size>& kept, const std::vector<double>& w,
                    BoundaryUnit& unit, std::vector<double>& u);
// a sigma(w . h) far out: a ramp with these samples on its kink. v: w along the hyperplane.
void make_rectified(const SampleInputs& inputs, const std::vector<Size>& kept, const std::vector<double>& w,
                    BoundaryUnit& unit, std::vector<double>& v);

}  // namespace tepui
