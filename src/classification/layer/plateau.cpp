#include <algorithm>
#include <cmath>

#include "classification/layer/layer.hpp"
#include "classification/point/parts.hpp"

namespace tepui {
namespace {

constexpr SplitPlateau all_saddles(Rule rule) {
    return {PlateauType::all_saddles, rule, GammaRegion::none, GammaRegion::everywhere};
}

// Minima need Psi_i = 0, known by structure or taken as zero, a narrow minimum, and a definite H_i. With
// several outputs Psi_i may grow along null directions of the narrow point, whose minimum must then be
// definite.
Rule what_minima_lack(const NeuronShape& shape, Definiteness inner, const NarrowPoint& narrow) {
    const OutputSlopes& slopes = shape.slopes;
    if (slopes.rank.most > 0) return Rule::open_output_slopes;
    if (narrow.verdict != Verdict::local_minimum) return Rule::narrow_point_undetermined;
    if (inner == Definiteness::zero) return Rule::zero_inner_hessian;
    const bool definite =
        inner == Definiteness::positive_definite || inner == Definiteness::negative_definite;
    const bool across = shape.symmetric_zeros == shape.inner.inertia.zero && shape.inner.clear();
    if (!definite && !across) return Rule::semidefinite_inner_hessian;
    if ((slopes.output_scale.size() > 1 || !definite) && !narrow.definite)
        return Rule::degenerate_narrow_minimum;
    if (!definite) return Rule::theorem_1_across_symmetry;
    return inner == Definiteness::positive_definite ? Rule::theorem_1_positive_definite
                                                    : Rule::theorem_1_negative_definite;
}

// output: whether a_i is not zero.
SplitPlateau plateau_of(const NeuronShape& shape, const NarrowPoint& narrow, bool output) {
    if (narrow.verdict == Verdict::saddle) return all_saddles(Rule::theorem_4);
    if (shape.slopes.rank.least > 0) return all_saddles(output ? Rule::output_slopes : Rule::null_neuron);
    const Definiteness inner = definiteness(shape.inner.inertia);
    if (inner == Definiteness::indefinite)
        return all_saddles(narrow.verdict == Verdict::local_minimum ? Rule::theorem_1_indefinite
                                                                    : Rule::lemma_4);
    const Rule rule = what_minima_lack(shape, inner, narrow);
    const GammaRegion saddles = lemma_4_region(inner);
    const bool across = rule == Rule::theorem_1_across_symmetry;
    if (rule == Rule::theorem_1_positive_definite || (across && inner == Definiteness::positive_semidefinite))
        return {PlateauType::local_minima_and_saddles, rule, GammaRegion::gamma_plus, saddles};
    if (rule == Rule::theorem_1_negative_definite || across)
        return {PlateauType::local_minima_and_saddles, rule, GammaRegion::gamma_minus, saddles};
    return {PlateauType::undetermined, rule, GammaRegion::none, saddles};
}

double slope_share(const NeuronSums& sums, const std::vector<double>& v, const std::vector<double>& slopes) {
    double size = 0.0, terms = 0.0;
    for (std::size_t o = 0; o < slopes.size(); ++o) {
        double sum = 0.0;
        for (std::size_t j = 0; j < v.size(); ++j)
            sum += std::abs(v[j]) * sums.slope_terms(static_cast<Size>(j), static_cast<Size>(o));
        size = std::hypot(size, slopes[o]);
        terms = std::hypot(terms, sum);
    }
    return terms > 0.0 ? std::min(1.0, size / terms) : 1.0;
}

// Psi_i e = 0 along a_i (stationarity in w_i) and where no sample pulls.
Matrix vanishing_outputs(const Network& layer, Size i, const Matrix& idle) {
    const Size outputs = layer.output_count;
    Matrix rows(1 + idle.rows(), outputs);
    for (Size o = 0; o < outputs; ++o) rows(0, o) = layer.output(i, o);
    std::copy_n(idle.data(), idle.rows() * outputs, rows.row(1));
    return rows;
}

// Null vectors of H_i that scales and shifts make: H_i w_i = 0 with sigma(cz) = c^p sigma(z), H_i e = 0 with
// exp and e . h = 1.
Size symmetric_null_vectors(const Network& layer, Size i, bool constant) {
    const Activation& activation = layer.activation_of(i);
    if (activation.kind() == ActivationKind::exp) return constant ? 1 : 0;
    const double* const w = layer.weights(i);
    const bool still = std::all_of(w, w + layer.inputs, [](double v) { return v == 0.0; });
    return activation.traits().homogeneity > 1 && !still ? 1 : 0;
}

}  // namespace

bool asks_for_constant(const Network& layer) {
    for (Size i = 0; i < layer.width; ++i)
        if (layer.activation_of(i).kind() == ActivationKind::exp) return true;
    return false;
}

void look_along_null_vectors(NullDirections& directions, Size neuron, LayerNeuron& one) {
    if (one.plateau.type != PlateauType::undetermined) return;
    one.null = directions.find(neuron, one.shape);
    if (one.null) one.plateau = all_saddles(Rule::third_order);
}

LayerNeuron judge_neuron(const NeuronSums& sums, const NeuronSums* other, const Network& layer, Size neuron,
                         const Matrix& idle, bool constant, SumErrors errors, const NarrowPoint& narrow) {
    errors.other = other;
    LayerNeuron one;
    bool output = false;
    for (Size o = 0; o < layer.output_count; ++o) output = output || layer.output(neuron, o) != 0.0;
    const Size symmetric = output ? symmetric_null_vectors(layer, neuron, constant) : 0;
    one.shape = neuron_shape(sums, vanishing_outputs(layer, neuron, idle), symmetric, errors);
    one.definiteness = definiteness(one.shape.inner.inertia);
    one.plateau = plateau_of(one.shape, narrow, output);
    const OutputSlopes& slopes = one.shape.slopes;
    if (slopes.rank.least > 0) {
        double unused = 0.0;
        map_direction(slopes.input_scale, slopes.range.row(0), 0.0, one.v, unused);
        one.slopes = slopes_along(sums, one.v);
        one.curvature = curvature_along(sums, one.v);
        one.slope_share = slope_share(sums, one.v, one.slopes);
    }
    return one;
}

}  // namespace tepui
