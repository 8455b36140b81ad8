// What the data say about the natural size of a weight and of an output: the solver works in coordinates
// where a neuron's weight vector has the length of its root-mean-square preactivation. Units, offsets and
// correlations of the inputs drop out, and so do directions that the data do not see (MATH.md section 8).
#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "network/data/dataset.hpp"

namespace tepui {

// The natural size of outputs, in the loss's own sense (MATH.md section 10).
struct OutputUnit {
    Size outputs = 1;
    // Root mean square over samples and outputs: the targets' of the squared loss, 1 when all are 0. Of
    // others the constant output of least loss and, beside it, Newton's step from there to what each sample
    // would have.
    double size = 1.0;
    double bend = 1.0;           // the mean of d2l/df2 there
    std::vector<double> centre;  // [outputs]: that constant; of the squared loss the mean target
    // A loss below this has every sample told apart: it has no stationary point and falls to its infimum as
    // the output weights grow. 0: no loss does.
    double separated_loss = 0.0;

    // The loss of outputs that are wrong by their own size.
    double loss(double weight_sum) const {
        return 0.5 * weight_sum * size * size * bend * static_cast<double>(outputs);
    }
};

struct InputMetric {
    Size inputs = 0;
    double weight_sum = 0.0;  // sum_k s_k, loss scale included
    OutputUnit output;
    std::vector<double> mean, deviation;  // of each input, under the sample weights
    std::vector<double> square_sum;       // sum_k s_k x_kj^2
    // The last input that is the same non-zero number in every sample, but for what a change of coordinates
    // may round; -1: none.
    Size constant_input = -1;
    double least_eigenvalue = 0.0;  // of the Gram matrix of inputs at unit mean square, over the largest
    // w = to_weights v and v = to_unit w; sum_k s_k (w.x_k)^2 = weight_sum |v|^2. Directions unseen by the
    // data get a tiny positive length instead of none, so that both matrices exist.
    Matrix to_weights, to_unit;
    Matrix absolute;  // |to_weights|, transposed: carries error bounds

    // v = to_unit w.
    void unit(const double* weights, double* v) const;
    // Root mean square of w.x over the samples.
    double preactivation_rms(const double* weights) const;
};
InputMetric measure_inputs(const Dataset& data);
OutputUnit measure_outputs(const Dataset& data);

}  // namespace tepui
