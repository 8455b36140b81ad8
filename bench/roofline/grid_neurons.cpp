// Verdicts on all neurons of a network: indefiniteness proven by products alone, against forming the
// matrices.
#include <array>
#include <numeric>

#include "classification/point/neuron_spectra.hpp"
#include "grids.hpp"
#include "neuron_workload.hpp"
#include "splitting/inner_hessian.hpp"

namespace tepui::bench {

void measure_neurons(Meter& meter) {
    if (!meter.wants("matrix_free_proof")) return;
    using NeuronShape = std::array<Size, 3>;  // m, d, n
    const Settings& settings = meter.settings();
    std::vector<NeuronShape> shapes = {{32, 64, 20000}, {32, 256, 20000}, {32, 784, 6000}};
    if (settings.large) shapes.push_back({32, 784, 60000});
    if (settings.quick) shapes = {{2, 12, 400}};
    for (const auto& [m, d, n] : shapes) {
        const NeuronWorkload work(n, d, m, 0.0);
        std::vector<Size> every(static_cast<std::size_t>(m));
        std::iota(every.begin(), every.end(), Size{0});
        const PointOnData& context = work.context();
        meter.measure(
            "matrix_free_proof", {{"m", m}, {"d", d}, {"n", n}}, 1, 0.0,
            [&] { matrix_free_reports(context, false); },
            {{"forming_all", [&] { inner_hessians(work.data(), work.network(), every, Execution{1}); }}});
    }
}

}  // namespace tepui::bench
