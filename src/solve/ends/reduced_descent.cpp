#include "solve/ends/reduced_descent.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "classification/infinity/reduced_loss.hpp"
#include "core/euclidean.hpp"
#include "linalg/symmetric.hpp"
#include "solve/trust_region.hpp"

namespace tepui {
namespace {

constexpr Size kIterations = 150;
// Of the sizes of forms.
constexpr double kFirstRadius = 0.3, kLeastRadius = 1e-9;
constexpr double kLeastRatio = 1e-4;
// Iterations that together lower the loss by less than this, relatively, are the last ones.
constexpr Size kPatience = 10;
constexpr double kSlow = 1e-9;
// Newton's last steps: how many, how long, over which eigenvalues beside the largest, to what part of the
// gradient.
constexpr int kNewtonSteps = 8;
constexpr double kNearby = 0.1, kDefinite = 1e-15, kContraction = 0.5;

// The reduced loss where every coordinate moves its form by its size.
struct Model {
    ReducedLoss::Derivatives of;
    linalg::SymmetricEigen eigen;
    std::vector<double> gradient;  // in the eigenbasis

    explicit Model(const ReducedLoss& loss) : of(loss.derivatives()) {
        const Size count = Size(of.at.size());
        for (Size i = 0; i < count; ++i)
            for (Size j = 0; j < count; ++j) of.hessian(i, j) *= of.scale[i] * of.scale[j];
        eigen = linalg::symmetric_eigen(of.hessian, true);
        gradient.assign(std::size_t(count), 0.0);
        for (Size l = 0; l < count; ++l)
            for (Size j = 0; j < count; ++j)
                gradient[l] += eigen.vectors(l, j) * of.scale[j] * of.gradient[j];
    }

    BoundaryNetwork moved(BoundaryNetwork network, const std::vector<double>& step) const {
        for (Size l = 0; l < Size(step.size()); ++l)
            for (Size j = 0; j < Size(of.at.size()); ++j)
                network.parameters[of.at[j]] += step[l] * eigen.vectors(l, j) * of.scale[j];
        network.normalise();
        return network;
    }
};

double norm_of_gradient(const ReducedLoss::Derivatives& at, const std::vector<double>& scale) {
    double square = 0.0;
    for (std::size_t j = 0; j < scale.size(); ++j) {
        const double of = at.gradient[j] * scale[j];
        square += of * of;
    }
    return std::sqrt(square);
}

// Where differences of the loss are rounding: a Newton step that lowers the gradient.
bool contract_gradient(const Dataset& data, const SampleInputs& inputs, std::optional<ReducedLoss>& here) {
    const Model model(*here);
    if (model.of.at.empty()) return false;
    const double least = kDefinite * std::abs(model.eigen.values[model.eigen.values.size() - 1]);
    std::vector<double> step(model.gradient.size());
    for (std::size_t l = 0; l < step.size(); ++l)
        step[l] =
            model.eigen.values[Size(l)] > least ? -model.gradient[l] / model.eigen.values[Size(l)] : 0.0;
    if (!(norm_of(step) < kNearby)) return false;
    std::optional<ReducedLoss> there = ReducedLoss::at(data, inputs.h, model.moved(here->network(), step));
    if (!there || there->value() > here->value() + here->noise()) return false;
    const double before = norm_of_gradient(model.of, model.of.scale);
    if (!(norm_of_gradient(there->derivatives(), model.of.scale) < kContraction * before)) return false;
    here = std::move(there);
    return true;
}

}  // namespace

BoundaryNetwork descend_reduced(const SolveSetting& setting, const SampleInputs& inputs,
                                BoundaryNetwork network, Size& budget) {
    if (!ReducedLoss::is_known(*setting.data, network)) return network;
    std::optional<ReducedLoss> here = ReducedLoss::at(*setting.data, inputs.h, network);
    if (!here) return network;
    double radius = kFirstRadius;
    std::array<double, kPatience> last_falls{};
    for (Size iteration = 0; iteration < kIterations && budget > 0 && setting.keep_going(); ++iteration) {
        --budget;
        const Model model(*here);
        if (model.of.at.empty()) break;
        const double before = here->value();
        bool accepted = false;
        while (!accepted && radius > kLeastRadius) {
            const TrustRegionStep step =
                solve_trust_region(model.eigen.values.span(), model.gradient, radius);
            if (!(step.predicted > here->noise())) break;
            std::optional<ReducedLoss> there =
                ReducedLoss::at(*setting.data, inputs.h, model.moved(here->network(), step.step));
            const double ratio = there ? (here->value() - there->value()) / step.predicted : -1.0;
            if (ratio < 0.25) radius *= 0.25;
            if (ratio > 0.75 && step.boundary) radius *= 2.0;
            if (!(ratio > kLeastRatio)) continue;
            here = std::move(there);
            accepted = true;
        }
        if (!accepted) break;
        last_falls[iteration % kPatience] = before - here->value();
        const double fall = std::accumulate(last_falls.begin(), last_falls.end(), 0.0);
        if (iteration >= kPatience && fall < kSlow * here->value()) break;
    }
    for (int step = 0; step < kNewtonSteps && contract_gradient(*setting.data, inputs, here); ++step) {
    }
    return here->network();
}

}  // namespace tepui
