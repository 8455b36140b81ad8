// Spectra of many small matrices, and verdicts on larger ones, against loops over LAPACK.
#include <memory>

#include "core/parallel.hpp"
#include "eigen_workload.hpp"
#include "grids.hpp"
#include "kernels/batched_eigen.hpp"
#include "linalg/inertia.hpp"

namespace tepui::bench {
namespace {

constexpr Size kShare = 128;  // matrices of each thread: a multiple of every vector's lanes

// A loop for each thread, over matrices of its own.
using Loops = std::vector<std::unique_ptr<LapackLoop>>;

Contender contender(const std::string& name, Loops loops) {
    const auto shared = std::make_shared<Loops>(std::move(loops));
    return {name, [shared] {
                const int threads = static_cast<int>(shared->size());
                parallel_for(threads, threads,
                             [&](Size t, Size) { (*shared)[static_cast<std::size_t>(t)]->run(); });
            }};
}

// The linked LAPACK and those that the user named; make(routine) makes the loops of all threads.
template <class Make>
std::vector<Contender> lapack_contenders(const Settings& settings, const std::string& name, Make make) {
    std::vector<Contender> all = {contender(name, make(&linked_dsyevd))};
    for (const OtherLapack& other : settings.lapacks)
        all.push_back(contender(name + "_of_" + other.name, make(other.dsyevd)));
    return all;
}

void measure_batch(Meter& meter, Size d, int threads) {
    const Size count = kShare * threads;
    Random random(7, 0);
    Buffer<double> g(triangle(d) * count);
    for (double& x : g.span()) x = random.normal();
    Buffer<double> values(d * count);
    Buffer<double> vectors(d * d * count);
    const auto make_loops = [&](Dsyevd dsyevd) {
        Loops loops;
        for (Size t = 0; t < threads; ++t) {
            Buffer<double> share(triangle(d) * kShare);
            for (Size p = 0; p < triangle(d); ++p)
                std::copy_n(g.data() + p * count + t * kShare, kShare, share.data() + p * kShare);
            loops.push_back(std::make_unique<LapackLoop>(d, kShare, true, share, kShare, dsyevd));
        }
        return loops;
    };
    meter.measure(
        "batched_eigen", {{"d", d}, {"count", count}}, threads, 0.0,
        [&] {
            parallel_for(threads, threads, [&](Size t, Size) {
                const Size at = t * kShare;
                kernels::batched_eigen(d, kShare, g.data() + at, count, values.data() + at,
                                       vectors.data() + at, count);
            });
        },
        lapack_contenders(meter.settings(), "dsyevd_loop", make_loops));
}

// Every thread judges a matrix of its own.
void measure_verdict(Meter& meter, Size d, MatrixKind kind, const char* name, int threads) {
    const Matrix a = verdict_matrix(d, kind);
    Buffer<double> packed(triangle(d));
    for (Size i = 0; i < d; ++i) std::copy_n(a.row(i), i + 1, packed.data() + triangle(i));
    const auto make_loops = [&](Dsyevd dsyevd) {
        Loops loops;
        for (int t = 0; t < threads; ++t)
            loops.push_back(std::make_unique<LapackLoop>(d, 1, true, packed, 1, dsyevd));
        return loops;
    };
    meter.measure(
        std::string("verdict_") + name, {{"d", d}, {"count", threads}}, threads, 0.0,
        [&] { parallel_for(threads, threads, [&](Size, Size) { linalg::verdict_spectrum(a, 1e-9); }); },
        lapack_contenders(meter.settings(), "dsyevd_vectors", make_loops));
}

}  // namespace

void measure_eigensolves(Meter& meter) {
    const bool quick = meter.settings().quick;
    const std::vector<Size> small = quick ? std::vector<Size>{4} : std::vector<Size>{4, 8, 10, 16, 24, 32};
    const std::vector<Size> large = quick ? std::vector<Size>{40} : std::vector<Size>{64, 256, 784};
    for (const int threads : meter.settings().threads) {
        for (const Size d : small) measure_batch(meter, d, threads);
        for (const Size d : large) {
            measure_verdict(meter, d, kIndefinite, "indefinite", threads);
            measure_verdict(meter, d, kDefinite, "definite", threads);
            measure_verdict(meter, d, kFewNegative, "few_negative", threads);
        }
    }
}

}  // namespace tepui::bench
