#include "classification/critical_set.hpp"

#include <cmath>
#include <limits>

#include "classification/cost_model.hpp"
#include "classification/psi_zero.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

Meeting meeting_at(const NeuronReport& neuron) {
    switch (neuron.definiteness) {
        case Definiteness::indefinite:
            return Meeting::yes;
        case Definiteness::positive_definite:
        case Definiteness::negative_definite:
            return Meeting::no;
        default:
            return Meeting::undetermined;
    }
}

// C^{r,0} in width M > r: some neuron is split, and any one of them may be the only one.
BranchContent splits_content(const Analysis& narrow) {
    bool minima = false, saddles = false, all_saddles = true, all_minima = true;
    for (const NeuronReport& neuron : narrow.neurons) {
        minima = minima || neuron.minima != GammaRegion::none;
        saddles = saddles || neuron.saddles != GammaRegion::none;
        all_minima = all_minima && neuron.minima == GammaRegion::everywhere;
        all_saddles = all_saddles && neuron.saddles == GammaRegion::everywhere;
    }
    if (all_minima) return BranchContent::local_minima;
    if (all_saddles) return BranchContent::saddles;
    if (minima && saddles) return BranchContent::minima_and_saddles;
    if (minima) return BranchContent::some_minima;
    return saddles ? BranchContent::some_saddles : BranchContent::undetermined;
}

BranchContent content_of(const CriticalSet& set, Size null_neurons, bool psi_is_nonzero) {
    const PointReport& point = set.minimal.narrow->point;
    if (set.minimal.global) return BranchContent::global_minima;
    if (point.verdict == Verdict::saddle) return BranchContent::saddles;
    if (null_neurons > 0) return psi_is_nonzero ? BranchContent::saddles : BranchContent::undetermined;
    if (set.shape.wide_width > set.shape.narrow_width) return splits_content(*set.minimal.narrow);
    return point.verdict == Verdict::local_minimum ? BranchContent::local_minima
                                                   : BranchContent::undetermined;
}

// Eigenvalues of the wide Hessian beside those that are zero.
void find_flattest(const Dataset& data, const Network& wide, const Tolerances& tolerances,
                   const Execution& execution, BranchSample& sample) {
    const HessianValue value = hessian(data, wide, execution);
    const SpectralReport counted =
        spectral_report(value.value, value.magnitude, data.samples(), nullptr, tolerances.rounding_factor);
    sample.counted_nullity = counted.inertia.zero;
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(value.value, true);
    // Ascending: the negative ones first, then the zeros.
    const Size negative = counted.inertia.negative, positive = counted.inertia.positive;
    const Size order = negative + counted.inertia.zero + positive;
    Size nearest = -1;
    if (positive > 0) nearest = order - positive;
    if (negative > 0 &&
        (nearest < 0 || std::abs(eigen.values[negative - 1]) < std::abs(eigen.values[nearest]))) {
        nearest = negative - 1;
    }
    if (nearest < 0) return;
    sample.flattest = eigen.values[nearest];
    sample.flattest_direction.assign(eigen.vectors.row(nearest), eigen.vectors.row(nearest) + order);
}

class Mapper {
  public:
    // given: the data as they are; data: in the coordinates of the input space.
    Mapper(const Dataset& given, const Dataset& data, const Tolerances& tolerances,
           const ReductionTolerances& reduction, const CriticalSetOptions& options,
           const Execution& execution, CriticalSet& set)
        : given_(given),
          data_(data),
          tolerances_(tolerances),
          reduction_(reduction),
          options_(options),
          execution_(execution),
          set_(set),
          narrow_(set.minimal.grouping.narrow),
          residuals_(point_residuals(data, narrow_, execution)),
          zeros_(data, residuals_.values.span(), narrow_.activation, execution) {}

    void map() {
        for (Branch& shape : branches(set_.shape)) {
            MappedBranch& branch = set_.branches.emplace_back();
            branch.shape = std::move(shape);
            sample(branch);
            branch.content = content_of(set_, branch.shape.null_neurons, psi_is_nonzero());
        }
    }

  private:
    // By the identity theorem what is not zero somewhere is not identically zero anywhere.
    bool psi_is_nonzero() const {
        return narrow_.activation.traits().smoothness == Smoothness::analytic &&
               !zeros_.vanishes_everywhere();
    }

