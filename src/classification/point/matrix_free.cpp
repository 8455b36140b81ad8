// Indefinite inner Hessians proven by products H_i v alone (MATH.md section 10): a Krylov subspace for every
// neuron, all of them extended in one pass over the samples, until each holds a Ritz value of either sign
// beyond its error. What resists is left to those who form the matrices.
#include <cmath>

#include "classification/point/cost_model.hpp"
#include "classification/point/neuron_spectra.hpp"
#include "classification/point/scouting.hpp"
#include "classification/spectrum/ritz_subspace.hpp"
#include "core/random.hpp"
#include "network/model/evaluable.hpp"
#include "splitting/inner_hessian_vectors.hpp"

namespace tepui {
namespace {

constexpr Size kMaxSteps = 16;
constexpr double kClearMargin = 2.0;  // as SpectralReport::clear asks
constexpr double kConverged =
    0.03;                          // an end whose residual is that part of its value does not change its sign
constexpr Size kSizeSample = 256;  // samples whose inputs tell the size of each input
constexpr std::uint64_t kStartSeed = 0x1D7E;

// Each input's root mean square over some samples evenly spread; where all are zero, the largest of the
// others.
std::vector<double> input_sizes(const Dataset& data) {
    const Size d = data.inputs();
    const Size count = std::min(kSizeSample, data.samples());
    std::vector<double> squares(d, 0.0), x(squares);
    for (Size k = 0; k < count; ++k) {
        data.sample(data.samples() / count * k, x.data());
        for (Size j = 0; j < d; ++j) squares[j] += x[j] * x[j];
    }
    double largest = 0.0;
    for (const double square : squares) largest = std::max(largest, square);
    for (double& square : squares) {
        square = std::sqrt((square > 0.0 ? square : largest) / static_cast<double>(count));
        if (!(square > 0.0)) square = 1.0;
    }
    return squares;
}

// One neuron on its way to a proof, in the coordinates of D H D.
struct Attempt {
    Attempt(Size neuron_, Size inputs) : neuron(neuron_), subspace(inputs, kMaxSteps) {}
    Size neuron;
    RitzSubspace subspace;
    std::vector<double> scale;
    double rounding = 0.0;  // the part of tau that is rounding of the sums
    double tau = 0.0;
    bool proven = false;
    bool given_up = false;
};

class Prover {
  public:
    Prover(const PointOnData& context, bool thrifty)
        : context_(context), thrifty_(thrifty), d_(context.network().inputs) {
        attempts_.reserve(context.network().width);
        for (Size i = 0; i < context.network().width; ++i) attempts_.emplace_back(i, d_);
    }

    void run() {
        start();
        for (Size step = 1; step < kMaxSteps; ++step) {
            context_.execution().report_or_throw("proving indefiniteness",
                                                 static_cast<double>(step) / static_cast<double>(kMaxSteps));
            if (!extend()) break;
        }
        if (context_.uncertainty().corrected_failed) {
            for (Attempt& attempt : attempts_) attempt.proven = false;
        } else if (context_.uncertainty().corrected) {
            allow_for_correction();
        }
    }

    std::vector<std::optional<SpectralReport>> reports() const {
        std::vector<std::optional<SpectralReport>> all(attempts_.size());
        for (std::size_t i = 0; i < attempts_.size(); ++i) {
            if (attempts_[i].proven) all[i] = report(attempts_[i]);
        }
        return all;
    }

