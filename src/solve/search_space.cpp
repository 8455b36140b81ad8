#include "solve/search_space.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "core/rounding.hpp"
#include "linalg/blas.hpp"
#include "linalg/singular.hpp"
#include "network/derivatives/objective.hpp"
#include "network/inputs/equal_samples.hpp"
#include "network/inputs/input_factor.hpp"

namespace tepui {
namespace {

constexpr double kRoundingFactor = 32.0;
// Inputs whose Gram matrix has no smaller eigenvalue, relative to the largest, are taken as they are: what
// its rounding does to the directions' lengths is below 1e-8.
constexpr double kRegular = 1e-8;
constexpr double kNearlyDependent = 1e-4;  // a relative singular value worth naming
constexpr Size kFewDependences = 16;
constexpr double kPart = 1e-3;      // of the largest: an input takes part in a dependence
constexpr double kConstant = 1e-6;  // 1 - squared length of the constant's part in the row space

// Rows v with |v|_max = 1 that span the same space, each with few entries: Gauss-Jordan with full pivoting.
void make_sparse(Matrix& rows) {
    std::vector<bool> done(rows.rows(), false);
    for (Size step = 0; step < rows.rows(); ++step) {
        Size pivot_row = -1, pivot = -1;
        double largest = 0.0;
        for (Size l = 0; l < rows.rows(); ++l) {
            for (Size j = 0; j < rows.cols() && !done[l]; ++j) {
                if (!(std::abs(rows(l, j)) > largest)) continue;
                largest = std::abs(rows(l, j));
                pivot_row = l;
                pivot = j;
            }
        }
        if (pivot_row < 0) return;
        done[pivot_row] = true;
        const double unit = rows(pivot_row, pivot);
        for (Size j = 0; j < rows.cols(); ++j) rows(pivot_row, j) /= unit;
        for (Size l = 0; l < rows.rows(); ++l) {
            const double factor = rows(l, pivot);
            if (l == pivot_row || factor == 0.0) continue;
            for (Size j = 0; j < rows.cols(); ++j) rows(l, j) -= factor * rows(pivot_row, j);
        }
    }
}

std::vector<Dependence> name_dependences(const linalg::RightSingular& singular, Size inputs) {
    std::vector<Dependence> result;
    if (singular.values.size() < inputs) return result;
    Size first = inputs;
    while (first > 0 && singular.values[first - 1] <= kNearlyDependent * singular.values[0]) --first;
    const Size count = inputs - first;
    if (count == 0 || count > kFewDependences) return result;
    Matrix rows(count, inputs);
    std::copy_n(singular.vectors.row(first), count * inputs, rows.data());
    make_sparse(rows);
    for (Size l = 0; l < count; ++l) {
        const double* v = rows.row(l);
        const double largest = std::abs(
            *std::max_element(v, v + inputs, [](double a, double b) { return std::abs(a) < std::abs(b); }));
        Dependence dependence;
        double square = 0.0, rest = 0.0;
        for (Size j = 0; j < inputs; ++j) {
            square += v[j] * v[j];
            if (std::abs(v[j]) > kPart * largest) dependence.inputs.push_back(j);
        }
        std::sort(dependence.inputs.begin(), dependence.inputs.end(), [v](Size i, Size j) {
            return std::abs(v[i]) != std::abs(v[j]) ? std::abs(v[i]) > std::abs(v[j]) : i < j;
        });
        for (Size i = first; i < inputs; ++i) {  // |F v|: its components along the small directions
            double component = 0.0;
            for (Size j = 0; j < inputs; ++j) component += singular.vectors(i, j) * v[j];
            rest = std::hypot(rest, component * singular.values[i]);
        }
        dependence.size = rest / std::sqrt(square);
        result.push_back(std::move(dependence));
    }
    return result;
}

// Rows times to_weights. The bits of a row of a product depend on the rows beside it: these are always the
// same, whoever asks for how many, and those of one slab.
Dataset project_data(const Dataset& data, const Matrix& to_weights, const Execution& execution) {
    const auto map = std::make_shared<const Matrix>(to_weights.copy());
    const auto fill = [&data, map](Size first, Size count, double* projected) {
        const Size inputs = data.inputs(), to = map->cols(), end = first + count;
        Buffer<double> x(checked_product(kSamplePadding, inputs)), products(kSamplePadding * to);
        for (Size block = first / kSamplePadding * kSamplePadding; block < end; block += kSamplePadding) {
            const Size rows = std::min(kSamplePadding, data.samples() - block);
            data.held_rows(block, rows, x.data());
            linalg::gemm(false, false, rows, to, inputs, 1.0, x.data(), inputs, map->data(), to, 0.0,
                         products.data(), to, 1);
            const Size begin = std::max(first, block), stop = std::min(end, block + rows);
            std::copy(products.data() + (begin - block) * to, products.data() + (stop - block) * to,
                      projected + (begin - first) * to);
        }
    };
    return data.with_inputs(to_weights.cols(), fill, execution.threads);
}

// Where a function 1 is among the combinations of the inputs, turns the coordinates so that the last one is
// it: starts are drawn around the mean of the samples then, as with a bias. The mean of orthonormal
// coordinates is the constant's own representation, of length 1 where it is in the space.
void put_constant_last(const Dataset& inside, Matrix& to_weights, Matrix& to_inside) {
    const Size rank = to_weights.cols();
    std::vector<double> mean(rank, 0.0), x(rank);
    for (Size k = 0; k < inside.samples(); ++k) {
        inside.sample(k, x.data());
        const double share = inside.given_weight(k) / inside.weight_sum();
        for (Size l = 0; l < rank; ++l) mean[l] += share * x[l];
    }
    double square = 0.0;
    for (const double component : mean) square += component * component;
    if (!(std::abs(1.0 - square) <= kConstant)) return;
    // The reflection that exchanges the last unit vector and the mean: I - 2 h h^T / h^T h, h = mean -
    // e_last.
    std::vector<double> h = mean;
    for (double& component : h) component /= std::sqrt(square);
    h.back() -= 1.0;
    double length = 0.0;
    for (const double component : h) length += component * component;
    if (length <= std::numeric_limits<double>::min()) return;
    const auto reflect = [&](auto&& entry) {
        double product = 0.0;
        for (Size l = 0; l < rank; ++l) product += h[l] * entry(l);
        for (Size l = 0; l < rank; ++l) entry(l) -= 2.0 * product / length * h[l];
    };
    for (Size j = 0; j < to_weights.rows(); ++j) {
        reflect([&](Size l) -> double& { return to_weights(j, l); });
        reflect([&](Size l) -> double& { return to_inside(l, j); });
    }
}

// Weights w to map w, and so the skip connections of every output.
Network transformed(const Network& network, const Matrix& map) {
    Layout layout = network;
    layout.inputs = map.rows();
    Network result(network.activation, layout);
    result.unit_activations = network.unit_activations;
    const auto apply = [&](Size rows, const double* from, double* to) {
        linalg::gemm(false, true, rows, map.rows(), map.cols(), 1.0, from, map.cols(), map.data(), map.cols(),
                     0.0, to, map.rows(), 1);
    };
    if (network.width > 0) apply(network.width, network.parameters.data(), result.parameters.data());
    const Size scalars = network.width + (network.output_bias ? 1 : 0), outputs = network.output_count;
    const double* rest = network.parameters.data() + network.width * network.inputs;
    double* there = result.parameters.data() + result.width * result.inputs;
    std::copy_n(rest, scalars * outputs, there);
    if (network.skip) apply(outputs, rest + scalars * outputs, there + scalars * outputs);
    return result;
}

// Whether a network of this layout has fewer parameters than could give every sample its targets.
bool too_narrow(const Layout& layout, Size samples) {
    if (layout.features() == layout.width && layout.output_count == 1)
        return samples / (layout.inputs + 1) > layout.width;
    return samples * layout.output_count > layout.parameter_count();
}

}  // namespace

double SearchSpace::rounding(const Dataset& data) {
    return kRoundingFactor * sum_rounding(data.inputs(), data.samples());
}

SearchSpace::SearchSpace(const Dataset& data, const Layout& layout, double least, const Execution& execution)
    : given_(&data), merged_(merge_equal_samples(data)) {
    const Size d = data.inputs();
    if (merged_ && too_narrow(layout, merged_->samples())) merged_.reset();
    if (merged_) {
        const Network none(Activation(ActivationKind::identity),
                           Layout{0, data.inputs(), layout.output_count});
        left_out_ = loss(data, none, execution).loss - loss(*merged_, none, execution).loss;
    }
    report_.inputs = report_.used = d;
    report_.distinct_samples = merged().samples();
    // Decay is of the given weights, and makes the shortest of those that do the same the only ones.
    const bool decays = !data.decay().none();
    if (merged().samples() >= d || decays) {
        metric_ = measure_inputs(merged());
        if (metric_.least_eigenvalue >= kRegular || decays) {
            report_.smallest_used = std::sqrt(metric_.least_eigenvalue);
            return;
        }
    }
    project(least, execution);
    metric_ = measure_inputs(this->data());
}

void SearchSpace::project(double least, const Execution& execution) {
    const Size d = report_.inputs;
    Matrix norm = input_norm(merged(), execution);
    std::vector<double> sizes(d, 0.0);
    for (Size i = 0; i < norm.rows(); ++i) {
        for (Size j = 0; j < d; ++j) sizes[j] = std::hypot(sizes[j], norm(i, j));
    }
    for (double& size : sizes) {  // powers of two, as in network/inputs/input_space.hpp
        if (size > 0.0) size = std::ldexp(1.0, std::clamp(std::ilogb(size), -1000, 1000));
    }
    for (Size i = 0; i < norm.rows(); ++i) {
        for (Size j = 0; j < d; ++j) {
            if (sizes[j] > 0.0) norm(i, j) /= sizes[j];
        }
    }
    const linalg::RightSingular singular = linalg::right_singular(norm);
    const double largest = singular.values[0];
    Size rank = 0;
    while (rank < singular.values.size() && singular.values[rank] > least * largest) ++rank;
    if (!(largest > 0.0) || rank == 0) return;  // no sample sees any input
    report_.used = rank;
    report_.smallest_used = singular.values[rank - 1] / largest;
    if (rank < singular.values.size()) report_.largest_unused = singular.values[rank] / largest;
    report_.dependences = name_dependences(singular, d);
    to_weights_ = Matrix(d, rank);
    to_inside_ = Matrix(rank, d);
    for (Size j = 0; j < d; ++j) {
        if (sizes[j] == 0.0) continue;
        for (Size l = 0; l < rank; ++l) {
            to_weights_(j, l) = singular.vectors(l, j) / (singular.values[l] * sizes[j]);
            to_inside_(l, j) = singular.vectors(l, j) * singular.values[l] * sizes[j];
        }
    }
    put_constant_last(project_data(merged(), to_weights_, execution), to_weights_, to_inside_);
    projected_.emplace(project_data(merged(), to_weights_, execution));
}

Network SearchSpace::inward(const Network& network) const {
    return projected_ ? transformed(network, to_inside_) : network;
}

Network SearchSpace::outward(const Network& network) const {
    return projected_ ? transformed(network, to_weights_) : network;
}

}  // namespace tepui