    void sample(MappedBranch& branch) {
        const Size l = branch.shape.null_neurons;
        // What the branch consists of is known only once psi has been looked at.
        Random probe(options_.seed, 0);
        if (l > 0 && !zeros_.find(probe)) {
            branch.reached = false;
            return;
        }
        for (Size number = 0; number < options_.samples; ++number) {
            execution_.report_or_throw("critical set", progress(l, number));
            Random random(options_.seed, static_cast<std::uint64_t>(1 + l * options_.samples + number));
            const std::optional<BranchPoint> point =
                random_branch_point(narrow_, set_.shape.wide_width, l, number, zeros_, random);
            if (point) branch.samples.push_back(judge(*point));
        }
    }

    double progress(Size l, Size number) const {
        const Size count = set_.shape.wide_width - set_.shape.narrow_width + 1;
        return static_cast<double>(l * options_.samples + number) /
               static_cast<double>(count * options_.samples);
    }

    BranchSample judge(const BranchPoint& point) const {
        const Network wide = embed(narrow_, point.embedding);
        Execution quiet = execution_;  // the progress of each step would run back and forth
        quiet.times = nullptr;
        const InputSpace& space = set_.minimal.space;
        BranchSample sample(classify_network(given_, space.full() ? wide : lift(wide, space), tolerances_,
                                             reduction_, quiet));
        sample.psi_residual = point.psi_residual;
        if (sample.report.witness) sample.fall = std::max(0.0, -sample.report.witness->measured);
        sample.flattest = std::numeric_limits<double>::quiet_NaN();
        if (wide.parameter_count() <= options_.largest_spectrum)
            find_flattest(data_, wide, tolerances_, execution_, sample);
        if (sample.counted_nullity >= 0) sample.counted_nullity += wide.width * set_.shape.unseen;
        if (!space.full() && !sample.flattest_direction.empty()) {
            Network direction = wide;
            direction.parameters = sample.flattest_direction;
            sample.flattest_direction = lift(direction, space).parameters;
        }
        return sample;
    }

    const Dataset &given_, &data_;
    const Tolerances& tolerances_;
    const ReductionTolerances& reduction_;
    const CriticalSetOptions& options_;
    const Execution& execution_;
    CriticalSet& set_;
    const Network& narrow_;
    PointResiduals residuals_;
    PsiZeros zeros_;
};

void check(const NetworkReport& minimal, Size wide_width) {
    const Size r = minimal.grouping.narrow.width;
    if (minimal.verdict == Verdict::not_stationary) {
        throw Error(Status::not_stationary, "the network is not stationary (relative gradient " +
                                                std::to_string(minimal.gradient_relative) + ", at most " +
                                                std::to_string(minimal.stationarity_tolerance) +
                                                " expected): it has no critical set");
    }
    if (r == 0) {
        throw Error(Status::invalid_value,
                    "no neuron of the network contributes to its function: there is nothing to repeat");
    }
    if (wide_width < r || wide_width > kMostCounted) {
        throw Error(Status::invalid_size, "the wide width is " + std::to_string(wide_width) +
                                              ", a number from " + std::to_string(r) +
                                              " (the neurons that the network reduces to) to " +
                                              std::to_string(kMostCounted) + " is expected");
    }
}

}  // namespace

CriticalSet map_critical_set(const Dataset& data, const Network& network, Size wide_width,
                             const Tolerances& tolerances, const ReductionTolerances& reduction,
                             const CriticalSetOptions& options, const Execution& execution) {
    CriticalSet set(classify_network(data, network, tolerances, reduction, execution));
    const NetworkReport& minimal = set.minimal;
    check(minimal, wide_width);
    const Network& narrow = minimal.grouping.narrow;
    set.shape.narrow_width = narrow.width;
    set.shape.wide_width = wide_width;
    set.shape.inputs = narrow.inputs;
    set.shape.unseen = data.inputs() - narrow.inputs;
    if (!minimal.narrow->point.hessian.counted) {
        throw Error(Status::unsupported,
                    "the reduced network has " + std::to_string(narrow.parameter_count()) +
                        " parameters: the nullity of its Hessian is needed, which is not counted beyond " +
                        std::to_string(kLargestDenseHessian));
    }
    set.shape.narrow_nullity = minimal.narrow->point.hessian.inertia.zero;
    set.shape.mirrored = narrow.activation.traits().parity != Parity::none;
    for (const NeuronReport& neuron : minimal.narrow->neurons) set.meetings.push_back(meeting_at(neuron));
    const Dataset& inside = minimal.projected ? *minimal.projected : data;
    Mapper(data, inside, tolerances, reduction, options, execution, set).map();
    return set;
}

}  // namespace tepui
