#include "classification/directional/seen_outputs.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "network/model/loss.hpp"

namespace tepui {
namespace {

// Half the squares of f - y less their mean, over the outputs that are seen.
class SeenSquares final : public Loss {
  public:
    static constexpr double kUnseen = 0x1.5bd1e99a4f3c7p-1000;  // no output is this

    LossKind kind() const override { return LossKind::custom; }
    void evaluate(const OutputRows& rows, const LossRows& out) const override {
        for (Size k = 0; k < rows.count; ++k) {
            const auto at = [&](Size o) { return o * rows.stride + k; };
            const double s = rows.weights[k];
            double mean = 0.0, seen = 0.0, error = 0.0;
            for (Size o = 0; o < rows.outputs; ++o) {
                if (!sees(rows.targets[at(o)])) continue;
                mean += rows.f[at(o)] - rows.targets[at(o)];
                error = std::max(error, rows.error[at(o)]);
                seen += 1.0;
            }
            mean /= seen;
            out.value[k] = 0.0;
            out.rounding[k] = 0.5 * s * seen * error * error;
            for (Size o = 0; o < rows.outputs; ++o) {
                const bool of = sees(rows.targets[at(o)]);
                const double r = of ? rows.f[at(o)] - rows.targets[at(o)] - mean : 0.0;
                out.value[k] += 0.5 * s * r * r;
                out.gradient[at(o)] = s * r;
                out.gradient_error[at(o)] = of ? 2.0 * s * error : 0.0;
                for (Size q = 0; q <= o; ++q)
                    out.hessian[packed_index(o, q) * rows.stride + k] =
                        of && sees(rows.targets[at(q)]) ? s * ((q == o ? 1.0 : 0.0) - 1.0 / seen) : 0.0;
            }
        }
    }
    bool scalar_hessian() const override { return false; }
    Difference difference(const OutputChange&) const override {
        throw Error(Status::internal, "differences of what fits its own outputs are not asked for");
    }
    bool shift_invariant() const override { return true; }
    bool sees(double target) const override { return target != kUnseen; }
    void best_output(Size outputs, const double* target, double* f) const override {
        std::copy_n(target, outputs, f);
    }
    const char* refused(Size, const double*) const override { return nullptr; }
};

}  // namespace

Dataset fitted_data(const KinkedPoint& point) {
    static const SeenSquares seen_squares;
    const Dataset& data = point.data;
    const Size outputs = point.outputs(), samples = data.samples();
    const bool of_differences = data.loss().shift_invariant();
    Buffer<double> f(checked_product(samples, outputs));
    for (Size at = 0; at < samples * outputs; ++at) {
        const double target = data.target(at / outputs, at % outputs);
        f[at] = of_differences && !data.loss().sees(target) ? SeenSquares::kUnseen
                                                            : point.sums.residuals[at] + target;
    }
    return data.with_targets(std::move(f), of_differences ? seen_squares : squared_loss());
}

}  // namespace tepui
