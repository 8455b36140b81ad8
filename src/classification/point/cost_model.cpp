#include "classification/point/cost_model.hpp"

#include "classification/point/scouting.hpp"
#include "kernels/batched_eigen.hpp"

namespace tepui {
namespace {

// Measured on one thread of an Ice Lake Xeon at 2.8 GHz with AVX-512 whose core another thread shares
// (bench_neurons, bench_eigen, the phases of an analysis).
constexpr double kGramProduct = 4.4e-11;    // a multiply-add of the weighted Gram
constexpr double kLayerProduct = 4.2e-11;   // of a hidden layer, forwards or backwards
constexpr double kInput = 1.6e-9;           // reading and transposing one input of one sample
constexpr double kActivation = 2.5e-9;      // one neuron's activation, residual and coefficient at one sample
constexpr double kBatchedCube = 8.0e-10;    // batched eigensolver, values and then vectors too, per d^3
constexpr double kSpectrumCube = 2.9e-10;   // two dsyevd with vectors, per d^3
constexpr double kSpectrumSquare = 2.6e-7;  // and per d^2
constexpr double kInertiaCube = 8.0e-12;    // counts and Ritz pairs, per d^3
constexpr double kInertiaSquare = 6.0e-8;   // and per d^2
constexpr double kTypicalPasses = 3.0;      // until nearly every indefinite matrix is proven
constexpr double kPassesToCome = 2.0;       // for one that resisted so far
constexpr double kShareFormedInTheEnd = 0.5;

// Seconds of the steps.
struct Steps {
    double n, m, d;

    Steps(Size samples, Size width, Size inputs)
        : n(static_cast<double>(samples)), m(static_cast<double>(width)), d(static_cast<double>(inputs)) {}

    double block() const {  // Z = W X and what follows, of every neuron
        return n * (m * (d * kLayerProduct + kActivation) + d * kInput);
    }
    double forming(double neurons) const { return n * neurons * 0.5 * d * (d + 1.0) * kGramProduct; }
    double products(double directions) const { return 2.0 * n * directions * d * kLayerProduct; }
};

}  // namespace

NeuronCosts neuron_costs(Size samples, Size width, Size inputs) {
    const Steps steps(samples, width, inputs);
    const double m = steps.m, d = steps.d;
    NeuronCosts costs;
    costs.forming = steps.block() + steps.forming(m);
    const bool batched = inputs <= kernels::kBatchedEigenMaxOrder;
    costs.spectrum =
        batched ? m * d * d * d * kBatchedCube : m * d * d * (d * kSpectrumCube + kSpectrumSquare);
    costs.inertia = m * d * d * (d * kInertiaCube + kInertiaSquare);
    costs.matrix_free = kTypicalPasses * (steps.block() + steps.products(m));
    const Size scouts = scout_samples(samples, inputs);
    if (scouts > 0) {  // two directions at first
        costs.matrix_free +=
            costs.forming * static_cast<double>(scouts) / static_cast<double>(samples) + steps.products(m);
    }
    return costs;
}

bool more_products_pay(Size samples, Size width, Size inputs, Size open) {
    const Steps steps(samples, width, inputs);
    const double neurons = static_cast<double>(open);
    return kPassesToCome * (steps.block() + steps.products(neurons)) < steps.block() + steps.forming(neurons);
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
