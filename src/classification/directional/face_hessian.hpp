// The second order on the faces of the kinks (MATH.md section 9): with every w_i where the samples of K_i
// stay at their kinks the loss is smooth, and where S_i > 0 across the faces its Hessian there decides.
#pragma once

#include "classification/directional/output_escape.hpp"
#include "core/execution.hpp"

namespace tepui {

struct FaceVerdict {
    FaceReport report;
    bool minimum = false;            // proven
    std::optional<Witness> witness;  // of a proven saddle: a way down along the faces
};

// Of a stationary point. forms: of every neuron. apart: neurons that are judged by themselves and left out.
// Empty: beyond what a dense Hessian is formed of.
std::optional<FaceVerdict> judge_on_faces(const KinkedPoint& point, std::span<const NeuronForms> forms,
                                          const std::vector<bool>& apart, const Tolerances& tolerances,
                                          const Execution& execution);

// Of a point that is stationary within tolerance, without escape neurons: whether nothing holds some sample's
// output, so that no stationary point need be near. False beyond what a dense Hessian is formed of.
bool is_let_go(const KinkedPoint& point, std::span<const NeuronForms> forms, const Tolerances& tolerances,
               const Execution& execution);

}  // namespace tepui
