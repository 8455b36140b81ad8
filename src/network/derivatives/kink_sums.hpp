// What decides about a stationary point of a network of ReLU-like neurons, summed in one pass over the
// samples (MATH.md section 9): the loss, psi_io = sum_k g_ko sigma(z_ik) with g = s dl/df (s_k r_k of the
// squared loss), the kink sets K_i = {k : w_i.x_k = 0} with their coefficients g_ko, and
//     G_io = sum_{k not in K_i} alpha_{sign z_ik} g_ko x_k + (alpha+ + alpha-)/2 sum_{k in K_i} g_ko x_k,
// of which D_io(v) = G_io.v + beta sum_{K_i} g_ko |v.x_k| is made. Samples of K_i count as z_ik = 0 exactly,
// in the outputs too.
#pragma once

#include <cstdint>
#include <vector>

#include "core/matrix.hpp"
#include "core/rounding.hpp"
#include "network/derivatives/loss.hpp"
#include "network/model/slopes.hpp"
#include "network/pass/row_sums.hpp"

namespace tepui {

// Of every neuron: ascending sample indices.
using KinkSets = std::vector<std::vector<Size>>;

// A sample belongs to K_i when |w_i.x_k| <= this * sum_j |w_ij x_kj|: four times what rounding of the weights
// and of the product can make of an exact 0. The sign of every other preactivation is beyond doubt.
constexpr double default_kink_tolerance(Size inputs) {
    return 4.0 * static_cast<double>(inputs + 1) * kEps;
}

struct KinkOptions {
    double tolerance = -1.0;          // negative: default_kink_tolerance
    const KinkSets* exact = nullptr;  // the caller knows K_i: no tolerance is applied; one set per neuron
    bool residuals = false;           // keep residuals and their bounds: 2 n K numbers
};

// K_i with the coefficients of its |v.x_k|, beta left out.
struct NeuronKinks {
    std::vector<Size> samples;         // ascending
    std::vector<double> coefficients;  // [samples][outputs]: g_ko
    std::vector<double> rounding;      // how far rounding of the outputs may move it
};

struct KinkValue {
    Slopes slopes;
    double tolerance = 0.0;  // that decided about K_i; 0 when the caller gave the sets
    LossValue loss;
    double pull_square = 0.0;  // sum |g_k|^2 / s_k: twice the loss where that is the squared one
    Size outputs = 1;
    std::vector<NeuronKinks> kinks;  // m
    // Of every feature of the layout (the neurons first) and output, at [q * outputs + o]: value, sum of
    // |terms|, rounding bound. Of those beside the neurons they are the gradient in b and C.
    std::vector<double> psi, psi_magnitude, psi_rounding;
    Matrix slope, slope_magnitude, slope_rounding;     // m outputs x d, row i * outputs + o: the same of G_io
    std::vector<double> residuals, residual_rounding;  // [n][outputs], when asked for: f - y, e

    Size row(Size neuron, Size output) const noexcept { return neuron * outputs + output; }
};

class KinkSums final : public Accumulator {
  public:
    // Keeps what it needs of the network, which must be the one of the pass. Throws Error(unsupported) for an
    // activation that is not ReLU-like, Error(invalid_size) when the number of exact sets is not the width,
    // Error(invalid_value) when a set is not ascending.
    KinkSums(const Network& network, const KinkOptions& options);

    int derivative_order() const override { return 0; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return slopes_.parts() + 1; }
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    bool sums_alone() const override { return false; }
    double products_per_sample() const override { return 4.0 * static_cast<double>(width_ * (inputs_ + 4)); }

    // Throws Error(numeric) when a sum overflowed, Error(invalid_value) when an exact set names a sample
    // that is not there.
    KinkValue finish() const;

  protected:
    void begin(Size stride) override;
    // The samples of the other sum follow those of this one. Not for sums with exact sets, whose indices are
    // those of one data set.
    void append(const Accumulator& other) override;

  private:
    void find_kinks(const EvaluatedBlock& block, Size begin, Size end);
    void correct_outputs(const EvaluatedBlock& block, Size begin, Size end);
    void add_pulls(const EvaluatedBlock& block);
    void add_values(const EvaluatedBlock& block, Size row);
    void add_psi(const EvaluatedBlock& block, Size feature, Size output, const double* value);
    void collect_kinks(const EvaluatedBlock& block, Size neuron);

    Size width_, inputs_, outputs_, features_;
    KinkOptions options_;
    Slopes pieces_;
    double tolerance_;
    std::vector<double> output_weights_, absolute_weights_;  // [width][outputs] a, |W|
    Size samples_ = 0;                                       // seen in all passes
    Size offset_ = 0;                                        // of those before this one

    LossTerms loss_;
    RowSums slopes_, slope_magnitudes_, slope_errors_;
    Size psi_, psi_magnitudes_, psi_errors_;  // [features][outputs]
    Size pull_square_;
    std::vector<NeuronKinks> kinks_;
    std::vector<double> all_residuals_, all_errors_;

    // Of the block. Rows [width][stride].
    Buffer<double> absolute_z_;  // sum_j |w_ij x_kj|
    Buffer<std::uint8_t> inside_;
    Buffer<double> piece_, value_;  // slope and value of sigma, kinks at their mean slope and at 0
    Buffer<double> rows_, magnitude_rows_, error_rows_;  // [width][outputs][stride]
    Buffer<double> f_, errors_;  // [outputs][stride]: with kinks at 0, what rounding makes them wrong by
    Buffer<double> value_sums_, value_rounding_, g_, g_errors_, g_slope_;  // what the loss says then
    Buffer<double> absolute_xt_;                                           // [inputs][stride]
};

KinkValue kink_sums(const Dataset& data, const Network& network, const KinkOptions& options,
                    const Execution& execution);

}  // namespace tepui
