#include "classification/directional/face_view.hpp"

#include <algorithm>
#include <cmath>

#include "classification/directional/basis.hpp"
#include "core/euclidean.hpp"

namespace tepui {
namespace {

// The span of inputs, seen along a tangent. Gives up where rounding does not tell whether one is in it.
class SeenSpan {
  public:
    explicit SeenSpan(const Matrix& tangent) : tangent_(tangent), span_(tangent.rows()) {}

    void add(std::span<const double> input) {
        if (full() || unclear_) return;
        std::vector<double> along;
        for (Size l = 0; l < tangent_.rows(); ++l)
            along.push_back(dot({tangent_.row(l), input.size()}, input));
        const double length = norm_of(along), whole = norm_of(input);
        if (length <= kWithin * whole) return;
        if (length <= kDependent * whole) {
            unclear_ = true;
            return;
        }
        for (double& component : along) component /= length;
        if (span_.add(along))
            taken_.push_back(std::move(along));
        else
            unclear_ = norm_of(span_.remainder(along)) > kWithin;
    }
    bool full() const { return span_.size() == tangent_.rows(); }

    Matrix basis() const {
        if (full() || unclear_) return tangent_.copy();
        const Matrix within = spanned(taken_, tangent_.rows());
        Matrix result(within.rows(), tangent_.cols());
        for (Size l = 0; l < within.rows(); ++l)
            for (Size q = 0; q < tangent_.rows(); ++q)
                for (Size j = 0; j < tangent_.cols(); ++j) result(l, j) += within(l, q) * tangent_(q, j);
        return result;
    }

  private:
    const Matrix& tangent_;
    GrowingBasis span_;
    std::vector<std::vector<double>> taken_;
    bool unclear_ = false;
};

}  // namespace

FaceView face_view(const KinkedPoint& point, const Matrix& basis, Size neuron, const NeuronFace& face) {
    const Dataset& data = point.data;
    const std::vector<Size>& kinks = point.sums.kinks[neuron].samples;
    const Slopes& slopes = point.sums.slopes;
    const Size d = data.inputs();
    constexpr Size kBlock = 256;
    std::vector<double> block(static_cast<std::size_t>(kBlock * d));
    FaceView view;
    SeenSpan span(face.tangent);
    double common = 0.0;
    for (Size k = 0; k < data.samples(); ++k) {
        if (k % kBlock == 0) data.rows(k, std::min(kBlock, data.samples() - k), block.data());
        if (!(data.weight(k) > 0.0)) continue;
        const std::span<const double> x(block.data() + (k % kBlock) * d, static_cast<std::size_t>(d));
        const bool kink = std::binary_search(kinks.begin(), kinks.end(), k);
        const double z = dot({point.network.weights(neuron), x.size()}, x);
        const double slope = kink ? 0.0 : (z >= 0.0 ? slopes.above : slopes.below);
        if (view.silent && slope != 0.0) common = slope;
        view.sides.push_back(kink ? 0 : (z >= 0.0 ? 1 : -1));
        view.linear = view.linear && slope != 0.0 && slope == common;
        if (slope == 0.0) continue;
        view.silent = false;
        span.add(seen(basis, x));
    }
    for (Size j = 0; j < d; ++j)
        if (point.lambda(point.network.weight(neuron, j)) > 0.0)
            span.add({basis.row(j), static_cast<std::size_t>(basis.cols())});
    view.tangent = span.basis();
    return view;
}

}  // namespace tepui
