#include "classification/point/neuron_spectra.hpp"

#include <algorithm>

#include "classification/point/cost_model.hpp"
#include "core/parallel.hpp"
#include "kernels/batched_eigen.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

FormedHessians form(const PointOnData& context, const std::vector<Size>& neurons, GramPrecision precision) {
    context.execution().enter("inner Hessians");
    FormedHessians formed;
    formed.here = inner_hessians(context.data(), context.network(), neurons, context.execution(), precision);
    formed.factor = context.tolerances().rounding_factor;
    formed.corrected_failed = context.uncertainty().corrected_failed;
    try {
        if (context.uncertainty().corrected)
            formed.corrected = inner_hessians(context.data(), *context.uncertainty().corrected, neurons,
                                              context.execution(), precision);
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        formed.corrected_failed = true;
    }
    formed.neurons = neurons;
    return formed;
}

std::vector<SpectralReport> dense_reports(const PointOnData& context, const FormedHessians& formed,
                                          bool inertia) {
    std::vector<SpectralReport> reports(formed.here.width);
    parallel_for(context.execution().threads, formed.here.width,
                 [&](Size q, Size) { reports[q] = dense_report(context, formed, q, inertia); });
    return reports;
}

std::vector<SpectralReport> judge(const PointOnData& context, const FormedHessians& formed,
                                  NeuronMethod method) {
    context.execution().enter("inner Hessian spectra");
    const bool batched =
        method != NeuronMethod::inertia && formed.here.inputs <= kernels::kBatchedEigenMaxOrder;
    return batched ? batched_reports(context, formed)
                   : dense_reports(context, formed, method != NeuronMethod::spectrum);
}

// Reports on those of the open neurons whose inner Hessians single precision makes clear; the others stay
// open, all of them where it overflows.
void judge_in_single(const PointOnData& context, NeuronMethod method, std::vector<SpectralReport>& reports,
                     std::vector<Size>& open) {
    FormedHessians formed;
    try {
        formed = form(context, open, GramPrecision::single_precision);
    } catch (const Error& error) {
        if (error.status() != Status::numeric) throw;
        return;
    }
    std::vector<SpectralReport> judged = judge(context, formed, method);
    std::vector<Size> unclear;
    for (std::size_t q = 0; q < open.size(); ++q) {
        judged[q].precision = GramPrecision::single_precision;
        const double* const terms = formed.here.single.terms.row(static_cast<Size>(q));
        const Size empty_rows = std::count(terms, terms + formed.here.inputs, 0.0);
        // Zero eigenvalues of other rows may be underflow.
        if (judged[q].clear() && judged[q].inertia.zero == empty_rows) {
            reports[open[q]] = std::move(judged[q]);
        } else {
            unclear.push_back(open[q]);
        }
    }
    open = std::move(unclear);
}

}  // namespace

SpectralReport dense_report(const PointOnData& context, const FormedHessians& formed, Size q, bool inertia) {
    const Size d = formed.here.inputs;
    const std::span<const double> magnitude{formed.here.magnitude.row(q), static_cast<std::size_t>(d)};
    Matrix uncertainty(d, d);
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j <= i; ++j)
            uncertainty(i, j) = uncertainty(j, i) = formed.beyond(triangle(i) + j, i, j, q);
    }
    const Matrix matrix = formed.here.matrix(q);
    const Size terms = context.data().samples();
    const double factor = context.tolerances().rounding_factor;
    return inertia ? inertia_report(matrix, magnitude, terms, &uncertainty, factor)
                   : spectral_report(matrix, magnitude, terms, &uncertainty, factor);
}

std::vector<SpectralReport> neuron_spectra(const PointOnData& context, const AnalysisOptions& options) {
    const Size m = context.network().width;
    const NeuronMethod method = chosen_method(options, context.data().samples(), m, context.network().inputs);
    std::vector<SpectralReport> reports(m);
    std::vector<Size> open;  // neurons whose inner Hessians must be formed
    if (method == NeuronMethod::matrix_free) {
        context.execution().enter("proofs by products");
        std::vector<std::optional<SpectralReport>> proven =
            matrix_free_reports(context, options.neuron_method == NeuronMethod::automatic);
        for (Size i = 0; i < m; ++i) {
            if (proven[i]) {
                reports[i] = std::move(*proven[i]);
            } else {
                open.push_back(i);
            }
        }
    } else {
        for (Size i = 0; i < m; ++i) open.push_back(i);
    }
    if (!open.empty() && options.gram_precision == GramPrecision::single_precision)
        judge_in_single(context, method, reports, open);
    if (open.empty()) return reports;
    std::vector<SpectralReport> judged =
        judge(context, form(context, open, GramPrecision::double_precision), method);
    for (std::size_t q = 0; q < open.size(); ++q) reports[open[q]] = std::move(judged[q]);
    return reports;
}

}  // namespace tepui
