#include "classification/directional/face_space.hpp"

#include <algorithm>
#include <cmath>

#include "classification/directional/face_view.hpp"
#include "classification/point/continuous_symmetry.hpp"
#include "core/euclidean.hpp"

namespace tepui {
namespace {

constexpr double kHeard = 1e-12;  // beside the output weights: less is rounding of their mean

// Left out are (w_i, a_i) -> (c w_i, a_i / c) of a neuron that does not decay, by output weights that stay
// orthogonal to a_i; what all outputs share, by sums of 0, where that does not decay; what no sample sees and
// nothing pulls at; biases that skip connections from a constant make, and neurons that they make.
class Builder {
  public:
    Builder(const KinkedPoint& point, const Execution& execution)
        : point_(point),
          layout_(point.network),
          space_{.directions = FaceDirections(layout_),
                 .on_faces = point.network,
                 .kink_ranks = {},
                 .sides = {}},
          execution_(execution) {
        if (point.data.loss().shift_invariant())
            shared_.emplace_back(static_cast<std::size_t>(layout_.output_count), 1.0);
    }

    FaceSpace build(std::span<const NeuronForms> forms, const std::vector<bool>& apart,
                    const Tolerances& tolerances) {
        std::vector<bool> decayed;
        for (Size j = 0; j < layout_.inputs; ++j)
            decayed.push_back(layout_.width > 0 && point_.lambda(layout_.weight(0, j)) > 0.0);
        const Matrix basis = seen_weights(point_.data, decayed, execution_);
        for (Size i = 0; i < layout_.width; ++i) {
            if (apart[static_cast<std::size_t>(i)]) {
                space_.kink_ranks.push_back(-1);
                space_.sides.emplace_back();
            } else {
                add_neuron(i, basis, forms[static_cast<std::size_t>(i)], tolerances);
            }
        }
        add_beside(basis, decayed);
        return std::move(space_);
    }

  private:
    using Row = FaceDirections::Row;

    double lambda_of(Size feature) const { return point_.lambda(layout_.coefficient(feature, 0)); }
    bool skip_decays() const {
        bool any = false;
        for (Size j = 0; j < layout_.inputs && layout_.skip; ++j) any = any || lambda_of(skip(j)) > 0.0;
        return any;
    }
    Size bias() const { return layout_.width; }
    Size skip(Size input) const { return layout_.width + (layout_.output_bias ? 1 : 0) + input; }

    void add_neuron(Size i, const Matrix& basis, const NeuronForms& forms, const Tolerances& tolerances) {
        const NeuronFace face = neuron_face(point_, basis, i, forms, tolerances);
        space_.holds = space_.holds && face.holds;
        for (Size j = 0; j < layout_.inputs; ++j) space_.on_faces.weights(i)[j] -= face.off[j];
        FaceView view = face_view(point_, basis, i, face);
        space_.kink_ranks.push_back(view.silent ? -1 : basis.cols() - face.tangent.rows());
        space_.sides.emplace_back();
        const bool decays = point_.decays(i);
        if (view.silent || (view.linear && layout_.skip && !decays && !skip_decays())) return;
        space_.sides.back() = std::move(view.sides);
        add_weights(basis, view.tangent, i);
        std::vector<std::vector<double>> still;
        if (!(lambda_of(i) > 0.0)) still = shared_;
        if (!decays) {
            std::vector<double> a = unshared(forms.a);
            const bool heard = norm_of(a) > kHeard * norm_of(forms.a);
            space_.holds = space_.holds && heard;
            if (heard) still.push_back(std::move(a));
        }
        add_outputs(orthogonal_complement(still, layout_.output_count), i);
    }
    std::vector<double> unshared(std::vector<double> a) const {
        double mean = 0.0;
        for (const double weight : a) mean += weight / static_cast<double>(a.size());
        for (double& weight : a) weight -= shared_.empty() ? 0.0 : mean;
        return a;
    }
    void add_weights(const Matrix& basis, const Matrix& tangent, Size i) {
        for (Size l = 0; l < tangent.rows(); ++l) {
            Row row;
            const std::span<const double> y(tangent.row(l), static_cast<std::size_t>(tangent.cols()));
            for (Size j = 0; j < layout_.inputs; ++j) {
                const double value = dot({basis.row(j), y.size()}, y);
                if (value != 0.0) row.emplace_back(layout_.weight(i, j), value);
            }
            space_.directions.add(std::move(row));
        }
    }
    void add_outputs(const Matrix& directions, Size feature) {
        for (Size l = 0; l < directions.rows(); ++l) {
            Row row;
            for (Size o = 0; o < layout_.output_count; ++o)
                if (directions(l, o) != 0.0)
                    row.emplace_back(layout_.coefficient(feature, o), directions(l, o));
            space_.directions.add(std::move(row));
        }
    }
    void add_beside(const Matrix& seen, const std::vector<bool>& seen_decayed) {
        const Matrix apart = orthogonal_complement(shared_, layout_.output_count);
        const auto all = orthogonal_complement({}, layout_.output_count);
        if (layout_.output_bias) {
            const bool decays = lambda_of(bias()) > 0.0;
            const bool made =
                layout_.skip && !decays && !skip_decays() && !constant_direction(point_.data).empty();
            if (!made) add_outputs(decays ? all : apart, bias());
        }
        if (!layout_.skip) return;
        std::vector<bool> decayed;
        for (Size j = 0; j < layout_.inputs; ++j) decayed.push_back(lambda_of(skip(j)) > 0.0);
        const Matrix own =
            decayed == seen_decayed ? seen.copy() : seen_weights(point_.data, decayed, execution_);
        for (Size q = 0; q < own.cols(); ++q) add_skip(apart, own, q);
        // What the outputs share is seen by the decay alone.
        for (Size j = 0; j < layout_.inputs && !shared_.empty(); ++j)
            if (decayed[static_cast<std::size_t>(j)])
                add_outputs(spanned(shared_, layout_.output_count), skip(j));
    }
    void add_skip(const Matrix& directions, const Matrix& basis, Size column) {
        for (Size l = 0; l < directions.rows(); ++l) {
            Row row;
            for (Size o = 0; o < layout_.output_count; ++o) {
                for (Size j = 0; j < layout_.inputs; ++j) {
                    const double value = directions(l, o) * basis(j, column);
                    if (value != 0.0) row.emplace_back(layout_.coefficient(skip(j), o), value);
                }
            }
            space_.directions.add(std::move(row));
        }
    }

