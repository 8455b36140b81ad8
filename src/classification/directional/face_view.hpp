// What the samples see of a neuron on the face of its kinks: those off their kinks where sigma has a slope;
// and weight decay.
#pragma once

#include "classification/directional/neuron_face.hpp"

namespace tepui {

struct FaceView {
    bool silent = true;  // no sample sees it: the loss does not change along its face, whatever a_i
    bool linear = true;  // all samples see it, with one slope: skip connections do what it does
    Matrix tangent;      // rows: an orthonormal basis of what samples and decay see of the tangent
    std::vector<signed char> sides;  // of every sample of some weight: the sign of w . x, 0 at kinks
};
FaceView face_view(const KinkedPoint& point, const Matrix& basis, Size neuron, const NeuronFace& face);

}  // namespace tepui
