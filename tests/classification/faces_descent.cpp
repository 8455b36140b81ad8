#include "faces_descent.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/symmetric.hpp"
#include "support/catch.hpp"

namespace tepui::test {
namespace {

using Real = long double;
using Reals = std::vector<Real>;

void scale_to(Reals& v, Real size) {
    Real square = 0;
    for (const Real c : v) square += c * c;
    const Real factor = square > 0 ? size / std::sqrt(square) : 0;
    for (Real& c : v) c *= factor;
}

Reals random_step(Random& random, std::size_t count, Real size) {
    Reals step;
    for (std::size_t p = 0; p < count; ++p) step.push_back(random.normal());
    scale_to(step, size);
    return step;
}

}  // namespace

Real least_on_faces(const PlantedFaces& planted, Real size, int steps) {
    constexpr Real kStep = 1e-6L;
    const Size count = static_cast<Size>(planted.network.parameters.size());
    Matrix hessian(count, count);
    for (Size p = 0; p < count; ++p) {
        Reals step(static_cast<std::size_t>(count), 0), back;
        step[p] = kStep;
        planted.put_on_faces(step);
        for (const Real c : step) back.push_back(-c);
        Reals up = planted.gradient(step);
        const Reals down = planted.gradient(back);
        for (Size q = 0; q < count; ++q) up[q] = (up[q] - down[q]) / (2 * kStep);
        planted.put_on_faces(up);
        for (Size q = 0; q < count; ++q) hessian(p, q) = static_cast<double>(up[q]);
    }
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(hessian, true);
    Real least = 0;
    for (Size l = 0; l < std::min<Size>(2, count); ++l) {
        Reals step(eigen.vectors.row(l), eigen.vectors.row(l) + count);
        planted.put_on_faces(step);
        scale_to(step, size);
        Real at = planted.change(step), length = 0.1L;
        for (int t = 0; t < steps; ++t) {
            Reals gradient = planted.gradient(step), next = step;
            planted.put_on_faces(gradient);
            scale_to(gradient, length * size);
            for (Size p = 0; p < count; ++p) next[p] -= gradient[p];
            scale_to(next, size);
            const Real there = planted.change(next);
            length *= there < at ? 1.5L : 0.5L;
            if (there < at) {
                at = there;
                step = std::move(next);
            }
        }
        least = std::min(least, at);
    }
    return least;
}

Real least_around(const PlantedFaces& planted, Random& random, Real size, int steps) {
    const std::size_t count = planted.network.parameters.size();
    Reals step = random_step(random, count, size);
    if (random.uniform() < 0.5) planted.put_on_faces(step);
    Real at = planted.change(step), least = std::min(at, Real{0}), length = 0.5;
    for (int t = 0; t < steps; ++t) {
        Reals next = random_step(random, count, length * size);
        if (random.uniform() < 0.5) planted.put_on_faces(next);
        for (std::size_t p = 0; p < count; ++p) next[p] += step[p];
        Real square = 0;
        for (const Real c : next) square += c * c;
        if (square > size * size) scale_to(next, size);
        const Real there = planted.change(next);
        length = std::clamp(length * (there < at ? 1.4L : 0.9L), Real{1e-4L}, Real{1});
        if (there >= at) continue;
        at = there;
        step = std::move(next);
        least = std::min(least, at);
    }
    return least;
}

bool check_witness(const PlantedFaces& planted, const Witness& witness) {
    const auto step = [&](double epsilon) {
        const std::vector<double> end = witness.curve(epsilon);
        Reals result;
        for (std::size_t p = 0; p < end.size(); ++p)
            result.push_back(static_cast<Real>(end[p]) - planted.network.parameters[p]);
        return result;
    };
    const auto rounding = static_cast<double>(planted.rounding());
    CHECK(witness.descends());
    CHECK(witness.coefficient < 0.0);
    const Real measured = planted.change(step(witness.epsilon));
    CHECK(std::abs(static_cast<double>(measured) - witness.measured) <=
          witness.measured_error + 1e-6 * std::abs(witness.measured) + rounding);
    return measured < rounding;
}

const Loss* loss_number(int number) {
    static const std::unique_ptr<const Loss> huber = pseudo_huber_loss(1.0);
    const Loss* const losses[] = {&squared_loss(), &logistic_loss(), &softmax_loss(), &poisson_loss(),
                                  huber.get()};
    return losses[number % 5];
}

PlantedFacesOptions draw_model(std::uint64_t seed, int loss, Random& random) {
    PlantedFacesOptions options;
    options.seed = seed;
    options.loss = loss_number(loss);
    const Activation activations[] = {Activation(ActivationKind::relu),
                                      Activation(ActivationKind::leaky_relu, 0.125),
                                      Activation(ActivationKind::abs)};
    options.activation = activations[static_cast<int>(3.0 * random.uniform())];
    options.width = 1 + static_cast<Size>(3.0 * random.uniform());
    options.inputs = 3 + static_cast<Size>(2.0 * random.uniform());
    options.outputs = 1 + static_cast<Size>(3.0 * random.uniform());
    if (options.loss->shift_invariant()) options.outputs = std::max<Size>(options.outputs, 2);
    return options;
}

}  // namespace tepui::test
