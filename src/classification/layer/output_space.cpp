#include "classification/layer/output_space.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/symmetric.hpp"
#include "network/derivatives/outputs.hpp"
#include "network/inputs/input_space.hpp"

namespace tepui {

OutputPulls output_pulls(const Dataset& data, const Network& network, const Execution& execution) {
    const Size count = checked_product(data.samples(), network.output_count);
    OutputPulls pulls{Buffer<double>(count), Buffer<double>(count)};
    OutputCollector collector({.g = pulls.g.data(), .g_error = pulls.error.data()});
    run_pass(data, network, execution, collector);
    // Their sum over the outputs is 0 there, and what rounding leaves of it beside small pulls is not.
    const Size outputs = network.output_count;
    for (Size k = 0; data.loss().shift_invariant() && k < data.samples(); ++k) {
        double sum = 0.0;
        for (Size o = 0; o < outputs; ++o) sum += pulls.g[k * outputs + o];
        for (Size o = 0; o < outputs; ++o) pulls.g[k * outputs + o] -= sum / static_cast<double>(outputs);
    }
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

std::vector<Buffer<double>> independent_pulls(const Dataset& data, const Network& network,
                                              const Execution& execution) {
    std::vector<Buffer<double>> pulls;
    const Size outputs = network.output_count;
    const OutputPulls pull = output_pulls(data, network, execution);
    const Matrix idle = idle_outputs(data, network, execution);
    // The outputs themselves, but for one of those that each idle direction has: what g has there follows.
    std::vector<bool> kept(static_cast<std::size_t>(outputs), true);
    Matrix rows = idle.copy();
    for (Size q = 0; q < rows.rows(); ++q) {
        Size pivot = 0;
        for (Size o = 0; o < outputs; ++o)
            if (std::abs(rows(q, o)) > std::abs(rows(q, pivot))) pivot = o;
        kept[static_cast<std::size_t>(pivot)] = false;
        for (Size p = q + 1; p < rows.rows(); ++p) {
            const double factor = rows(p, pivot) / rows(q, pivot);
            for (Size o = 0; o < outputs; ++o) rows(p, o) -= factor * rows(q, o);
        }
    }
    for (Size o = 0; o < outputs; ++o) {
        if (!kept[static_cast<std::size_t>(o)]) continue;
        Buffer<double>& one = pulls.emplace_back(data.samples());
        for (Size k = 0; k < data.samples(); ++k)
            one[k] = data.weight(k) > 0.0 ? pull.g[k * outputs + o] / data.weight(k) : 0.0;
    }
    if (pulls.empty()) std::fill_n(pulls.emplace_back(data.samples()).data(), data.samples(), 0.0);
    return pulls;
}

}  // namespace tepui
