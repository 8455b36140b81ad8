#include "classification/spectrum/hessian_search.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include "classification/spectrum/block_scaling.hpp"
#include "core/euclidean.hpp"
#include "core/random.hpp"
#include "core/rounding.hpp"
#include "linalg/lanczos_process.hpp"
#include "network/derivatives/curvature.hpp"
#include "network/derivatives/hessian_vector.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

constexpr Size kMaxSteps = 1200;
constexpr Size kMinSteps = 60;
constexpr Size kBasisBytes = Size{1} << 30;  // of the vectors that a process keeps; steps are cut to it
constexpr Size kPolishingSteps = 8;  // after a proof, for a direction along which the loss falls further
constexpr Size kNewtonSteps = 60;    // at most; the step is a measure of distance, not a solution
constexpr double kNewtonAccuracy = 0.03;
constexpr Size kDifferenceSteps = 6;  // for the norm of a difference
constexpr double kMiss = 1e-9;        // probability of a miss that ends the search
constexpr double kConverged = 0.3;    // residual beside the Ritz value
constexpr double kClearMargin = 2.0;  // as SpectralReport::clear asks
constexpr std::uint64_t kStartSeed = 0x5EA2C4;

std::span<double> row_of(Matrix& matrix, Size row) {
    return {matrix.row(row), static_cast<std::size_t>(matrix.cols())};
}

std::vector<Motion> in_coordinates(const BlockScaling& scaling, const std::vector<Motion>& motions) {
    std::vector<Motion> found;
    for (const Motion& motion : motions) found.push_back(scaling.coordinates(motion));
    return found;
}

class Search {
  public:
    Search(const Dataset& data, const Network& network, const Gradient& gradient,
           const Tolerances& tolerances, const Execution& execution, const std::vector<Motion>& still)
        : data_(data),
          network_(network),
          tolerances_(tolerances),
          execution_(execution),
          size_(network.parameter_count()),
          max_steps_(
              std::clamp(kBasisBytes / static_cast<Size>(sizeof(double)) / size_, kMinSteps, kMaxSteps)),
          scaling_(hessian_blocks(data, network, execution), network, execution.threads),
          still_(in_coordinates(scaling_, still)) {
        std::vector<double> start = random_start(0);
        idle_point_ = order() == 0;
        if (!idle_point_) process_.emplace(start, execution.threads);
        to_coordinates(gradient.value, start);
        if (!idle_point_ && norm_of(start) > 0.0) newton_.emplace(start, execution.threads);
        result_.uncertainty.residual = relative_residual_error(gradient.loss);
    }

    HessianSearch run() {
        if (idle_point_) {
            report_idle();
            return std::move(result_);
        }
        bool searching = true, approaching = newton_.has_value();
        for (Size step = 0; searching || approaching; ++step) {
            execution_.report_or_throw(
                "products with the Hessian",
                std::min(1.0, static_cast<double>(step) / static_cast<double>(max_steps_)));
            std::vector<linalg::LanczosProcess*> active;
            if (searching) active.push_back(&*process_);
            if (approaching) active.push_back(&*newton_);
            const std::vector<bool> more = extend(network_, active);
            if (approaching) approaching = more.back() && !near_enough();
            if (searching) searching = more.front() && !settled();
        }
        correct();
        report();
        return std::move(result_);
    }

  private:
    // Dimension of the space that is searched.
    Size order() const { return size_ - scaling_.idle() - still_.dimension(); }
    std::vector<double> random_start(std::uint64_t stream) const {
        std::vector<double> start(size_);
        Random random(kStartSeed, stream);
        for (double& x : start) x = random.normal();
        scaling_.drop_idle(start);
        still_.remove(start);
        return start;
    }
    void to_coordinates(std::span<const double> g, std::span<double> q) const {
        scaling_.from_parameters(g, q);
        still_.remove(q);
    }

    // One more product for each process, all in one pass.
    std::vector<bool> extend(const Network& at, const std::vector<linalg::LanczosProcess*>& processes) {
        Matrix images = products(at, processes);
        std::vector<bool> more;
        for (std::size_t q = 0; q < processes.size(); ++q)
            more.push_back(processes[q]->advance(row_of(images, static_cast<Size>(q))));
        return more;
    }

