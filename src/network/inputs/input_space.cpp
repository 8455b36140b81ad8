#include "network/inputs/input_space.hpp"

#include <algorithm>
#include <cmath>

#include "core/rounding.hpp"
#include "linalg/singular.hpp"
#include "network/inputs/input_factor.hpp"
#include "network/pass/rows.hpp"

namespace tepui {
namespace {

constexpr double kToleranceFactor = 32.0;

// Unit of an input: the power of two near its root mean square.
double unit_of(double norm) {
    return std::ldexp(1.0, std::clamp(std::ilogb(norm), -1000, 1000));
}

void set_unit_basis(const std::vector<Size>& columns, InputSpace& space) {
    for (std::size_t c = 0; c < columns.size(); ++c) space.basis(columns[c], static_cast<Size>(c)) = 1.0;
    std::fill(space.scale.begin(), space.scale.end(), 1.0);
}

}  // namespace

InputSpace input_space(const Dataset& data, const Execution& execution) {
    const Size d = data.inputs();
    const Matrix r = input_norm(data, execution);
    InputSpace space;
    space.scale.assign(d, 1.0);
    space.tolerance = kToleranceFactor * sum_rounding(d, data.samples());
    std::vector<Size> active;  // inputs that are not always zero
    for (Size j = 0; j < d; ++j) {
        double norm = 0.0;
        for (Size i = 0; i < r.rows(); ++i) norm = std::hypot(norm, r(i, j));
        if (!(norm > 0.0)) continue;
        active.push_back(j);
        space.scale[j] = unit_of(norm);
    }
    Matrix scaled(r.rows(), static_cast<Size>(active.size()));
    for (Size i = 0; i < r.rows(); ++i) {
        for (Size c = 0; c < scaled.cols(); ++c) scaled(i, c) = r(i, active[c]) / space.scale[active[c]];
    }
    const linalg::RightSingular singular = linalg::right_singular(scaled);
    const double norm = active.empty() ? 0.0 : singular.values[0];
    while (space.rank < singular.values.size() && singular.values[space.rank] > space.tolerance * norm)
        ++space.rank;
    if (space.rank > 0) space.smallest_kept = singular.values[space.rank - 1] / norm;
    if (space.rank > 0 && space.rank < singular.values.size())
        space.largest_dropped = singular.values[space.rank] / norm;

    space.basis = Matrix(d, std::max<Size>(space.rank, 1));
    if (space.rank == static_cast<Size>(active.size())) {
        set_unit_basis(active, space);
        return space;
    }
    for (Size l = 0; l < space.rank; ++l) {
        for (std::size_t c = 0; c < active.size(); ++c)
            space.basis(active[c], l) = singular.vectors(l, static_cast<Size>(c));
    }
    return space;
}

namespace {

// out_l = sum_j factor_j x_j Q_jl with Q^T given.
void into_space(const std::vector<double>& scale, const Matrix& transposed, const double* x, bool divide,
                std::vector<double>& scaled, double* out) {
    for (std::size_t j = 0; j < scaled.size(); ++j) scaled[j] = divide ? x[j] / scale[j] : x[j] * scale[j];
    for (Size l = 0; l < transposed.rows(); ++l)
        out[l] = dot(transposed.cols(), transposed.row(l), scaled.data());
}

Matrix transpose(const Matrix& a) {
    Matrix result(a.cols(), a.rows());
    for (Size i = 0; i < a.rows(); ++i) {
        for (Size j = 0; j < a.cols(); ++j) result(j, i) = a(i, j);
    }
    return result;
}

void require_inputs(Size given, Size expected, const char* what) {
    if (given == expected) return;
    throw Error(Status::invalid_size, std::string("the ") + what + " has " + std::to_string(given) +
                                          " inputs, the input space expects " + std::to_string(expected));
}

}  // namespace

Dataset project(const Dataset& data, const InputSpace& space, const Execution& execution) {
    require_inputs(data.inputs(), space.inputs(), "data set");
    const auto transposed = std::make_shared<const Matrix>(transpose(space.basis));
    const auto fill = [&data, scale = space.scale, transposed](Size first, Size count, double* x) {
        Buffer<double> rows(checked_product(count, data.inputs()));
        data.held_rows(first, count, rows.data());
        std::vector<double> scaled(data.inputs());
        // A sample of weight zero may lie outside the space, and only its part inside is kept: it is
        // multiplied by zero.
        for (Size k = 0; k < count; ++k)
            into_space(scale, *transposed, rows.data() + k * data.inputs(), true, scaled,
                       x + k * transposed->rows());
    };
    return data.with_inputs(space.basis.cols(), fill, execution.threads);
}

namespace {

// A network of other inputs, with rows of so many numbers (weights of neurons, skip connections of outputs)
// made from those of the given one, and all else as there.
template <class Convert>
Network with_rows(const Network& network, Size inputs, const Convert& convert) {
    Layout layout = network;
    layout.inputs = inputs;
    Network result(network.activation, layout);
    result.unit_activations = network.unit_activations;
    for (Size i = 0; i < network.width; ++i) convert(network.weights(i), result.weights(i));
    const Size plain = network.width + (network.output_bias ? 1 : 0);
    for (Size o = 0; o < network.output_count; ++o) {
        for (Size q = 0; q < plain; ++q)
            result.parameters[result.coefficient(q, o)] = network.parameters[network.coefficient(q, o)];
        if (network.skip)  // the connections of one output stand together
            convert(network.parameters.data() + network.coefficient(plain, o),
                    result.parameters.data() + result.coefficient(plain, o));
    }
    return result;
}

}  // namespace

Network project(const Network& network, const InputSpace& space) {
    require_inputs(network.inputs, space.inputs(), "network");
    const Matrix transposed = transpose(space.basis);
    std::vector<double> scaled(network.inputs);
    return with_rows(network, space.basis.cols(), [&](const double* w, double* projected) {
        into_space(space.scale, transposed, w, false, scaled, projected);
    });
}

Network lift(const Network& projected, const InputSpace& space) {
    require_inputs(projected.inputs, space.basis.cols(), "projected network");
    return with_rows(projected, space.inputs(), [&](const double* v, double* w) {
        for (Size j = 0; j < space.inputs(); ++j)
            w[j] = dot(space.basis.cols(), space.basis.row(j), v) / space.scale[j];
    });
}

}  // namespace tepui
