#include "pass_workload.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "fastest_rival.hpp"
#include "kernels/activation.hpp"
#include "linalg/blas.hpp"

namespace tepui::bench {
namespace {

Buffer<double> normals(Size count, std::uint64_t stream) {
    Random random(3, stream);
    Buffer<double> values(count);
    for (double& value : values.span()) value = random.normal();
    return values;
}

}  // namespace

PassWorkload::PassWorkload(Size neurons, Size inputs, Size samples)
    : m(neurons),
      d(inputs),
      n(samples),
      x(normals(samples * inputs, 0)),
      y(normals(samples, 1)),
      data({samples, inputs, x.data(), inputs, y.data(), nullptr}, false, false, LossScaling::sum),
      network(Activation(ActivationKind::tanh), neurons, inputs) {
    Random random(4, 0);
    const double scale = 1.0 / std::sqrt(static_cast<double>(d));
    for (double& parameter : network.parameters) parameter = scale * random.normal();
}

BlasPass::BlasPass(const PassWorkload& work)
    : work_(work),
      gram_(work.d, work.n),
      z_(work.m * work.n),
      value_(work.m * work.n),
      first_(work.m * work.n),
      second_(work.m * work.n),
      residuals_(work.n),
      gradient_(work.m * (work.d + 1)) {
    std::copy_n(work.x.data(), work.x.size(), gram_.samples());
}

const char* BlasPass::activation() const {
    return fastest_rival("tanh").name;
}

void BlasPass::run(int threads) {
    const Size m = work_.m;
    const Size d = work_.d;
    const Size n = work_.n;
    const Rival& tanh = fastest_rival("tanh");
    const double* a = work_.network.outputs();
    linalg::gemm(false, true, m, n, d, 1.0, work_.network.weights(0), d, work_.x.data(), d, 0.0, z_.data(), n,
                 threads);
    std::copy_n(work_.y.data(), n, residuals_.data());
    for (Size k = 0; k < n; ++k) residuals_[k] = -residuals_[k];
    double* r = residuals_.data();
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (Size i = 0; i < m; ++i) {
        const Size at = i * n;
        tanh.evaluate(static_cast<std::size_t>(n), z_.data() + at, value_.data() + at, first_.data() + at,
                      second_.data() + at);
    }
    linalg::gemm(false, false, 1, n, m, 1.0, a, m, value_.data(), n, 1.0, r, n, threads);
    loss_ = 0.0;
    for (Size k = 0; k < n; ++k) loss_ += 0.5 * r[k] * r[k];
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (Size i = 0; i < m; ++i) {
        double* first = first_.data() + i * n;
        double* second = second_.data() + i * n;
#pragma omp simd
        for (Size k = 0; k < n; ++k) {
            first[k] *= a[i] * r[k];
            second[k] *= a[i] * r[k];
        }
    }
    linalg::gemm(false, false, m, d, n, 1.0, first_.data(), n, work_.x.data(), d, 0.0, gradient_.data(), d,
                 threads);
    linalg::gemm(false, true, m, 1, n, 1.0, value_.data(), n, r, n, 0.0, gradient_.data() + m * d, 1,
                 threads);
    gram_.gemm_loop(second_.data(), n, m, threads);
}

PassParts::PassParts(const PassWorkload& work, int threads)
    : threads_(threads),
      m_(work.m),
      d_(work.d),
      count_((work.n + kBlock - 1) / kBlock),
      kind_(work.network.activation.kind()) {
    for (int t = 0; t < threads; ++t) {
        GramWorkload gram(m_, d_, std::min(kBlock, work.n));
        const Size size = m_ * gram.stride;
        blocks_.push_back({std::move(gram), normals(size, 2), Buffer<double>(size), Buffer<double>(size),
                           Buffer<double>(size)});
    }
}

void PassParts::activate(Size thread) {
    Block& block = blocks_[static_cast<std::size_t>(thread)];
    for (Size i = 0; i < m_; ++i) {
        const Size at = i * block.gram.stride;
        kernels::evaluate_activation(
            kind_, 0.0, block.gram.n, block.z.data() + at,
            {block.value.data() + at, block.first.data() + at, block.second.data() + at});
    }
}

Buffer<double> jacobian(const PassWorkload& work) {
    const Size m = work.m;
    const Size d = work.d;
    const Size n = work.n;
    const Size parameters = m * (d + 1);
    Buffer<double> rows(n * parameters);
    for (Size k = 0; k < n; ++k) {
        const double* x = work.x.data() + k * d;
        double* row = rows.data() + k * parameters;
        for (Size i = 0; i < m; ++i) {
            double z = 0.0;
            for (Size j = 0; j < d; ++j) z += work.network.weights(i)[j] * x[j];
            const double u = std::tanh(z);
            const double slope = work.network.output(i) * (1.0 - u * u);
            for (Size j = 0; j < d; ++j) row[i * d + j] = slope * x[j];
            row[m * d + i] = u;
        }
    }
    return rows;
}

}  // namespace tepui::bench