  private:
    // The first directions serve the same pass that gives the magnitudes: those that some of the samples
    // point out or, where there are too few of them, one drawn in units of the inputs.
    void start() {
        const Size m = context_.network().width;
        std::vector<ScoutedDirections> scouted;
        if (scout_samples(context_.data().samples(), d_) > 0)
            scouted = scout(context_.data(), context_.network(), context_.execution());
        std::vector<Size> neurons;
        std::vector<std::vector<double>> first;
        if (scouted.empty()) {
            first = drawn_directions(neurons);
        } else {
            for (Size i = 0; i < m; ++i) {
                attempts_[i].given_up = scouted[i].negative.empty();
                if (attempts_[i].given_up) continue;
                neurons.insert(neurons.end(), 2, i);
                first.push_back(std::move(scouted[i].negative));
                first.push_back(std::move(scouted[i].positive));
            }
        }
        if (first.empty()) return;
        Matrix directions(static_cast<Size>(first.size()), d_);
        for (std::size_t q = 0; q < first.size(); ++q)
            std::copy(first[q].begin(), first[q].end(), directions.row(static_cast<Size>(q)));
        InnerHessianVectorSum products(neurons, directions);
        InnerMagnitudeSum magnitudes(m, d_);
        run_pass(context_.data(), context_.network(), context_.execution(), products, magnitudes);
        const Matrix images = products.finish();
        const Matrix terms = magnitudes.finish();
        for (std::size_t q = 0; q < first.size(); ++q) {
            Attempt& attempt = attempts_[neurons[q]];
            const bool second = q > 0 && neurons[q - 1] == neurons[q];
            if (!second) set_scale(attempt, {terms.row(attempt.neuron), static_cast<std::size_t>(d_)});
            begin(attempt, terms.row(attempt.neuron), directions.row(static_cast<Size>(q)),
                  images.row(static_cast<Size>(q)));
        }
    }

    std::vector<std::vector<double>> drawn_directions(std::vector<Size>& neurons) const {
        const std::vector<double> size = input_sizes(context_.data());
        std::vector<std::vector<double>> drawn;
        for (Size i = 0; i < context_.network().width; ++i) {
            Random random(kStartSeed, static_cast<std::uint64_t>(i));
            std::vector<double> direction(d_);
            for (Size j = 0; j < d_; ++j) direction[j] = random.normal() / size[j];
            drawn.push_back(std::move(direction));
            neurons.push_back(i);
        }
        return drawn;
    }

    // v = D u: rows without terms are exactly zero and stay out.
    void begin(Attempt& attempt, const double* terms, const double* direction, const double* product) const {
        std::vector<double> u(d_), image(u);
        for (Size j = 0; j < d_; ++j) {
            if (!(terms[j] > 0.0)) continue;
            u[j] = direction[j] / attempt.scale[j];
            image[j] = attempt.scale[j] * product[j];
        }
        if (attempt.subspace.size() == 0) {
            attempt.given_up = !(largest(u) > 0.0);
            if (!attempt.given_up) advance(attempt, u.data(), image.data());
        } else if (attempt.subspace.make_orthogonal(u, image)) {
            // Its image has the errors of two: less than twice that of one (make_orthogonal).
            attempt.rounding *= 2.0;
            advance(attempt, u.data(), image.data());
        }
    }

    static double largest(const std::vector<double>& u) {
        double size = 0.0;
        for (const double component : u) size = std::max(size, std::abs(component));
        return size;
    }

    void set_scale(Attempt& attempt, std::span<const double> terms) const {
        Equilibration scaling;
        scaling.magnitude.assign(terms.begin(), terms.end());
        scaling.scale = powers_of_two_scaling(terms);
        attempt.rounding =
            thresholds(scaling, context_.data().samples(), 0.0, 0.0, context_.tolerances().rounding_factor)
                .tau;
        attempt.scale = std::move(scaling.scale);
    }

    void advance(Attempt& attempt, const double* u, const double* image) const {
        RitzSubspace& subspace = attempt.subspace;
        subspace.extend(u, image);
        // Each product is off by at most the rounding of a formed matrix, |D T D|'s trace times rounding; a
        // Ritz value combines `size` of them with coefficients of unit norm, whose sum is at most sqrt(size).
        attempt.tau = attempt.rounding * std::sqrt(static_cast<double>(subspace.size()));
        const double limit = kClearMargin * attempt.tau;
        const bool negative = subspace.lowest() < -limit;
        const bool positive = subspace.highest() > limit;
        attempt.proven = negative && positive;
        if (attempt.proven || subspace.size() < 3) return;
        // A definite matrix shows as an end that has come to rest on the wrong side of zero.
        const double end = negative ? subspace.highest() : subspace.lowest();
        attempt.given_up = subspace.residual(negative) <= kConverged * std::abs(end);
    }

    Size unsettled() const {
        Size count = 0;
        for (const Attempt& attempt : attempts_) count += attempt.proven || attempt.given_up ? 0 : 1;
        return count;
    }

