// A network on a table, and the same sums composed from BLAS and a vector activation.
#pragma once

#include <deque>

#include "blas_rivals.hpp"
#include "gram_workload.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

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

// What no pass can do without: its activations, with two derivatives, and its weighted Gram. Every thread
// takes one block of samples, which its cache holds, again and again, as often as there are blocks.
class PassParts {
  public:
    PassParts(const PassWorkload& work, int threads);
    void activations() {
        on_all_blocks([this](Size thread) { activate(thread); });
    }
    void gram() {
        on_all_blocks([this](Size thread) { blocks_[thread].gram.run(0, triangle(d_)); });
    }
    void both() {
        on_all_blocks([this](Size thread) {
            activate(thread);
            blocks_[thread].gram.run(0, triangle(d_));
        });
    }

  private:
    static constexpr Size kBlock = 512;

    struct Block {
        GramWorkload gram;
        Buffer<double> z, value, first, second;  // [m][stride of the Gram]
    };

    void activate(Size thread);
    template <class Body>
    void on_all_blocks(const Body& body) {
        parallel_for(threads_, threads_, [&](Size thread, Size) {
            for (Size b = count_ * thread / threads_; b < count_ * (thread + 1) / threads_; ++b) body(thread);
        });
    }

    int threads_;
    Size m_, d_, count_;
    ActivationKind kind_;
    std::deque<Block> blocks_;  // of each thread
};

// n x m (d + 1): row k holds the derivatives of f(x_k) by all parameters.
Buffer<double> jacobian(const PassWorkload& work);

}  // namespace tepui::bench
