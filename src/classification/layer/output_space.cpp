#include "classification/layer/output_space.hpp"

#include "linalg/symmetric.hpp"
#include "network/derivatives/outputs.hpp"
#include "network/inputs/input_space.hpp"

namespace tepui {

OutputPulls output_pulls(const Dataset& data, const Network& network, const Execution& execution) {
    const Size count = checked_product(data.samples(), network.output_count);
    OutputPulls pulls{Buffer<double>(count), Buffer<double>(count)};
    OutputCollector collector({.g = pulls.g.data(), .g_error = pulls.error.data()});
    run_pass(data, network, execution, collector);
    return pulls;
}

Matrix idle_outputs(const Dataset& data, const Network& network, const Execution& execution) {
    const Size outputs = network.output_count, n = data.samples();
    if (outputs == 1) return Matrix(0, 1);
    const OutputPulls pull = output_pulls(data, network, execution);
    const Buffer<double> none(n);
    const Dataset pulls({n, outputs, pull.g.data(), outputs, none.data(), nullptr}, false, false,
                        LossScaling::sum);
    const InputSpace space = input_space(pulls, execution);
    if (space.full()) return Matrix(0, outputs);
    // c orthogonal to the basis of g D^-1: e = D^-1 c.
    Matrix projection(outputs, outputs);
    for (Size o = 0; o < outputs; ++o)
        for (Size p = 0; p < outputs; ++p)
            for (Size q = 0; q < space.rank; ++q) projection(o, p) += space.basis(o, q) * space.basis(p, q);
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(projection, true);
    Matrix idle(outputs - space.rank, outputs);
    for (Size q = 0; q < idle.rows(); ++q)
        for (Size o = 0; o < outputs; ++o) idle(q, o) = eigen.vectors(q, o) / space.scale[o];
    return idle;
}

}  // namespace tepui