    // One more direction for every neuron that needs it; false when none does, or so few that they are
    // better formed.
    bool extend() {
        if (thrifty_ &&
            !more_products_pay(context_.data().samples(), context_.network().width, d_, unsettled()))
            return false;
        std::vector<Attempt*> open;
        std::vector<Size> neurons;
        std::vector<std::vector<double>> next;
        for (Attempt& attempt : attempts_) {
            if (attempt.proven || attempt.given_up) continue;
            std::vector<double> u(d_);
            if (attempt.subspace.size() == kMaxSteps || !attempt.subspace.next(u.data())) {
                attempt.given_up = true;
                continue;
            }
            open.push_back(&attempt);
            neurons.push_back(attempt.neuron);
            next.push_back(std::move(u));
        }
        if (open.empty()) return false;
        Matrix directions(static_cast<Size>(open.size()), d_);
        for (std::size_t q = 0; q < open.size(); ++q) {
            for (Size j = 0; j < d_; ++j)
                directions(static_cast<Size>(q), j) = open[q]->scale[j] * next[q][j];
        }
        Matrix images = inner_hessian_vectors(context_.data(), context_.network(), neurons, directions,
                                              context_.execution());
        for (std::size_t q = 0; q < open.size(); ++q) {
            double* image = images.row(static_cast<Size>(q));
            for (Size j = 0; j < d_; ++j) image[j] *= open[q]->scale[j];
            advance(*open[q], next[q].data(), image);
        }
        return true;
    }

    // The quotients at the corrected point, one Newton step away: how far they move is not known to rounding.
    void allow_for_correction() {
        std::vector<Attempt*> proven;
        std::vector<Size> neurons;
        for (Attempt& attempt : attempts_) {
            if (!attempt.proven) continue;
            proven.push_back(&attempt);
            neurons.insert(neurons.end(), 2, attempt.neuron);
        }
        if (proven.empty()) return;
        Matrix directions(static_cast<Size>(neurons.size()), d_);
        for (std::size_t q = 0; q < neurons.size(); ++q) {
            const Attempt& attempt = *proven[q / 2];
            const std::vector<double> u = attempt.subspace.vector(q % 2 == 1);
            for (Size j = 0; j < d_; ++j) directions(static_cast<Size>(q), j) = attempt.scale[j] * u[j];
        }
        Matrix images(0, 0);
        try {
            images = inner_hessian_vectors(context_.data(), *context_.uncertainty().corrected, neurons,
                                           directions, context_.execution());
        } catch (const Error& error) {
            if (!cannot_evaluate(error)) throw;
            for (Attempt* attempt : proven) attempt->proven = false;
            return;
        }
        for (std::size_t p = 0; p < proven.size(); ++p) {
            Attempt& attempt = *proven[p];
            double moved = 0.0;
            for (Size end = 0; end < 2; ++end) {
                const Size row = 2 * static_cast<Size>(p) + end;
                double quotient = 0.0;
                for (Size j = 0; j < d_; ++j) quotient += directions(row, j) * images(row, j);
                const double here = end == 1 ? attempt.subspace.highest() : attempt.subspace.lowest();
                moved = std::max(moved, std::abs(quotient - here));
            }
            attempt.tau += context_.tolerances().rounding_factor * moved;
            attempt.proven = attempt.subspace.lowest() < -kClearMargin * attempt.tau &&
                             attempt.subspace.highest() > kClearMargin * attempt.tau;
        }
    }

    SpectralReport report(const Attempt& attempt) const {
        SpectralReport result;
        result.method = NeuronMethod::matrix_free;
        result.counted = false;
        result.inertia = {1, 0, 1};
        result.tau = attempt.tau;
        const double low = attempt.subspace.lowest(), high = attempt.subspace.highest();
        result.margin = std::min(-low, high) / attempt.tau;
        map_direction(attempt.scale, attempt.subspace.vector(false).data(), low, result.v_negative,
                      result.curvature_negative);
        map_direction(attempt.scale, attempt.subspace.vector(true).data(), high, result.v_positive,
                      result.curvature_positive);
        result.lambda_min = result.curvature_negative;
        result.lambda_max = result.curvature_positive;
        return result;
    }

    const PointOnData& context_;
    bool thrifty_;
    Size d_;
    std::vector<Attempt> attempts_;
};

}  // namespace

std::vector<std::optional<SpectralReport>> matrix_free_reports(const PointOnData& context, bool thrifty) {
    Prover prover(context, thrifty);
    prover.run();
    return prover.reports();
}

}  // namespace tepui
