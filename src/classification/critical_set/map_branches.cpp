#include "classification/critical_set/map_branches.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "classification/critical_set/branch_content.hpp"
#include "classification/critical_set/branch_search.hpp"
#include "classification/critical_set/flattest.hpp"
#include "classification/escape/psi_zero.hpp"
#include "classification/layer/output_space.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/model/mirror.hpp"

namespace tepui {
namespace {

// What pulls at the outputs, one a sample each: residuals of one output.
std::vector<Buffer<double>> pulls_at(const Dataset& data, const Network& network,
                                     const Execution& execution) {
    if (network.output_count > 1) return independent_pulls(data, network, execution);
    std::vector<Buffer<double>> pulls;
    pulls.push_back(std::move(point_residuals(data, network, execution).values));
    return pulls;
}

std::vector<std::span<const double>> spans(const std::vector<Buffer<double>>& pulls) {
    std::vector<std::span<const double>> all;
    for (const Buffer<double>& one : pulls) all.push_back(one.span());
    return all;
}

class Mapper {
  public:
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
          shown_(narrow_in_given_inputs(set.minimal)),
          pulls_(pulls_at(data, narrow_, execution)),
          pulled_(data.with_targets(pulls_.front().span(), linear_loss())),
          zeros_(pulled_, spans(pulls_), narrow_.activation, execution) {}

    void map() {
        for (Branch& shape : branches(set_.shape)) {
            MappedBranch& branch = set_.branches.emplace_back();
            branch.shape = std::move(shape);
            draw(branch);
            branch.content = content_of(set_, branch.shape.null_neurons, psi_is_nonzero());
            for (const BranchGoal goal : {BranchGoal::deepest, BranchGoal::flattest}) search(branch, goal);
        }
    }

  private:
    // By the identity theorem what is not zero somewhere is not identically zero anywhere.
    bool psi_is_nonzero() const {
        return narrow_.activation.traits().smoothness == Smoothness::analytic &&
               !zeros_.vanishes_everywhere();
    }

    BranchExistence existence_without_zeros() const {
        for (const Meeting meeting : set_.meetings)
            if (meeting == Meeting::yes) return BranchExistence::proven;
        // psi(-w) = -psi(w), constants and linear functions being orthogonal to what pulls.
        const std::optional<Mirror> mirror = mirror_of(narrow_.activation, narrow_);
        const bool odd = mirror && mirror->output < 0.0 && zeros_.equations() == 1;
        return odd && !zeros_.vanishes_everywhere() ? BranchExistence::proven : BranchExistence::open;
    }

    void draw(MappedBranch& branch) {
        points_.clear();
        const Size l = branch.shape.null_neurons;
        // What the branch consists of is known only once psi has been looked at.
        Random probe(options_.seed, 0);
        if (l > 0 && !zeros_.find(probe)) {
            branch.existence = existence_without_zeros();
            return;
        }
        for (Size number = 0; number < options_.samples; ++number) {
            execution_.report_or_throw("critical set", progress(l, number));
            Random random(options_.seed, static_cast<std::uint64_t>(1 + l * options_.samples + number));
            const std::optional<BranchPoint> point = random_branch_point(set_, l, number, zeros_, random);
            if (!point) continue;
            const std::optional<Network> wide = in_given_inputs(point->embedding);
            if (wide) keep(branch, *point, judge(*point, *wide, number < spectra()));
        }
        branch.drawn = static_cast<Size>(branch.samples.size());
    }

    // A point that does not pass the test of stationarity is not shown.
    bool keep(MappedBranch& branch, const BranchPoint& point, BranchSample sample) {
        if (sample.report.verdict == Verdict::not_stationary) return false;
        branch.samples.push_back(std::move(sample));
        points_.push_back(point);
        return true;
    }

    // Random steps along the branch from its best point, kept when they lead to a better one.
    void search(MappedBranch& branch, BranchGoal goal) {
        const bool still =
            branch.shape.dimension == set_.shape.narrow_nullity;  // a point, or not a branch to search
        if (branch.drawn == 0 || options_.steps == 0 || still) return;
        if (goal == BranchGoal::deepest && options_.ways_down == WaysDown::needed) return;
        if (goal == BranchGoal::flattest && spectra() < 2) return;  // each step is a spectrum
        BranchOptimum optimum;
        optimum.goal = goal;
        for (Size j = 1; j < branch.drawn; ++j) {
            if (branch_value(branch.samples[j], goal) > branch_value(branch.samples[optimum.from], goal))
                optimum.from = j;
        }
        const double begin = branch_value(branch.samples[optimum.from], goal);
        if (!std::isfinite(begin) || begin == 0.0) return;
        BranchPoint best = points_[optimum.from];
        double value = begin, step = 0.5;
        const auto stream =
            static_cast<std::uint64_t>(2 * branch.shape.null_neurons + static_cast<int>(goal));
        Random random(options_.seed ^ 0x5ea3c4, stream);
        for (; optimum.tried < options_.steps; ++optimum.tried) {
            execution_.report_or_throw("critical set",
                                       progress(branch.shape.null_neurons, options_.samples - 1));
            const std::optional<BranchPoint> next = branch_point_nearby(best, step, zeros_, random);
            const std::optional<Network> wide = next ? in_given_inputs(next->embedding) : std::nullopt;
            step *= 0.7;
            if (!wide) continue;
            if (goal == BranchGoal::flattest && !away_from_parents(*next)) continue;
            const double reached = measure(*next, *wide, goal);
            if (!(reached > value)) continue;
            value = reached;
            best = *next;
            ++optimum.improved;
            step = std::min(1.0, 3.0 * step);
        }
        optimum.sample = optimum.from;
        if (optimum.improved > 0 &&
            keep(branch, best, judge(best, *in_given_inputs(best.embedding), spectra() > 0)))
            optimum.sample = static_cast<Size>(branch.samples.size()) - 1;
        branch.optima.push_back(optimum);
    }

