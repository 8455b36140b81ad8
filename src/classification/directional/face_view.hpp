// What the samples see of a neuron on the face of its kinks: those off their kinks where sigma has a slope.
#pragma once

#include "classification/directional/neuron_face.hpp"

namespace tepui {

struct FaceView {
    bool silent = true;  // no sample sees it: the loss does not change along its face, whatever a_i
    bool linear = true;  // all samples see it, with one slope: skip connections do what it does
    Matrix tangent;      // rows: an orthonormal basis of what the samples see of the tangent
};
FaceView face_view(const KinkedPoint& point, const Matrix& basis, Size neuron, const NeuronFace& face);

}  // namespace tepui