    Matrix products(const Network& at, const std::vector<linalg::LanczosProcess*>& processes) {
        Matrix directions(static_cast<Size>(processes.size()), size_);
        for (std::size_t q = 0; q < processes.size(); ++q)
            scaling_.to_parameters(processes[q]->direction(), row_of(directions, static_cast<Size>(q)));
        Matrix images = hessian_vectors(data_, at, directions, execution_);
        for (Size q = 0; q < images.rows(); ++q) to_coordinates(row_of(images, q), row_of(images, q));
        result_.evidence.products += images.rows();
        return images;
    }

    // ---- The Newton step ----

    bool near_enough() const {
        if (newton_->steps() >= kNewtonSteps) return true;
        return newton_->solution_residual(newton_->solution(newton_zero())) <= kNewtonAccuracy;
    }
    double newton_zero() const {
        const double size = std::max(std::abs(newton_->highest().value), std::abs(newton_->lowest().value));
        return std::max(bound_, 64.0 * kEps * size);
    }

    // ---- The lower end of the spectrum ----

    Curvature measure(const linalg::LanczosProcess::End& end, Matrix& direction) {
        const std::vector<double> x = process_->vector(end.coordinates);
        direction = Matrix(1, size_);
        scaling_.to_parameters(x, row_of(direction, 0));
        return curvatures(data_, network_, direction, execution_).front();
    }

    // True when the search may end.
    bool settled() {
        const Size steps = process_->steps();
        if (proven_ > 0 && steps >= proven_ + kPolishingSteps) return true;
        if (steps >= max_steps_) return true;
        const linalg::LanczosProcess::End low = process_->lowest();
        if (low.value < 0.0 && proven_ == 0) {
            if (steps < next_proof_) return false;
            Matrix direction;
            const Curvature found = measure(low, direction);
            bound_ = tolerances_.rounding_factor * found.error;
            if (found.value < -kClearMargin * bound_) proven_ = steps;
            next_proof_ = steps + 1 + steps / 4;
            return false;
        }
        if (proven_ > 0 || steps < next_check_ || low.residual > kConverged * low.value) return false;
        if (miss_probability(bound_) > kMiss && low.value > bound_) return false;
        next_check_ = steps + 4 + steps / 8;
        Matrix direction;
        bound_ = tolerances_.rounding_factor * measure(low, direction).error;
        return low.value <= bound_ || miss_probability(bound_) <= kMiss;
    }

    // An eigenvector at or below x has at most 1 / p(x) of the start vector, rounding of the process aside;
    // a component of a random unit vector is that small with probability sqrt(2 P / pi) / p(x) at most.
    double miss_probability(double x) const {
        const double rounding = static_cast<double>(process_->steps()) * kEps;
        const double component = std::exp(-process_->log_polynomial(x)) + rounding;
        return std::min(1.0, std::sqrt(2.0 * static_cast<double>(order()) / std::numbers::pi) * component);
    }

    // ---- What is known in the end ----

    void correct() {
        if (!newton_) return;
        Uncertainty& uncertainty = result_.uncertainty;
        uncertainty.step.resize(size_);
        scaling_.to_parameters(newton_->combination(newton_->solution(newton_zero())), uncertainty.step);
        Network corrected = network_;
        for (Size p = 0; p < size_; ++p) corrected.parameters[p] -= uncertainty.step[p];
        if (corrected.parameters == network_.parameters) {
            uncertainty.step.clear();
            return;
        }
        uncertainty.corrected = std::move(corrected);
    }

    // How far the quotient of one direction, and the scaled Hessian as a whole, move with the point.
    double moved(const Matrix& direction, double here, bool whole) {
        Uncertainty& uncertainty = result_.uncertainty;
        if (!uncertainty.corrected) return 0.0;
        try {
            const Network& there = *uncertainty.corrected;
            double most = std::abs(curvatures(data_, there, direction, execution_).front().value - here);
            return whole ? std::max(most, norm_of_difference(there)) : most;
        } catch (const Error& error) {
            if (!cannot_evaluate(error)) throw;
            uncertainty.corrected_failed = true;
            uncertainty.corrected.reset();
            uncertainty.step.clear();
            return std::numeric_limits<double>::infinity();
        }
    }

