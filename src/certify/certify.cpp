// The proof, step by step.
#include <algorithm>
#include <cmath>

#include "certify/ball_text.hpp"
#include "certify/certificate.hpp"
#include "certify/existence.hpp"
#include "certify/mpfr_state.hpp"
#include "certify/theorem.hpp"
#include "classification/layer/layer_sums.hpp"
#include "core/text.hpp"

namespace tepui {
namespace {

using namespace balls;

// Eigenvalues of D A D at or below this prove nothing. Theirs is a sign that the last digits of the data
// decide: true of exactly these doubles perhaps, but not of the problem that they stand for.
constexpr double kFloor = 0x1p-34;
// A stationary point further away, as a part of the parameters' scaled size, is not the one given.
constexpr double kNearness = 1e-6;
// Parts of that size: a centre as close to the stationary point as this will do; a Hessian that much further
// away is taken again.
constexpr double kEnough = 0x1p-76;
constexpr double kFar = 1e-12;

void require_size(const Dataset& data, const Network& network) {
    const auto p = static_cast<double>(network.parameter_count());
    const auto k = static_cast<double>(network.output_count);
    if (network.parameter_count() > kCertificateMostParameters ||
        static_cast<double>(data.samples()) * k * p * p > kCertificateMostProducts) {
        throw Error(Status::unsupported,
                    "the problem has P = " + std::to_string(network.parameter_count()) +
                        " parameters, n = " + std::to_string(data.samples()) +
                        " samples and K = " + std::to_string(network.output_count) +
                        " outputs; certificates are for P <= " + std::to_string(kCertificateMostParameters) +
                        " and n K P^2 <= " + number_text(kCertificateMostProducts));
    }
}

// Empty: the verdict claims something that a regular Hessian can prove.
std::string nothing_claimed(const Claim& point) {
    if (point.least)
        return "the computed loss is zero, or the least that can be reached: the theorems on splits are for "
               "other "
               "stationary points";
    if (point.verdict == Verdict::not_stationary)
        return "the computed gradient is not zero: max |gradient| is " +
               number_text(point.gradient_relative) + " of its terms, at most " +
               number_text(point.stationarity_tolerance) + " is expected";
    if (point.verdict == Verdict::undetermined)
        return "the computed verdict is undetermined: the Hessian is singular as far as doubles can tell";
    return "";
}

std::string motions_text(const Slice& slice) {
    std::string text;
    const auto add = [&](bool held, const char* motion) {
        if (held) text += (text.empty() ? "" : " or ") + std::string(motion);
    };
    add(slice.shifts(), "one number is added to the coefficients of a feature in all outputs");
    add(slice.exchanges(), "an output bias is exchanged for a skip connection of a constant input");
    add(slice.scales(), "the hidden weights of a homogeneous neuron grow while its output weights shrink");
    add(slice.moves_exp(),
        "the weight of a constant input of an exp neuron grows while its output weights shrink");
    add(slice.turns(), "square neurons are turned into one another");
    return text;
}

class Proof {
  public:
    Proof(const Dataset& data, const Claim& claim, const Execution& execution)
        : data_(data),
          claim_(claim),
          execution_(execution),
          balls_(data, claim.network, execution),
          slice_(data, claim.network) {
        certificate_.precision = kBits;
        certificate_.held = slice_.held();
        certificate_.motions = motions_text(slice_);
    }

    Certificate run() {
        const std::string idle = nothing_claimed(claim_);
        if (!idle.empty()) {
            fail(CertificateStep::claim, idle);
        } else if (find_centre() && prove_point()) {
            prove_neurons();
        }
        certificate_.complete = certificate_.failed == CertificateStep::none;
        return std::move(certificate_);
    }

  private:
    bool fail(CertificateStep step, const std::string& reason, Size neuron = -1) {
        if (certificate_.failed != CertificateStep::none) return false;
        certificate_.failed = step;
        certificate_.reason = reason;
        certificate_.failed_neuron = neuron;
        return false;
    }

