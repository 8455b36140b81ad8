// The third-order test of MATH.md section 6, and the call of the fourth-order one: what happens along the
// null vectors of a singular inner Hessian.
#include <cmath>

#include "classification/escape/null_space.hpp"
#include "classification/point/parts.hpp"
#include "core/random.hpp"

namespace tepui {
namespace {

void normalise(std::vector<double>& v) {
    double norm = 0.0;
    for (const double component : v) norm = std::hypot(norm, component);
    if (!(norm > 0.0)) return;
    for (double& component : v) component /= norm;
}

struct Trial {
    std::vector<double> coordinates;
    PsiField::Third third;
    bool proven = false;
};

// The search of one neuron: several trials at once.
struct Search {
    Size neuron = 0;
    NullSpace space;
    double tilt = 0.0;
    int steps = 1;
    std::vector<std::vector<double>> coordinates;
    Trial best;
};

// A step of the power iteration for the largest T3 on the unit sphere: along the gradient of the cubic form.
std::vector<double> ascent(const NullSpace& space, const Trial& trial) {
    std::vector<double> next(space.basis.size(), 0.0);
    for (std::size_t l = 0; l < next.size(); ++l) {
        for (std::size_t j = 0; j < space.scale.size(); ++j)
            next[l] += trial.third.slope[j] * space.basis[l][j];
    }
    return next;
}

// A cubic form that is not zero is zero at almost no random point, and its values there are a share of its
// coefficients that shrinks with the dimension only; the power iteration then finds where it is large.
Search begin(const PointOnData& context, Size index, const NeuronReport& neuron) {
    constexpr int kTrials = 12, kSteps = 5;
    const Size dimension = neuron.inner.inertia.zero;
    Search search;
    search.neuron = index;
    search.space = null_space(context.psi().at(index), dimension);
    search.tilt = dimension == context.network().inputs ? 0.0 : 1.0 / neuron.inner.margin;
    if (dimension == 1) {
        search.coordinates = {{1.0}};
        return search;
    }
    search.steps = kSteps;
    for (int start = 0; start < kTrials; ++start) {
        Random random(0x3d, static_cast<std::uint64_t>(start));
        search.coordinates.emplace_back(static_cast<std::size_t>(dimension));
        for (double& c : search.coordinates.back()) c = random.normal();
    }
    return search;
}

// Takes what was found along one trial and moves it on.
void take(Search& search, std::vector<double>& coordinates, PsiField::Third third) {
    const NullSpace& space = search.space;
    Trial trial{std::move(coordinates), std::move(third), false};
    // Rounding may have turned v by an angle whose sine is the tilt. That changes T3(v) by at most 3 tilt |D
    // T3(v, v, .)|.
    double slope = 0.0;
    for (std::size_t j = 0; j < space.scale.size(); ++j)
        slope = std::hypot(slope, space.scale[j] * trial.third.slope[j]);
    trial.proven = std::abs(trial.third.value) > trial.third.tolerance + 3.0 * search.tilt * slope;
    coordinates = ascent(space, trial);
    const bool larger = std::abs(trial.third.value) > std::abs(search.best.third.value);
    if (trial.proven ? larger || !search.best.proven : larger && !search.best.proven)
        search.best = std::move(trial);
}

// All trials of all searches, a step of each in one pass.
void run(const PointOnData& context, std::vector<Search>& searches) {
    for (int step = 0;; ++step) {
        std::vector<Size> neurons, owners;
        std::vector<Search*> open;
        for (Search& search : searches) {
            if (step >= search.steps) continue;
            open.push_back(&search);
            owners.insert(owners.end(), search.coordinates.size(), static_cast<Size>(neurons.size()));
            neurons.push_back(search.neuron);
        }
        if (open.empty()) return;
        Matrix directions(static_cast<Size>(owners.size()), context.network().inputs);
        Size row = 0;
        for (Search* search : open) {
            for (std::vector<double>& coordinates : search->coordinates) {
                normalise(coordinates);
                const std::vector<double> v = search->space.vector(coordinates);
                std::copy(v.begin(), v.end(), directions.row(row++));
            }
        }
        std::vector<PsiField::Third> found = context.psi().thirds(neurons, owners, directions);
        std::size_t next = 0;
        for (Search* search : open) {
            for (std::vector<double>& coordinates : search->coordinates)
                take(*search, coordinates, std::move(found[next++]));
        }
    }
}

// What follows for the neuron; the fourth order where the third is not proven.
void settle(const PointOnData& context, const PointReport& point, const Search& search,
            NeuronReport& neuron) {
    const Size index = search.neuron;
    if (!search.best.proven) {
        // The narrow Hessian decides with it: not asked for when the neurons alone are.
        if (point.rule == Rule::neurons_alone ||
            !has_fourth_order(context.network(), static_cast<Size>(search.space.basis.size()),
                              context.uncertainty()))
            return;
        neuron.fourth =
            fourth_order({context.data(), context.network(), context.residuals(), context.uncertainty(),
                          context.corrected_point(), context.equilibrated(), index, neuron.inner.tau,
                          search.tilt, context.tolerances().rounding_factor},
                         search.space);
        if (neuron.fourth && vanishes(*neuron.fourth)) neuron.fourth.reset();
        if (!neuron.fourth) return;
        neuron.fourth->narrow_minimum =
            point.rule == Rule::hessian_positive_definite && neuron.third_vanishes;
        neuron.fourth->effective = neuron.definiteness == Definiteness::zero &&
                                   (context.psi().leave(index).has_value() || context.effective_by_theory());
        return;
    }
    std::vector<double> v = search.space.vector(search.best.coordinates);
    const double size = preactivation_size(context.data(), v, context.execution());
    if (!(size > 0.0)) return;
    for (double& component : v) component /= size;
    neuron.null_direction = std::move(v);
    neuron.third = neuron.output * search.best.third.value / (size * size * size);
}

}  // namespace

bool asks_for_higher_order(const PointOnData& context, const NeuronReport& neuron) {
    const bool singular = neuron.definiteness == Definiteness::zero ||
                          neuron.definiteness == Definiteness::positive_semidefinite ||
                          neuron.definiteness == Definiteness::negative_semidefinite;
    // An eigenvalue that is zero only as far as doubles can tell may be a small one, and bar the way.
    return singular && neuron.inner.clear() && neuron.inner.inertia.zero == neuron.explained_zeros &&
           neuron.output != 0.0 && context.network().activation.derivatives() >= 3;
}

void higher_order_tests(const PointOnData& context, const PointReport& point, std::span<const Size> indices,
                        std::vector<NeuronReport>& neurons) {
    constexpr double kBytes = 128e6;  // of null spaces and slopes that are kept at a time
    constexpr Size kMost = 32;
    const double d = static_cast<double>(context.network().inputs);
    const Size together = std::clamp(static_cast<Size>(kBytes / (8.0 * d * (d + 1000.0))), Size{1}, kMost);
    const Size count = static_cast<Size>(indices.size());
    for (Size first = 0; first < count; first += together) {
        context.execution().report_or_throw("third order",
                                            static_cast<double>(first) / static_cast<double>(count));
        std::vector<Search> searches;
        for (const Size index : indices.subspan(first, std::min(together, count - first)))
            searches.push_back(begin(context, index, neurons[index]));
        run(context, searches);
        for (const Search& search : searches) settle(context, point, search, neurons[search.neuron]);
    }
}

}  // namespace tepui
