#include "classification/neuron_spectra.hpp"

#include "core/parallel.hpp"
#include "kernels/batched_eigen.hpp"

namespace tepui {
namespace {

FormedHessians form(const PointContext& context) {
    context.execution.enter("inner Hessians");
    FormedHessians formed;
    formed.here = inner_hessians(context.data, context.network, context.execution);
    formed.corrected_failed = context.uncertainty.corrected_failed;
    if (!context.uncertainty.corrected) return formed;
    try {
        formed.corrected = inner_hessians(context.data, *context.uncertainty.corrected, context.execution);
    } catch (const Error& error) {
        if (error.status() != Status::numeric && error.status() != Status::callback) throw;
        formed.corrected_failed = true;
    }
    return formed;
}

std::vector<SpectralReport> dense_reports(const PointContext& context, const FormedHessians& formed,
                                          bool inertia) {
    std::vector<SpectralReport> reports(static_cast<std::size_t>(formed.here.width));
    parallel_for(context.execution.threads, formed.here.width,
                 [&](Size q, Size) { reports[q] = dense_report(context, formed, q, inertia); });
    return reports;
}

}  // namespace

SpectralReport dense_report(const PointContext& context, const FormedHessians& formed, Size q, bool inertia) {
    const Size d = formed.here.inputs;
    const std::span<const double> magnitude{formed.here.magnitude.row(q), static_cast<std::size_t>(d)};
    Matrix uncertainty(d, d);
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j <= i; ++j)
            uncertainty(i, j) = uncertainty(j, i) = formed.beyond(triangle(i) + j, i, j, q);
    }
    const Matrix matrix = formed.here.matrix(q);
    const Size terms = context.data.samples();
    const double factor = context.tolerances.rounding_factor;
    return inertia ? inertia_report(matrix, magnitude, terms, &uncertainty, factor)
                   : spectral_report(matrix, magnitude, terms, &uncertainty, factor);
}

std::vector<SpectralReport> neuron_spectra(const PointContext& context, const AnalysisOptions& options) {
    const FormedHessians formed = form(context);
    context.execution.enter("inner Hessian spectra");
    if (formed.here.inputs <= kernels::kBatchedEigenMaxOrder) return batched_reports(context, formed);
    return dense_reports(context, formed, options.neuron_method != NeuronMethod::spectrum);
}

}  // namespace tepui
