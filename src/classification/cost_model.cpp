#include "classification/cost_model.hpp"

#include "kernels/batched_eigen.hpp"

namespace tepui {
namespace {

// Measured on one thread of an Ice Lake Xeon at 2.8 GHz with AVX-512 (bench_neurons, bench_eigen).
constexpr double kGramProduct = 2.7e-11;    // a multiply-add of the weighted Gram, large d
constexpr double kLayerProduct = 3.3e-11;   // of a hidden layer, forwards or backwards
constexpr double kInput = 2.0e-9;           // reading and transposing one input of one sample
constexpr double kActivation = 4.0e-9;      // one neuron's activation, residual and coefficient at one sample
constexpr double kBatchedCube = 8.0e-10;    // batched eigensolver, values and then vectors too, per d^3
constexpr double kSpectrumCube = 2.9e-10;   // two dsyevd with vectors, per d^3
constexpr double kSpectrumSquare = 2.6e-7;  // and per d^2
constexpr double kInertiaCube = 8.0e-12;    // counts and Ritz pairs, per d^3
constexpr double kInertiaSquare = 6.0e-8;   // and per d^2
constexpr double kTypicalPasses = 6.0;      // until every indefinite matrix is proven
constexpr double kShareFormedInTheEnd = 0.5;

}  // namespace

NeuronCosts neuron_costs(Size samples, Size width, Size inputs) {
    const double n = static_cast<double>(samples);
    const double m = static_cast<double>(width);
    const double d = static_cast<double>(inputs);
    const double block =
        n * (m * (d * kLayerProduct + kActivation) + d * kInput);  // Z = W X and what follows
    NeuronCosts costs;
    costs.forming = block + n * m * 0.5 * d * (d + 1.0) * kGramProduct;
    const bool batched = inputs <= kernels::kBatchedEigenMaxOrder;
    costs.spectrum =
        batched ? m * d * d * d * kBatchedCube : m * d * d * (d * kSpectrumCube + kSpectrumSquare);
    costs.inertia = m * d * d * (d * kInertiaCube + kInertiaSquare);
    costs.matrix_free = kTypicalPasses * (block + 2.0 * n * m * d * kLayerProduct);
    return costs;
}

NeuronMethod chosen_method(const AnalysisOptions& options, Size samples, Size width, Size inputs) {
    if (options.neuron_method != NeuronMethod::automatic) return options.neuron_method;
    const NeuronCosts costs = neuron_costs(samples, width, inputs);
    const double judging = costs.spectrum < costs.inertia ? costs.spectrum : costs.inertia;
    const double dense = costs.forming + judging;
    if (options.scope == AnalysisScope::neurons && costs.matrix_free + kShareFormedInTheEnd * dense < dense)
        return NeuronMethod::matrix_free;
    return costs.spectrum < costs.inertia ? NeuronMethod::spectrum : NeuronMethod::inertia;
}

HessianMethod chosen_hessian_method(const AnalysisOptions& options, Size parameters) {
    if (options.hessian_method != HessianMethod::automatic) return options.hessian_method;
    return parameters <= kLargestDenseHessian ? HessianMethod::dense : HessianMethod::matrix_free;
}

}  // namespace tepui