    double norm_of_difference(const Network& there) {
        linalg::LanczosProcess process(random_start(1), execution_.threads);
        for (bool more = true; more && process.steps() < kDifferenceSteps;) {
            const Matrix here = products(network_, {&process});
            Matrix image = products(there, {&process});
            for (Size p = 0; p < size_; ++p) image(0, p) -= here(0, p);
            more = process.advance(row_of(image, 0));
        }
        const linalg::LanczosProcess::End low = process.lowest(), high = process.highest();
        return std::max(std::abs(low.value) + low.residual, std::abs(high.value) + high.residual);
    }

    void report() {
        SpectralReport& spectrum = result_.spectrum;
        HessianEvidence& evidence = result_.evidence;
        spectrum.method = NeuronMethod::matrix_free;
        spectrum.counted = false;
        spectrum.inertia = {0, scaling_.idle(), 0};
        const linalg::LanczosProcess::End low = process_->lowest(), high = process_->highest();
        Matrix direction;
        const Curvature lowest = measure(low, direction);
        evidence.ritz = lowest.value;
        evidence.residual = residual_of(direction, low, lowest.value);
        const bool negative = lowest.value < 0.0;
        evidence.tau =
            tolerances_.rounding_factor * (lowest.error + moved(direction, lowest.value, !negative));
        evidence.miss_probability = miss_probability(evidence.tau);
        spectrum.tau = evidence.tau;
        describe(direction, lowest.value, spectrum.v_negative, spectrum.curvature_negative);
        spectrum.lambda_min = spectrum.curvature_negative;
        const double sure = std::abs(lowest.value) - (negative ? 0.0 : evidence.residual);
        spectrum.margin = sure > 0.0 && evidence.tau > 0.0 ? sure / evidence.tau : 0.0;
        if (negative && lowest.value < -evidence.tau) {
            spectrum.inertia.negative = 1;
        } else {
            spectrum.v_negative.clear();
            spectrum.curvature_negative = 0.0;
            if (!(sure > evidence.tau) || negative || evidence.miss_probability > kMiss)
                ++spectrum.inertia.zero;
        }
        const Curvature highest = measure(high, direction);
        describe(direction, highest.value, spectrum.v_positive, spectrum.curvature_positive);
        spectrum.lambda_max = spectrum.curvature_positive;
        if (highest.value > tolerances_.rounding_factor * highest.error) {
            spectrum.inertia.positive = 1;
        } else {
            spectrum.v_positive.clear();
            spectrum.curvature_positive = 0.0;
        }
    }

    void describe(const Matrix& direction, double value, std::vector<double>& v, double& curvature) const {
        v.assign(direction.row(0), direction.row(0) + size_);
        const double length = norm_of(v);
        for (double& x : v) x /= length;
        curvature = value / length / length;
    }

    // By a product of its own, with everything that rounding did to the recurrence.
    double residual_of(const Matrix& direction, const linalg::LanczosProcess::End& end, double value) {
        const std::vector<double> x = process_->vector(end.coordinates);
        Matrix image = hessian_vectors(data_, network_, direction, execution_);
        ++result_.evidence.products;
        to_coordinates(row_of(image, 0), row_of(image, 0));
        for (Size p = 0; p < size_; ++p) image(0, p) -= value * x[p];
        return norm_of(row_of(image, 0));
    }

    // No parameter matters: the Hessian is zero.
    void report_idle() {
        result_.spectrum.method = NeuronMethod::matrix_free;
        result_.spectrum.inertia = {0, size_, 0};
        result_.evidence.miss_probability = 0.0;
    }

    const Dataset& data_;
    const Network& network_;
    const Tolerances& tolerances_;
    const Execution& execution_;
    Size size_, max_steps_;
    BlockScaling scaling_;
    StillMotions still_;
    bool idle_point_ = false;
    std::optional<linalg::LanczosProcess> process_, newton_;
    double bound_ = 0.0;  // on the error of the lowest Ritz value, as last measured
    Size proven_ = 0;     // steps after which a negative direction was proven
    Size next_proof_ = 0, next_check_ = 4;
    HessianSearch result_;
};

}  // namespace

HessianSearch search_hessian(const Dataset& data, const Network& network, const Gradient& gradient,
                             const Tolerances& tolerances, const Execution& execution,
                             const std::vector<Motion>& still) {
    return Search(data, network, gradient, tolerances, execution, still).run();
}

}  // namespace tepui
