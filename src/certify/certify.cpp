// The proof, step by step.
#include <algorithm>
#include <cmath>

#include "certify/ball_text.hpp"
#include "certify/certificate.hpp"
#include "certify/existence.hpp"
#include "certify/mpfr_state.hpp"
#include "certify/theorem.hpp"
#include "core/text.hpp"
#include "splitting/inner_hessian.hpp"

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

void require_supported(const Dataset& data, const Analysis& analysis) {
    const Network& network = analysis.network;
    if (!has_balls(network.activation.kind())) BallActivation refused(network.activation.kind());
    if (analysis.scope != AnalysisScope::complete) {
        throw Error(Status::unsupported,
                    "the analysis is of the neurons alone: a certificate needs the verdict on the point");
    }
    if (!data.loss().quadratic())
        throw Error(Status::unsupported, "the data set has the loss " +
                                             std::string(name_of(data.loss().kind())) +
                                             ": certificates are for the squared loss");
    const auto p = static_cast<double>(network.parameter_count());
    if (network.parameter_count() > kCertificateMostParameters ||
        static_cast<double>(data.samples()) * p * p > kCertificateMostProducts) {
        throw Error(Status::unsupported,
                    "the problem has P = " + std::to_string(network.parameter_count()) +
                        " parameters and n = " + std::to_string(data.samples()) +
                        " samples; certificates are for P <= " + std::to_string(kCertificateMostParameters) +
                        " and n P^2 <= " + number_text(kCertificateMostProducts));
    }
}

// Empty: the verdict claims something that a regular Hessian can prove.
std::string nothing_claimed(const PointReport& point) {
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

class Proof {
  public:
    Proof(const Dataset& data, const Analysis& analysis, const Execution& execution)
        : data_(data), analysis_(analysis), execution_(execution), balls_(data, analysis.network, execution) {
        certificate_.precision = kBits;
    }

    Certificate run() {
        const std::string idle = nothing_claimed(analysis_.point);
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
        approximation_ = approximate_hessian(data_, network, execution_);
        if (approximation_.smallest() > kFloor) return true;
        return fail(
            CertificateStep::approximation,
            "the Hessian is singular or nearly so: the smallest eigenvalue of the equilibrated Hessian "
            "is about " +
                number_text(approximation_.smallest()) + ", at least " + number_text(kFloor) +
                " is needed to prove that an isolated stationary point exists (scale symmetries and "
                "flat directions make zero eigenvalues)");
    }

    // Again where the point first reached is so far from the given one that the Hessian there serves the last
    // digits better.
    bool find_centre() {
        const BallVector given = exact_parameters(analysis_.network);
        centre_.theta = given;
        double moved = 0.0, size = 0.0;
        for (int round = 0; round < 2 && (round == 0 || moved > kFar * size); ++round) {
            execution_.report_or_throw("certificate: centre", 0.5 * round);
            if (!approximate_at(rounded(analysis_.network, centre_.theta))) return false;
            size = scaled_size(approximation_, given);
            centre_ = refine(balls_, approximation_, centre_.theta, kEnough * size);
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
        derivatives_.emplace(balls_.derivatives(around.box));
        execution_.report_or_throw("certificate: existence", 0.0);
        const Congruence product = congruence(derivatives_->hessian, approximation_, execution_);
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
        describe_box(around.box);
        execution_.report_or_throw("certificate: Hessian", 0.5);
        certificate_.hessian =
            prove_spectrum(derivatives_->hessian, approximation_, product, kFloor, execution_);
        return judge_point();
    }

    void describe_box(const BallVector& box) {
        certificate_.stationary = true;
        for (const Ball& parameter : box) {
            certificate_.parameters.push_back(decimal(parameter, kDigits));
            certificate_.bounds.push_back({lower_bound(parameter), upper_bound(parameter)});
        }
        certificate_.distance = distance_bound(box, exact_parameters(analysis_.network));
        certificate_.loss = {std::max(0.0, lower_bound(derivatives_->loss)), upper_bound(derivatives_->loss)};
    }

    // Of the stationary point, whatever the analysis claims; then whether that is what it claims.
    bool judge_point() {
        const SpectrumProof& hessian = certificate_.hessian;
        const Verdict claimed =
            analysis_.point.verdict == Verdict::saddle ? Verdict::saddle : Verdict::local_minimum;
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

    void prove_neurons() {
        const Network near = rounded(analysis_.network, centre_.theta);
        const InnerHessians computed = inner_hessians(data_, near, execution_);
        for (Size i = 0; i < near.width; ++i) {
            execution_.report_or_throw("certificate: inner Hessians",
                                       static_cast<double>(i) / static_cast<double>(near.width));
            const std::span<const double> magnitude(computed.magnitude.row(i),
                                                    static_cast<std::size_t>(near.inputs));
            NeuronProof& proof = certificate_.neurons.emplace_back();
            const BallMatrix& inner = derivatives_->inner[i];
            proof.inner = prove_spectrum(inner, magnitude, kFloor, execution_);
            conclude_neuron(certificate_.verdict, analysis_.neurons[i], i, proof);
            if (!proof.complete)
                fail(CertificateStep::inner_hessian,
                     "not everything computed of its splits is proven. " + proof.statement, i);
        }
    }

    static constexpr Size kDigits = 40;

    const Dataset& data_;
    const Analysis& analysis_;
    const Execution& execution_;
    BallNetwork balls_;
    Approximation approximation_;
    Centre centre_;
    std::optional<BallDerivatives> derivatives_;
    Certificate certificate_;
};

}  // namespace

std::string certificate_backend() {
    return std::string("MPFR ").append(mpfr_get_version()).append(", GMP ").append(gmp_version);
}

Certificate certify(const Dataset& data, const Analysis& analysis, const Execution& execution) {
    const MpfrState state;
    require_supported(data, analysis);
    return Proof(data, analysis, execution).run();
}

}  // namespace tepui
