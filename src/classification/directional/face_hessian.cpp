#include "classification/directional/face_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "classification/directional/face_space.hpp"
#include "classification/directional/generic_rank.hpp"
#include "classification/directional/kinked_move.hpp"
#include "classification/directional/seen_outputs.hpp"
#include "classification/directional/turns.hpp"
#include "classification/point/cost_model.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "network/derivatives/objective.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

// The point put on the faces and corrected by one Newton step there.
Network corrected(const KinkedPoint& point, const FaceSpace& space, const HessianValue& hessian,
                  const Equilibrated& equilibrated, const Tolerances& tolerances) {
    const double tau =
        thresholds(equilibrated, point.data.samples(), nullptr, tolerances.rounding_factor).tau;
    const std::vector<double> back = space.directions.direction(
        pseudo_solve(equilibrated, tau, space.directions.slopes(hessian.gradient.value)));
    Network moved = space.on_faces;
    for (std::size_t p = 0; p < back.size(); ++p) moved.parameters[p] -= back[p];
    return moved;
}

Matrix difference(const Matrix& here, Matrix there) {
    for (Size l = 0; l < here.rows(); ++l)
        for (Size q = 0; q < here.rows(); ++q) there(l, q) = std::abs(there(l, q) - here(l, q));
    return there;
}

// Whether the outputs move, along what does not decay, in as many independent ways there as they do for
// almost all parameters on the faces: then they do so nearby, too, and along the other dimensions not at all.
// So many of these.
std::optional<Size> still_dimensions(const KinkedPoint& point, const FaceSpace& space, const Network& exact,
                                     const Tolerances& tolerances, const Execution& execution) {
    const FaceDirections free = space.directions.undecayed(point.lambdas);
    if (free.dimension() == 0) return 0;
    const std::optional<Size> rank = generic_rank(point, space.kink_ranks);
    if (!rank) return std::nullopt;
    const Dataset fitted = fitted_data(point);
    const Size samples = point.data.samples();
    const HessianValue here = hessian(fitted, point.network, execution);
    const Matrix restricted = free.restricted(here.value);
    const Equilibrated equilibrated = equilibrate(restricted, free.magnitudes(here.magnitude));
    const Matrix moved = difference(restricted, free.restricted(hessian(fitted, exact, execution).value));
    const SpectralReport spectrum =
        spectral_report(restricted, equilibrated, samples, &moved, tolerances.rounding_factor);
    if (spectrum.inertia.positive != *rank) return std::nullopt;
    return free.dimension() - *rank;
}

// Whether some output's curvature there differs from that at the point by more than a tenth.
bool bends_change(const KinkedPoint& point, const Network& there, const Execution& execution) {
    constexpr double kChange = 0.1;
    const Dataset& data = point.data;
    const Size outputs = point.outputs(), rows = data.loss().hessian_rows(outputs);
    KinkOptions options;
    options.residuals = true;
    const KinkValue moved = kink_sums(data, there, options, execution);
    const std::vector<double> before = loss_derivatives(data, point.sums.residuals).bends;
    const std::vector<double> after = loss_derivatives(data, moved.residuals).bends;
    for (Size k = 0; k < data.samples(); ++k) {
        for (Size o = 0; o < outputs; ++o) {
            const Size at = k * rows + (rows == 1 ? 0 : packed_index(o, o));
            if (!(std::abs(after[at] - before[at]) <= kChange * before[at])) return true;
        }
    }
    return false;
}

}  // namespace

bool is_let_go(const KinkedPoint& point, std::span<const NeuronForms> forms, const Tolerances& tolerances,
               const Execution& execution) {
    const Dataset& data = point.data;
    if (data.loss().quadratic() || point.network.parameter_count() > kLargestDenseHessian) return false;
    execution.enter("Hessian");
    const FaceSpace space = face_space(point, forms, std::vector<bool>(forms.size()), tolerances, execution);
    if (space.directions.dimension() == 0) return false;
    const auto positive = [&](const Matrix& of, const Equilibrated& equilibrated) {
        return spectral_report(of, equilibrated, data.samples(), nullptr, tolerances.rounding_factor)
            .inertia.positive;
    };
    try {
        const HessianValue value = hessian(data, point.network, execution);
        const Matrix restricted = space.directions.restricted(value.value);
        const Equilibrated equilibrated =
            equilibrate(restricted, space.directions.magnitudes(value.magnitude));
        const HessianValue seen = hessian(fitted_data(point), point.network, execution);
        const Matrix all = space.directions.restricted(seen.value);
        if (positive(all, equilibrate(all, space.directions.magnitudes(seen.magnitude))) >
            positive(restricted, equilibrated))
            return true;
        return bends_change(point, corrected(point, space, value, equilibrated, tolerances), execution);
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return true;
    }
}

std::optional<FaceVerdict> judge_on_faces(const KinkedPoint& point, std::span<const NeuronForms> forms,
                                          const std::vector<bool>& apart, const Tolerances& tolerances,
                                          const Execution& execution) {
    if (point.network.parameter_count() > kLargestDenseHessian) return std::nullopt;
    execution.enter("Hessian");
    const FaceSpace space = face_space(point, forms, apart, tolerances, execution);
    const FaceDirections& coordinates = space.directions;
    FaceVerdict verdict;
    FaceReport& report = verdict.report;
    report.dimension = coordinates.dimension();
    report.strict = space.holds;
    verdict.minimum = report.strict;
    if (report.dimension == 0) return verdict;
    SpectralReport spectrum;
    try {
        const HessianValue value = hessian(point.data, point.network, execution);
        const Matrix restricted = coordinates.restricted(value.value);
        const Equilibrated equilibrated = equilibrate(restricted, coordinates.magnitudes(value.magnitude));
        const Network exact = corrected(point, space, value, equilibrated, tolerances);
        const Matrix moved =
            difference(restricted, coordinates.restricted(hessian(point.data, exact, execution).value));
        const Size samples = point.data.samples();
        spectrum = spectral_report(restricted, equilibrated, samples, &moved, tolerances.rounding_factor);
        report.tolerance = thresholds(equilibrated, samples, &moved, tolerances.rounding_factor).own;
        report.negative = spectrum.inertia.negative;
        report.zero = spectrum.inertia.zero;
        report.lambda_min = spectrum.lambda_min;
        if (report.strict && report.negative == 0 && report.zero > 0) {
            report.still = still_dimensions(point, space, exact, tolerances, execution).value_or(0);
            report.turned = turned_dimensions(point, space.sides, exact);
        }
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return std::nullopt;
    }
    verdict.minimum = report.strict && report.negative == 0 && report.zero == report.still + report.turned;
    if (report.negative > 0) {
        Witness witness = line_witness(point, coordinates.direction(spectrum.v_negative), 2,
                                       0.5 * spectrum.curvature_negative);
        if (witness.descends()) verdict.witness = std::move(witness);
    }
    return verdict;
}

}  // namespace tepui
