// Plain descent in long double near planted points of ReLU-like networks: what verdicts must agree with.
#pragma once

#include "classification/escape/witness.hpp"
#include "planted_faces.hpp"

namespace tepui::test {

// The least change of the loss that is found at this distance on the faces: along the lowest eigenvectors of
// its numerical Hessian there, and by gradient steps on the sphere from them.
long double least_on_faces(const PlantedFaces& planted, long double size, int steps);
// The same of all parameters by steps at random that are kept where they lower it, some of them along faces.
long double least_around(const PlantedFaces& planted, Random& random, long double size, int steps);
// The way down falls as it says, and near the point by its leading coefficient.
bool check_witness(const PlantedFaces& planted, const Witness& witness);

// The losses by number.
const Loss* loss_number(int number);
// Points to plant with this loss, their activation and sizes drawn.
PlantedFacesOptions draw_model(std::uint64_t seed, int loss, Random& random);

}  // namespace tepui::test