    double progress(Size l, Size number) const {
        const Size count = set_.shape.wide_width - set_.shape.narrow_width + 1;
        return static_cast<double>(l * options_.samples + number) /
               static_cast<double>(count * options_.samples);
    }

    // Empty where the samples that were set apart cannot be fitted.
    std::optional<Network> in_given_inputs(const Embedding& embedding) const {
        const Network wide = embed(narrow_, embedding);
        const InputSpace& space = set_.minimal.analysed_space();
        if (space.full()) return wide;
        Embedding lifted = embedding;
        lifted.inputs = space.inputs();
        lifted.free_weights = lift(wide, space).parameters;
        lifted.free_weights.resize(wide.width * space.inputs());
        Network result = embed(shown_, lifted);
        if (set_.minimal.fitted && !set_.minimal.fitted->restore(result)) return std::nullopt;
        return result;
    }

    // given: the same point in the inputs of the data.
    NetworkReport classified(const Network& given) const {
        Execution quiet = execution_;  // the progress of each step would run back and forth
        quiet.times = nullptr;
        if (narrow_.output_count > 1) return classify_outputs(given_, given, tolerances_, quiet);
        AnalysisOptions how;
        how.ways_down = options_.ways_down == WaysDown::all ? WaysDown::of_the_network : options_.ways_down;
        return classify_network(given_, given, tolerances_, reduction_, quiet, how);
    }

    // The value of a goal alone: no more of a step of a search is looked at.
    double measure(const BranchPoint& point, const Network& given, BranchGoal goal) const {
        if (goal == BranchGoal::deepest) return fall_of(classified(given));
        const Network wide = embed(narrow_, point.embedding);
        const HessianValue value = hessian(data_, wide, execution_);
        const double nearest = flattest_of(value, data_.samples(), tolerances_, false).value();
        return std::isfinite(nearest) ? -std::abs(nearest) : -std::numeric_limits<double>::infinity();
    }

    void find_flattest(const Network& wide, BranchSample& sample) const {
        const Flattest found =
            flattest_of(hessian(data_, wide, execution_), data_.samples(), tolerances_, true);
        sample.counted_nullity = found.counted.zero;
        sample.flattest = found.value();
        if (found.index < 0) return;
        const double* const direction = found.eigen.vectors.row(found.index);
        sample.flattest_direction.assign(direction, direction + wide.parameter_count());
    }

    // Where a null neuron comes near a parent's weights its branch meets the one before, and eigenvalues tend
    // to zero.
    bool away_from_parents(const BranchPoint& point) const {
        constexpr double kNearest = 0.02;  // preactivations (root mean square)
        const Size d = narrow_.inputs;
        std::vector<double> steps;
        for (Size i = 0; i < point.embedding.wide_width(); ++i) {
            if (point.embedding.places[i].role != NeuronRole::null) continue;
            const double* w = point.embedding.weights(i);
            for (Size parent = 0; parent < narrow_.width; ++parent) {
                for (const double sign : {1.0, -1.0}) {
                    if (sign < 0.0 && !set_.shape.mirrored) continue;
                    for (Size j = 0; j < d; ++j) steps.push_back(w[j] - sign * narrow_.weights(parent)[j]);
                }
            }
        }
        if (steps.empty()) return true;
        Matrix rows(static_cast<Size>(steps.size()) / d, d);
        std::copy(steps.begin(), steps.end(), rows.data());
        const std::vector<double> sizes = preactivation_sizes(pulled_, rows, execution_);
        return *std::min_element(sizes.begin(), sizes.end()) >= kNearest;
    }

    static double fall_of(const NetworkReport& report) {
        return report.witness ? std::max(0.0, -report.witness->measured) : 0.0;
    }

    // How many samples of each branch have their spectrum computed: all, but for wide networks with many
    // branches.
    Size spectra() const {
        constexpr double kMostWork = 2e9;  // P^3 of all samples: some seconds
        const double order = static_cast<double>(
            set_.shape.wide_width * (narrow_.inputs + narrow_.output_count) + parameters_beside(narrow_));
        if (order > static_cast<double>(options_.largest_spectrum)) return 0;
        const double branches = static_cast<double>(set_.shape.wide_width - set_.shape.narrow_width + 1);
        return 1 + static_cast<Size>(std::min(1e6, kMostWork / (branches * order * order * order)));
    }

    BranchSample judge(const BranchPoint& point, const Network& given, bool with_spectrum) const {
        const Network wide = embed(narrow_, point.embedding);
        const InputSpace& space = set_.minimal.analysed_space();
        BranchSample sample(classified(given));
        sample.psi_residual = point.psi_residual;
        sample.fall = fall_of(sample.report);
        sample.flattest = std::numeric_limits<double>::quiet_NaN();
        if (with_spectrum) find_flattest(wide, sample);
        if (sample.counted_nullity >= 0)
            sample.counted_nullity +=
                wide.width * set_.shape.unseen + set_.shape.unseen_skip - set_.shape.fitted;
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
    Network shown_;  // the same in the inputs of the data
    std::vector<Buffer<double>> pulls_;
    Dataset pulled_;  // the samples with one target each, whatever the outputs
    PsiZeros zeros_;
    std::vector<BranchPoint> points_;  // of the samples drawn on the branch at hand
};

}  // namespace

void map_branches(const Dataset& given, const Dataset& data, const Tolerances& tolerances,
                  const ReductionTolerances& reduction, const CriticalSetOptions& options,
                  const Execution& execution, CriticalSet& set) {
    Mapper(given, data, tolerances, reduction, options, execution, set).map();
}

}  // namespace tepui
