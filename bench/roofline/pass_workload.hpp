// A network on a table, and the same sums composed from BLAS and a vector activation.
#pragma once

#include "blas_rivals.hpp"
#include "network/dataset.hpp"
#include "network/network.hpp"

namespace tepui::bench {

struct PassWorkload {
    Size m, d, n;
    Buffer<double> x, y;
    Dataset data;  // borrows x and y
    Network network;

    PassWorkload(Size neurons, Size inputs, Size samples);
};

// Loss, gradient and all inner Hessians: one product for Z, the fastest composition of tanh, one product for
// the gradient, and one for each neuron.
class BlasPass {
  public:
    explicit BlasPass(const PassWorkload& work);
    void run(int threads);
    const char* activation() const;

  private:
    const PassWorkload& work_;
    BlasGram gram_;
    Buffer<double> z_, value_, first_, second_, residuals_, gradient_;
    double loss_ = 0.0;
};

// n x m (d + 1): row k holds the derivatives of f(x_k) by all parameters.
Buffer<double> jacobian(const PassWorkload& work);

}  // namespace tepui::bench