    bool approximate_at(const Network& network) {
        if (slice_.free().empty())
            return fail(CertificateStep::approximation, "the loss depends on no parameter");
        approximation_ = approximate_hessian(data_, network, slice_, execution_);
        if (approximation_.smallest() > kFloor) return true;
        return fail(
            CertificateStep::approximation,
            "the Hessian is singular or nearly so: the smallest eigenvalue of the equilibrated Hessian "
            "is about " +
                number_text(approximation_.smallest()) + ", at least " + number_text(kFloor) +
                " is needed to prove that an isolated stationary point exists (" + what_is_flat(network) +
                ")");
    }
    std::string what_is_flat(const Network& network) const {
        const Size open = gauge_dimension(data_, network) - static_cast<Size>(slice_.held().size());
        if (open <= 0) return "scale symmetries and flat directions make zero eigenvalues";
        return "the loss never changes along " + std::to_string(open) +
               " curves or lines that no held parameter cuts: rotations of square neurons with dependent "
               "weights or of linear ones, shifts of exp and output biases where a constant is a sum of "
               "inputs to rounding alone";
    }

    // Again where the point first reached is so far from the given one that the Hessian there serves the last
    // digits better.
    bool find_centre() {
        const BallVector given = slice_.of(slice_.given());
        centre_.theta = given;
        double moved = 0.0, size = 0.0;
        for (int round = 0; round < 2 && (round == 0 || moved > kFar * size); ++round) {
            execution_.report_or_throw("certificate: centre", 0.5 * round);
            if (!approximate_at(near())) return false;
            size = scaled_size(approximation_, given);
            centre_ = refine(balls_, slice_, approximation_, centre_.theta, kEnough * size);
            moved = scaled_distance(approximation_, centre_.theta, given);
        }
        const double open = centre_.residual * std::sqrt(static_cast<double>(given.size()));
        if (moved + open <= kNearness * size) return true;
        return fail(
            CertificateStep::approximation,
            "no stationary point was found near the given one: Newton's iteration moved the parameters by " +
                number_text(moved / size) + " of their size and would move them by " +
                number_text(open / size) + " more; together at most " + number_text(kNearness) +
                " is accepted");
    }

    bool prove_point() {
        const Neighbourhood around = neighbourhood(centre_, approximation_);
        box_ = slice_.whole(around.box);
        if (!slice_.cuts(box_))
            return fail(CertificateStep::existence,
                        "the weights of the square neurons are dependent somewhere in the box: what is held "
                        "may not cut their turns into one another");
        derivatives_.emplace(balls_.derivatives(box_));
        const BallMatrix hessian = slice_.of(derivatives_->hessian);
        execution_.report_or_throw("certificate: existence", 0.0);
        const Congruence product = congruence(hessian, approximation_, execution_);
        const Existence exists = existence(centre_, around, approximation_, product);
        certificate_.residual = centre_.residual;
        certificate_.radius = around.radius;
        certificate_.contraction = exists.contraction;
        if (!exists.proven) {
            return fail(CertificateStep::existence,
                        "the Newton map is not proven to contract the box around the point: factor " +
                            number_text(exists.contraction) + " (below 1 is needed), step at the centre " +
                            number_text(centre_.residual) + " in a box of radius " +
                            number_text(around.radius));
        }
        describe_box();
        execution_.report_or_throw("certificate: Hessian", 0.5);
        certificate_.hessian = prove_spectrum(hessian, approximation_, product, kFloor, execution_);
        return judge_point();
    }

    // The doubles nearest to the centre.
    Network near() const { return rounded(claim_.network, slice_.whole(centre_.theta)); }

    void describe_box() {
        certificate_.stationary = true;
        for (const Ball& parameter : box_) {
            certificate_.parameters.push_back(decimal(parameter, kDigits));
            certificate_.bounds.push_back({lower_bound(parameter), upper_bound(parameter)});
        }
        certificate_.distance = distance_bound(box_, slice_.given());
        certificate_.loss = {std::max(0.0, lower_bound(derivatives_->loss)), upper_bound(derivatives_->loss)};
    }

    // Of the stationary point, whatever is claimed; then whether that is what is.
    bool judge_point() {
        const SpectrumProof& hessian = certificate_.hessian;
        const Verdict claimed = claim_.verdict == Verdict::saddle ? Verdict::saddle : Verdict::local_minimum;
        if (hessian.all()) certificate_.morse_index = hessian.negative;
        if (hessian.positive == hessian.order) certificate_.verdict = Verdict::local_minimum;
        if (hessian.negative > 0) certificate_.verdict = Verdict::saddle;
        certificate_.statement = point_statement(certificate_);
        if (certificate_.verdict != claimed) {
            return fail(CertificateStep::hessian,
                        "the computed verdict is " +
                            std::string(claimed == Verdict::saddle ? "saddle" : "local minimum") +
                            ", but of the Hessian's " + std::to_string(hessian.order) + " eigenvalues " +
                            std::to_string(hessian.positive) + " are proven positive and " +
                            std::to_string(hessian.negative) + " negative");
        }
        if (certificate_.loss.lower > 0.0) return true;
        return fail(CertificateStep::loss,
                    "the loss is not proven to be positive: it is in " + interval_text(certificate_.loss));
    }

