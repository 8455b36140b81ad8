// The plateau of each neuron: what its splits are, region by region (MATH.md section 4).
#include "classification/point/continuous_symmetry.hpp"
#include "classification/point/neuron_spectra.hpp"
#include "classification/point/parts.hpp"

namespace tepui {
namespace {

struct Plateau {
    PlateauType type;
    Rule rule;
    GammaRegion minima;
    GammaRegion saddles;
};

}  // namespace

GammaRegion lemma_4_region(Definiteness inner) {
    switch (inner) {
        case Definiteness::positive_definite:
        case Definiteness::positive_semidefinite:
            return GammaRegion::off_gamma_plus;
        case Definiteness::negative_definite:
        case Definiteness::negative_semidefinite:
            return GammaRegion::off_gamma_minus;
        case Definiteness::indefinite:
            return GammaRegion::everywhere;
        case Definiteness::zero:
            return GammaRegion::none;
    }
    return GammaRegion::none;
}

namespace {

Plateau plateau_of_minimum(Definiteness inner) {
    switch (inner) {
        case Definiteness::positive_definite:
            return {PlateauType::local_minima_and_saddles, Rule::theorem_1_positive_definite,
                    GammaRegion::gamma_plus, GammaRegion::off_gamma_plus};
        case Definiteness::negative_definite:
            return {PlateauType::local_minima_and_saddles, Rule::theorem_1_negative_definite,
                    GammaRegion::gamma_minus, GammaRegion::off_gamma_minus};
        case Definiteness::indefinite:
            return {PlateauType::all_saddles, Rule::theorem_1_indefinite, GammaRegion::none,
                    GammaRegion::everywhere};
        default:
            return {PlateauType::undetermined, Rule::semidefinite_inner_hessian, GammaRegion::none,
                    lemma_4_region(inner)};
    }
}

// H_i is definite, or zero, across the null vectors that a continuous symmetry makes: the wide Hessian is
// then zero only along the plateau and the symmetries of the daughters.
std::optional<Plateau> plateau_across_symmetry(Definiteness inner) {
    switch (inner) {
        case Definiteness::positive_semidefinite:
            return Plateau{PlateauType::local_minima_and_saddles, Rule::theorem_1_across_symmetry,
                           GammaRegion::gamma_plus, GammaRegion::off_gamma_plus};
        case Definiteness::negative_semidefinite:
            return Plateau{PlateauType::local_minima_and_saddles, Rule::theorem_1_across_symmetry,
                           GammaRegion::gamma_minus, GammaRegion::off_gamma_minus};
        default:
            return std::nullopt;
    }
}

// H_i = 0: Theorem 3 where either of its hypotheses is established.
Plateau plateau_of_zero(const PointOnData& context, const PointReport& point, Size neuron) {
    if (context.constant()[neuron] && point.verdict == Verdict::local_minimum) {
        return {PlateauType::all_local_minima, Rule::theorem_3_constant, GammaRegion::everywhere,
                GammaRegion::none};
    }
    if (context.network().output(neuron) != 0.0 &&
        (context.psi().leave(neuron).has_value() || context.effective_by_theory())) {
        return {PlateauType::undetermined, Rule::theorem_3_effective, GammaRegion::none,
                GammaRegion::with_a_zero};
    }
    const Rule rule =
        point.verdict == Verdict::local_minimum ? Rule::zero_inner_hessian : Rule::narrow_point_undetermined;
    return {PlateauType::undetermined, rule, GammaRegion::none, GammaRegion::none};
}

Plateau plateau_of(const PointOnData& context, const PointReport& point, Definiteness inner, Size neuron) {
    if (point.least) {
        return {PlateauType::all_local_minima, point.rule, GammaRegion::everywhere, GammaRegion::none};
    }
    if (point.unclear) return {PlateauType::undetermined, point.rule, GammaRegion::none, GammaRegion::none};
    if (point.verdict == Verdict::saddle) {
        return {PlateauType::all_saddles, Rule::theorem_4, GammaRegion::none, GammaRegion::everywhere};
    }
    if (inner == Definiteness::zero) return plateau_of_zero(context, point, neuron);
    if (point.verdict == Verdict::local_minimum) return plateau_of_minimum(inner);
    if (inner == Definiteness::indefinite) {
        return {PlateauType::all_saddles, Rule::lemma_4, GammaRegion::none, GammaRegion::everywhere};
    }
    return {PlateauType::undetermined, Rule::narrow_point_undetermined, GammaRegion::none,
            lemma_4_region(inner)};
}

// Where the third order vanishes on the null space of H_i (MATH.md section 6).
Plateau with_fourth_order(const Plateau& plateau, const NeuronReport& neuron) {
    const FourthOrder& form = *neuron.fourth;
    const Plateau by_gamma{PlateauType::undetermined, Rule::fourth_order,
                           form.narrow_minimum ? GammaRegion::fourth_order_positive : GammaRegion::none,
                           GammaRegion::fourth_order_negative};
    if (neuron.definiteness == Definiteness::zero) return by_gamma;
    const bool plus = neuron.definiteness == Definiteness::positive_semidefinite;
    switch (fourth_order_sign(form, plus)) {
        case FormSign::negative:
            return {PlateauType::all_saddles, Rule::fourth_order, GammaRegion::none, GammaRegion::everywhere};
        case FormSign::positive:
            if (!form.narrow_minimum) return plateau;
            return {PlateauType::local_minima_and_saddles, Rule::fourth_order,
                    plus ? GammaRegion::gamma_plus : GammaRegion::gamma_minus, plateau.saddles};
        case FormSign::open:
            return by_gamma;
    }
    return by_gamma;
}

// Where the third order sees null vectors of H_i, every split of nonzero coefficients is a saddle but (1/2,
// 1/2), and that one as their limit: the points of a plateau that are no minima form a closed set.
Plateau with_higher_order(const Plateau& plateau, const NeuronReport& neuron) {
    if (plateau.saddles == GammaRegion::everywhere) return plateau;
    if (!neuron.null_direction.empty())
        return {PlateauType::all_saddles, Rule::third_order, GammaRegion::none, GammaRegion::everywhere};
    return neuron.fourth ? with_fourth_order(plateau, neuron) : plateau;
}

void report_plateau(const Plateau& plateau, NeuronReport& neuron) {
    neuron.plateau = plateau.type;
    neuron.rule = plateau.rule;
    neuron.minima = plateau.minima;
    neuron.saddles = plateau.saddles;
}

// Eigenvalues that doubles cannot tell from zero, looked at in more digits where the stationary point is
// known well enough: its Hessian is definite across the symmetries.
void settle_small_eigenvalues(const PointOnData& context, const PointReport& point, Size index,
                              NeuronReport& neuron) {
    SpectralReport& inner = neuron.inner;
    if (!inner.counted || inner.inertia.zero == neuron.explained_zeros || neuron.output == 0.0 ||
        point.verdict != Verdict::local_minimum || point.hessian.inertia.zero != point.explained_zeros)
        return;
    const ExtendedPoint* const extended = context.extended(point.hessian.inertia.zero);
    if (extended == nullptr) return;
    neuron.third_vanishes = extended->settle(index, context.psi().at(index), inner);
    if (inner.extended) neuron.explained_zeros = inner.inertia.zero;
}

// The best way down of each of these neurons.
void find_escapes(const PointOnData& context, const PointReport& point, const std::vector<Size>& which,
                  std::vector<NeuronReport>& neurons) {
    if (point.verdict == Verdict::saddle) return;
    static const double kCandidates[][2] = {{0.5, 0.5}, {2.0, -1.0}, {1.0, 0.0}};
    std::vector<SplitAtSaddle> splits;
    for (const Size i : which) {
        for (const auto& gamma : kCandidates) {
            // A zero coefficient is worth trying only where nothing of lower order is known.
            if (gamma[1] == 0.0 && neurons[i].definiteness != Definiteness::zero) continue;
            if (split_verdict(point, neurons[i], gamma).verdict == Verdict::saddle)
                splits.push_back({i, &neurons[i], gamma});
        }
    }
    std::vector<std::optional<Witness>> found = split_escapes(context, splits);
    for (std::size_t q = 0; q < splits.size(); ++q) {
        NeuronReport& neuron = neurons[splits[q].neuron];
        if (!found[q] || (neuron.escape && !falls_further(found[q]->change(), neuron.escape->change())))
            continue;
        neuron.escape = std::move(found[q]);
        neuron.escape_gamma.assign(splits[q].gamma.begin(), splits[q].gamma.end());
    }
}

void forget_higher_order(NeuronReport& neuron) {
    neuron.null_direction.clear();
    neuron.third = 0.0;
    neuron.fourth.reset();
    neuron.escape.reset();
    neuron.escape_gamma.clear();
}

}  // namespace

std::vector<NeuronReport> classify_neurons(const PointOnData& context, const PointReport& point,
                                           const AnalysisOptions& options) {
    const Size m = context.network().width;
    std::vector<SpectralReport> spectra = neuron_spectra(context, options);
    std::vector<NeuronReport> neurons(m);
    const ContinuousSymmetry symmetry(context.data(), context.network(), context.constant(),
                                      context.execution());
    const bool open = !point.least && !point.unclear && point.verdict != Verdict::saddle;
    std::vector<std::optional<Plateau>> across(neurons.size());
    std::vector<Size> singular;
    context.execution().enter("verdicts");
    for (Size i = 0; i < m; ++i) {
        NeuronReport& neuron = neurons[i];
        neuron.output = context.network().output(i);
        neuron.inner = std::move(spectra[i]);
        neuron.explained_zeros = point.least || context.constant()[i]
                                     ? neuron.inner.inertia.zero
                                     : std::min(neuron.inner.inertia.zero, symmetry.inner_dimension(i));
        neuron.third_vanishes = options.exact_zeros;
        if (options.exact_zeros) neuron.explained_zeros = neuron.inner.inertia.zero;
        if (open) settle_small_eigenvalues(context, point, i, neuron);
        neuron.definiteness = definiteness(neuron.inner.inertia);
        if (open && point.verdict == Verdict::local_minimum && neuron.inner.counted &&
            neuron.inner.inertia.zero > 0 && neuron.inner.inertia.zero == symmetry.inner_dimension(i))
            across[i] = plateau_across_symmetry(neuron.definiteness);
        if (open && !across[i] && asks_for_higher_order(context, neuron)) singular.push_back(i);
    }
    higher_order_tests(context, point, singular, neurons);
    std::vector<Plateau> second;
    std::vector<bool> to_measure;
    std::vector<Size> asked, again;
    const bool all = options.scope == AnalysisScope::complete && options.ways_down == WaysDown::all;
    for (Size i = 0; i < m; ++i) {
        context.execution().report_or_throw("classifying neurons",
                                            static_cast<double>(i) / static_cast<double>(m));
        NeuronReport& neuron = neurons[i];
        second.push_back(across[i] ? *across[i] : plateau_of(context, point, neuron.definiteness, i));
        report_plateau(with_higher_order(second.back(), neuron), neuron);
        to_measure.push_back(must_be_measured(neuron.rule) && neuron.saddles != second.back().saddles);
        if (all || to_measure.back()) asked.push_back(i);
    }
    context.execution().enter("witnesses");
    find_escapes(context, point, asked, neurons);
    for (const Size i : asked) {
        NeuronReport& neuron = neurons[i];
        if (!to_measure[i] || !neuron.escape || neuron.escape->descends()) continue;
        forget_higher_order(neuron);
        report_plateau(second[i], neuron);
        if (all) again.push_back(i);
    }
    find_escapes(context, point, again, neurons);
    return neurons;
}

}  // namespace tepui
