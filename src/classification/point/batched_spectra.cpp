// Spectral reports of many small inner Hessians at once, fed to the batched eigensolver in the layout in
// which the weighted Gram leaves them.
#include "classification/point/neuron_spectra.hpp"
#include "core/machine.hpp"
#include "core/parallel.hpp"
#include "kernels/batched_eigen.hpp"

namespace tepui {
namespace {

constexpr Size kChunk = 2 * machine::kVectorDoubles;  // neurons to a task

// One task's neurons [first, first + count).
class Chunk {
  public:
    Chunk(const PointOnData& context, const FormedHessians& formed, Size first, Size count)
        : context_(context),
          formed_(formed),
          d_(formed.here.inputs),
          first_(first),
          count_(count),
          scaled_(triangle(d_) * kChunk),
          scaled_values_(d_ * kChunk),
          values_(d_ * kChunk),
          vectors_(d_ * d_ * kChunk) {}

    void run(SpectralReport* reports) {
        for (Size q = 0; q < count_; ++q) scale(q);
        const InnerHessians& here = formed_.here;
        kernels::batched_eigen(d_, count_, scaled_.data(), kChunk, scaled_values_.data(), nullptr, kChunk);
        kernels::batched_eigen(d_, count_, here.pairs.data() + first_, here.stride, values_.data(),
                               vectors_.data(), kChunk);
        for (Size q = 0; q < count_; ++q) {
            if (!report(q, reports[q])) reports[q] = dense(q);
        }
    }

  private:
    double entry(Size i, Size j, Size q) const {
        return formed_.here.pairs[(triangle(i) + j) * formed_.here.stride + first_ + q];
    }

    void scale(Size q) {
        const std::span<const double> given{formed_.here.magnitude.row(first_ + q),
                                            static_cast<std::size_t>(d_)};
        const Equilibration scaling = equilibrating_scaling(
            d_, [&](Size i, Size j) { return entry(i, j, q); }, given);
        const auto beyond = [&](Size i, Size j) { return formed_.beyond(triangle(i) + j, i, j, first_ + q); };
        const std::vector<double> ones(d_, 1.0);
        limits_[q] = thresholds(scaling, context_.data().samples(), scaled_norm(d_, beyond, scaling.scale),
                                scaled_norm(d_, beyond, ones), context_.tolerances().rounding_factor);
        for (Size i = 0; i < d_; ++i) {
            for (Size j = 0; j <= i; ++j) {
                scaled_[(triangle(i) + j) * kChunk + q] =
                    scaling.scale[i] * entry(i, j, q) * scaling.scale[j];
            }
        }
    }

    // False when the sign of an extreme eigenvalue drowns in the error of H_i itself, or is NaN: rare, and
    // then the eigenvectors of the scaled matrix are wanted.
    bool report(Size q, SpectralReport& report) const {
        count_eigenvalues(scaled_values_.data() + q, d_, kChunk, limits_[q], report);
        report.lambda_min = values_[q];
        report.lambda_max = values_[(d_ - 1) * kChunk + q];
        if (!(std::isfinite(report.lambda_min) && std::isfinite(scaled_values_[q]))) return false;
        if (report.inertia.negative > 0) {
            if (!(report.lambda_min < -limits_[q].own)) return false;
            report.v_negative = vector(0, q);
            report.curvature_negative = report.lambda_min;
        }
        if (report.inertia.positive > 0) {
            if (!(report.lambda_max > limits_[q].own)) return false;
            report.v_positive = vector(d_ - 1, q);
            report.curvature_positive = report.lambda_max;
        }
        return true;
    }

    std::vector<double> vector(Size l, Size q) const {
        std::vector<double> v(d_);
        for (Size j = 0; j < d_; ++j) v[j] = vectors_[(l * d_ + j) * kChunk + q];
        return v;
    }

    SpectralReport dense(Size q) const { return dense_report(context_, formed_, first_ + q, false); }

    const PointOnData& context_;
    const FormedHessians& formed_;
    Size d_, first_, count_;
    Thresholds limits_[kChunk];
    Buffer<double> scaled_, scaled_values_, values_, vectors_;
};

}  // namespace

std::vector<SpectralReport> batched_reports(const PointOnData& context, const FormedHessians& formed) {
    const Size neurons = formed.here.width;
    std::vector<SpectralReport> reports(neurons);
    parallel_for(context.execution().threads, (neurons + kChunk - 1) / kChunk, [&](Size task, Size) {
        const Size first = task * kChunk;
        Chunk(context, formed, first, std::min(kChunk, neurons - first)).run(reports.data() + first);
    });
    return reports;
}

}  // namespace tepui