    // Under weight decay no split is stationary, and nothing is claimed of any.
    void prove_neurons() {
        const auto width = static_cast<Size>(claim_.neurons.size());
        if (width == 0 || !data_.decay().none()) return;
        const LayerSums computed = layer_sums(data_, near(), 0, width, execution_);
        for (Size i = 0; i < width; ++i) {
            execution_.report_or_throw("certificate: inner Hessians",
                                       static_cast<double>(i) / static_cast<double>(width));
            const NeuronSums& sums = computed.neurons[i];
            NeuronProof& proof = certificate_.neurons.emplace_back();
            prove_inner(i, sums.inner_terms, proof);
            proof.slopes = slopes_at_least(derivatives_->slopes[i], sums.slope_terms);
            proof.slopes_vanish = slopes_vanish(i);
            conclude_neuron(certificate_.verdict, claim_.neurons[i], i, proof);
            if (!proof.complete)
                fail(CertificateStep::inner_hessian,
                     "not everything computed of its splits is proven. " + proof.statement, i);
        }
    }

    // Along the neuron's own symmetry H_i is zero: H_i w_i = (p - 1) Psi_i a_i, or H_i e = Psi_i a_i; of
    // square neurons H_i w_l = 0 for all of them. Where the input is held its weight or its entry of e is not
    // zero, or these vectors are independent on those held, and the block of the others has the other signs.
    void prove_inner(Size i, const std::vector<double>& terms, NeuronProof& proof) {
        const BallMatrix& inner = derivatives_->inner[i];
        const std::vector<Size>& held = slice_.held_inputs(i);
        if (held.empty()) {
            proof.inner = prove_spectrum(inner, terms, kFloor, execution_);
            return;
        }
        proof.across_symmetry = true;
        std::vector<Size> others;
        std::vector<double> of_others;
        for (Size j = 0; j < inner.rows(); ++j) {
            if (std::find(held.begin(), held.end(), j) != held.end()) continue;
            others.push_back(j);
            of_others.push_back(terms[static_cast<std::size_t>(j)]);
        }
        if (!others.empty())  // else H_i is zero
            proof.inner = prove_spectrum(block(inner, others), of_others, kFloor, execution_);
    }

    // Of the largest entry; one that is small beside its terms proves nothing, as a small eigenvalue does.
    static double slopes_at_least(const BallMatrix& slopes, const Matrix& terms) {
        double most = 0.0;
        for (Size j = 0; j < slopes.rows(); ++j) {
            for (Size o = 0; o < slopes.cols(); ++o) {
                const double least = lower_bound(absolute(slopes(j, o)));
                if (least > kFloor * terms(j, o)) most = std::max(most, least);
            }
        }
        return most;
    }

    // Psi_i a_i = 0 at the stationary point, and Psi_i (1, .., 1) under a softmax: that is all of R^K for one
    // output and for two classes, where a_i is not zero, or (1, 1).
    bool slopes_vanish(Size i) const {
        const Layout& layout = claim_.network;
        const bool shifts = data_.loss().shift_invariant();
        const Ball& a = box_[layout.coefficient(i, 0)];
        if (layout.output_count == 1) return !shifts && sign(a) != 0;
        return layout.output_count == 2 && shifts && sign(a - box_[layout.coefficient(i, 1)]) != 0;
    }

    static constexpr Size kDigits = 40;

    const Dataset& data_;
    const Claim& claim_;
    const Execution& execution_;
    BallNetwork balls_;
    Slice slice_;
    Approximation approximation_;
    Centre centre_;
    BallVector box_;  // all parameters
    std::optional<BallDerivatives> derivatives_;
    Certificate certificate_;
};

}  // namespace

std::string certificate_backend() {
    return std::string("MPFR ").append(mpfr_get_version()).append(", GMP ").append(gmp_version);
}

Certificate certify(const Dataset& data, const Claim& claim, const Execution& execution) {
    const MpfrState state;
    require_size(data, claim.network);
    return Proof(data, claim, execution).run();
}

}  // namespace tepui
