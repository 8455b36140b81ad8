#include "classification/directional/face_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "classification/directional/face_view.hpp"
#include "classification/directional/generic_rank.hpp"
#include "classification/directional/kinked_move.hpp"
#include "classification/point/continuous_symmetry.hpp"
#include "classification/point/cost_model.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "core/euclidean.hpp"
#include "network/derivatives/objective.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

// Coordinates of the faces without symmetries of the loss: (w_i, a_i) -> (c w_i, a_i / c) by output weights
// that stay orthogonal to a_i, what all outputs share by sums of 0, what no sample sees, biases that skip
// connections from a constant make, and neurons that they make.
class Coordinates {
  public:
    Coordinates(const KinkedPoint& point, std::span<const NeuronForms> forms, const Tolerances& tolerances,
                const Execution& execution)
        : layout_(point.network), on_faces_(point.network) {
        const Matrix basis = seen_weights(point.data, execution);
        const bool shared = point.data.loss().shift_invariant();
        std::vector<std::vector<double>> symmetric;
        if (shared) symmetric.emplace_back(static_cast<std::size_t>(layout_.output_count), 1.0);
        for (Size i = 0; i < layout_.width; ++i) {
            const NeuronFace face = neuron_face(point, basis, i, forms[i], tolerances);
            holds_ = holds_ && face.holds;
            for (Size j = 0; j < layout_.inputs; ++j) on_faces_.weights(i)[j] -= face.off[j];
            const FaceView view = face_view(point, basis, i, face);
            kink_ranks_.push_back(view.silent ? -1 : basis.cols() - face.tangent.rows());
            if (view.silent || (view.linear && layout_.skip)) continue;
            std::vector<double> a(forms[i].a);
            double mean = 0.0;
            for (const double weight : a) mean += weight / static_cast<double>(a.size());
            for (double& weight : a) weight -= shared ? mean : 0.0;
            const bool heard = norm_of(a) > kHeard * norm_of(forms[i].a);
            holds_ = holds_ && heard;
            add_weights(basis, view.tangent, i);
            std::vector<std::vector<double>> still(symmetric);
            if (heard) still.push_back(std::move(a));
            add_outputs(orthogonal_complement(still, layout_.output_count),
                        [&](Size o) { return std::pair(layout_.coefficient(i, o), 1.0); });
        }
        add_beside(point.data, basis, orthogonal_complement(symmetric, layout_.output_count));
    }

    bool holds() const noexcept { return holds_; }  // every face is held, and every neuron on it heard
    Size dimension() const noexcept { return static_cast<Size>(rows_.size()); }
    // Of every neuron, -1 of those that are 0 on every sample.
    const std::vector<Size>& kink_ranks() const noexcept { return kink_ranks_; }
    // The point with every w_i on its face, which it is within rounding.
    const Network& on_faces() const noexcept { return on_faces_; }

    std::vector<double> direction(std::span<const double> coordinates) const {
        std::vector<double> v(static_cast<std::size_t>(layout_.parameter_count()), 0.0);
        for (std::size_t l = 0; l < rows_.size(); ++l)
            for (const auto& [place, value] : rows_[l]) v[place] += coordinates[l] * value;
        return v;
    }
    Matrix restricted(const Matrix& hessian) const {
        const Size count = dimension(), all = layout_.parameter_count();
        Matrix half(count, all), result(count, count);
        for (Size l = 0; l < count; ++l)
            for (const auto& [place, value] : rows_[l])
                for (Size p = 0; p < all; ++p) half(l, p) += value * hessian(place, p);
        for (Size l = 0; l < count; ++l)
            for (Size q = 0; q <= l; ++q) {
                double sum = 0.0;
                for (const auto& [place, value] : rows_[q]) sum += value * half(l, place);
                result(l, q) = result(q, l) = sum;
            }
        return result;
    }
    // Of each coordinate, for absolute terms of the Hessian's entries that sum to at most sqrt(T_p T_q).
    std::vector<double> magnitudes(std::span<const double> parameters) const {
        std::vector<double> result;
        for (const Row& row : rows_) {
            double root = 0.0;
            for (const auto& [place, value] : row) root += std::abs(value) * std::sqrt(parameters[place]);
            result.push_back(root * root);
        }
        return result;
    }
    std::vector<double> slopes(std::span<const double> gradient) const {
        std::vector<double> result;
        for (const Row& row : rows_) {
            double sum = 0.0;
            for (const auto& [place, value] : row) sum += value * gradient[place];
            result.push_back(sum);
        }
        return result;
    }

  private:
    static constexpr double kHeard = 1e-12;  // beside the output weights: less is rounding of their mean
    using Row = std::vector<std::pair<std::size_t, double>>;

    void add_weights(const Matrix& basis, const Matrix& tangent, Size i) {
        for (Size l = 0; l < tangent.rows(); ++l) {
            Row row;
            const std::span<const double> y(tangent.row(l), static_cast<std::size_t>(tangent.cols()));
            for (Size j = 0; j < layout_.inputs; ++j) {
                const double value = dot({basis.row(j), y.size()}, y);
                if (value != 0.0) row.emplace_back(layout_.weight(i, j), value);
            }
            rows_.push_back(std::move(row));
        }
    }
    template <class Place>
    void add_outputs(const Matrix& directions, Place&& place) {
        for (Size l = 0; l < directions.rows(); ++l) {
            Row row;
            for (Size o = 0; o < layout_.output_count; ++o) {
                const auto [at, factor] = place(o);
                if (directions(l, o) != 0.0) row.emplace_back(at, factor * directions(l, o));
            }
            rows_.push_back(std::move(row));
        }
    }
    void add_beside(const Dataset& data, const Matrix& basis, const Matrix& directions) {
        const Size bias = layout_.width, first = bias + (layout_.output_bias ? 1 : 0);
        if (layout_.output_bias && !(layout_.skip && !constant_direction(data).empty()))
            add_outputs(directions, [&](Size o) { return std::pair(layout_.coefficient(bias, o), 1.0); });
        for (Size q = 0; q < basis.cols() && layout_.skip; ++q) {
            for (Size l = 0; l < directions.rows(); ++l) {
                Row row;
                for (Size o = 0; o < layout_.output_count; ++o) {
                    for (Size j = 0; j < layout_.inputs; ++j) {
                        const double value = directions(l, o) * basis(j, q);
                        if (value != 0.0) row.emplace_back(layout_.coefficient(first + j, o), value);
                    }
                }
                rows_.push_back(std::move(row));
            }
        }
    }