    const KinkedPoint& point_;
    Layout layout_;
    FaceSpace space_;
    const Execution& execution_;
    std::vector<std::vector<double>> shared_;  // what the loss does not see of the outputs
};

}  // namespace

std::vector<double> FaceDirections::direction(std::span<const double> coordinates) const {
    std::vector<double> v(static_cast<std::size_t>(layout_.parameter_count()), 0.0);
    for (std::size_t l = 0; l < rows_.size(); ++l)
        for (const auto& [place, value] : rows_[l]) v[place] += coordinates[l] * value;
    return v;
}

Matrix FaceDirections::restricted(const Matrix& hessian) const {
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

std::vector<double> FaceDirections::magnitudes(std::span<const double> parameters) const {
    std::vector<double> result;
    for (const Row& row : rows_) {
        double root = 0.0;
        for (const auto& [place, value] : row) root += std::abs(value) * std::sqrt(parameters[place]);
        result.push_back(root * root);
    }
    return result;
}

std::vector<double> FaceDirections::slopes(std::span<const double> gradient) const {
    std::vector<double> result;
    for (const Row& row : rows_) {
        double sum = 0.0;
        for (const auto& [place, value] : row) sum += value * gradient[place];
        result.push_back(sum);
    }
    return result;
}

FaceDirections FaceDirections::undecayed(std::span<const double> lambdas) const {
    if (lambdas.empty()) return *this;
    const Size count = dimension();
    std::vector<std::vector<double>> pulled(static_cast<std::size_t>(layout_.parameter_count()));
    for (std::size_t l = 0; l < rows_.size(); ++l) {
        for (const auto& [place, value] : rows_[l]) {
            if (!(lambdas[place] > 0.0)) continue;
            if (pulled[place].empty()) pulled[place].resize(static_cast<std::size_t>(count), 0.0);
            pulled[place][l] = value;
        }
    }
    std::erase_if(pulled, [](const std::vector<double>& v) { return v.empty(); });
    const Matrix free = orthogonal_complement(pulled, count);
    FaceDirections result(layout_);
    for (Size q = 0; q < free.rows(); ++q) {
        const std::vector<double> v = direction({free.row(q), static_cast<std::size_t>(count)});
        Row row;
        for (std::size_t p = 0; p < v.size(); ++p)
            if (v[p] != 0.0 && !(lambdas[p] > 0.0)) row.emplace_back(p, v[p]);
        result.add(std::move(row));
    }
    return result;
}

FaceSpace face_space(const KinkedPoint& point, std::span<const NeuronForms> forms,
                     const std::vector<bool>& apart, const Tolerances& tolerances,
                     const Execution& execution) {
    return Builder(point, execution).build(forms, apart, tolerances);
}

}  // namespace tepui