    Layout layout_;
    Network on_faces_;
    bool holds_ = true;
    std::vector<Row> rows_;
    std::vector<Size> kink_ranks_;
};

// The point put on the faces and corrected by one Newton step there.
Network corrected(const KinkedPoint& point, const Coordinates& coordinates, const HessianValue& hessian,
                  const Equilibrated& equilibrated, const Tolerances& tolerances) {
    const double tau =
        thresholds(equilibrated, point.data.samples(), nullptr, tolerances.rounding_factor).tau;
    const std::vector<double> back =
        coordinates.direction(pseudo_solve(equilibrated, tau, coordinates.slopes(hessian.gradient.value)));
    Network moved = coordinates.on_faces();
    for (std::size_t p = 0; p < back.size(); ++p) moved.parameters[p] -= back[p];
    return moved;
}

Matrix difference(const Matrix& here, Matrix there) {
    for (Size l = 0; l < here.rows(); ++l)
        for (Size q = 0; q < here.rows(); ++q) there(l, q) = std::abs(there(l, q) - here(l, q));
    return there;
}

// Whether the outputs move in as many independent ways there as they do for almost all parameters on the
// faces: then they do so nearby, too, and along the other dimensions not at all. So many of these.
std::optional<Size> still_dimensions(const KinkedPoint& point, const Coordinates& coordinates,
                                     const Network& exact, const Tolerances& tolerances,
                                     const Execution& execution) {
    const std::optional<Size> rank = generic_rank(point, coordinates.kink_ranks());
    if (!rank) return std::nullopt;
    const Size outputs = point.outputs(), samples = point.data.samples();
    Buffer<double> f(checked_product(samples, outputs));
    for (Size at = 0; at < samples * outputs; ++at)
        f[at] = point.sums.residuals[at] + point.data.target(at / outputs, at % outputs);
    const Dataset fitted = point.data.with_targets(std::move(f), squared_loss());  // its Hessian is J^T J
    const auto unshared = [&](Network network) {
        for (Size i = 0; i < network.width && point.data.loss().shift_invariant(); ++i) {
            double mean = 0.0;
            for (Size o = 0; o < outputs; ++o) mean += network.output(i, o) / static_cast<double>(outputs);
            for (Size o = 0; o < outputs; ++o) network.output(i, o) -= mean;
        }
        return network;
    };
    const HessianValue here = hessian(fitted, unshared(point.network), execution);
    const Matrix restricted = coordinates.restricted(here.value);
    const Equilibrated equilibrated = equilibrate(restricted, coordinates.magnitudes(here.magnitude));
    const Matrix moved =
        difference(restricted, coordinates.restricted(hessian(fitted, unshared(exact), execution).value));
    const SpectralReport spectrum =
        spectral_report(restricted, equilibrated, samples, &moved, tolerances.rounding_factor);
    if (spectrum.inertia.positive != *rank) return std::nullopt;
    return coordinates.dimension() - *rank;
}

}  // namespace

std::optional<FaceVerdict> judge_on_faces(const KinkedPoint& point, std::span<const NeuronForms> forms,
                                          const Tolerances& tolerances, const Execution& execution) {
    if (point.network.parameter_count() > kLargestDenseHessian) return std::nullopt;
    execution.enter("Hessian");
    const Coordinates coordinates(point, forms, tolerances, execution);
    FaceVerdict verdict;
    FaceReport& report = verdict.report;
    report.dimension = coordinates.dimension();
    report.strict = coordinates.holds();
    verdict.minimum = report.strict;
    if (report.dimension == 0) return verdict;
    SpectralReport spectrum;
    try {
        const HessianValue value = hessian(point.data, point.network, execution);
        const Matrix restricted = coordinates.restricted(value.value);
        const Equilibrated equilibrated = equilibrate(restricted, coordinates.magnitudes(value.magnitude));
        const Network exact = corrected(point, coordinates, value, equilibrated, tolerances);
        const Matrix moved =
            difference(restricted, coordinates.restricted(hessian(point.data, exact, execution).value));
        const Size samples = point.data.samples();
        spectrum = spectral_report(restricted, equilibrated, samples, &moved, tolerances.rounding_factor);
        report.tolerance = thresholds(equilibrated, samples, &moved, tolerances.rounding_factor).own;
        report.negative = spectrum.inertia.negative;
        report.zero = spectrum.inertia.zero;
        report.lambda_min = spectrum.lambda_min;
        if (report.strict && report.negative == 0 && report.zero > 0)
            report.still = still_dimensions(point, coordinates, exact, tolerances, execution).value_or(0);
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return std::nullopt;
    }
    verdict.minimum = report.strict && report.negative == 0 && report.zero == report.still;
    if (report.negative > 0) {
        Witness witness = line_witness(point, coordinates.direction(spectrum.v_negative), 2,
                                       0.5 * spectrum.curvature_negative);
        if (witness.descends()) verdict.witness = std::move(witness);
    }
    return verdict;
}

}  // namespace tepui
