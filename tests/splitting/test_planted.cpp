#include <lapacke.h>

#include <cmath>
#include <map>

#include "splitting/inner_hessian.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

// Signs of the eigenvalues, those below 1e-9 of the largest counted as zero.
Inertia plain_inertia(const Matrix& matrix, double scale) {
    Matrix copy = matrix.copy();
    std::vector<double> values(static_cast<std::size_t>(matrix.rows()));
    const auto d = static_cast<lapack_int>(matrix.rows());
    REQUIRE(LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'N', 'L', d, copy.data(), d, values.data()) == 0);
    Inertia inertia;
    for (const double value : values) {
        if (std::abs(value) <= 1e-9 * scale) {
            ++inertia.zero;
        } else {
            ++(value < 0.0 ? inertia.negative : inertia.positive);
        }
    }
    return inertia;
}

double largest(const double* values, Size count) {
    double top = 0.0;
    for (Size l = 0; l < count; ++l) top = std::max(top, std::abs(values[l]));
    return top;
}

void check_planted(const Planted& planted, bool saddle) {
    const Dataset data = planted.dataset();
    const HessianValue h = hessian(data, planted.network, Execution{1});
    const InnerHessians inner = inner_hessians(data, planted.network, Execution{1});
    const Size d = planted.network.inputs;
    INFO(planted.network.activation.name()
         << " m=" << planted.network.width << " d=" << d << " eps=" << planted.epsilon);
    CHECK(h.gradient.loss.loss > 1e3 * h.gradient.loss.rounding_loss);
    for (std::size_t j = 0; j < h.gradient.value.size(); ++j) {
        CHECK(std::abs(h.gradient.value[j]) <= h.gradient.rounding[j] + 1e-13 * h.gradient.magnitude[j]);
    }
    double scale = 0.0;
    for (const auto& target : planted.inner) scale = std::max(scale, largest(target.data(), d * d));
    for (Size i = 0; i < planted.network.width; ++i) {
        const Matrix matrix = inner.matrix(i);
        for (Size l = 0; l < d * d; ++l) {
            CHECK(matrix.data()[l] ==
                  Approx(planted.inner[i][l]).margin(1e-8 * scale + 1e-13 * inner.magnitude(i, 0)));
        }
    }
    if (!planted.full_rank) return;
    const Inertia inertia = plain_inertia(h.value, largest(h.value.data(), h.value.rows() * h.value.cols()));
    CHECK((inertia.negative > 0) == saddle);
}

}  // namespace

TEST_CASE("planted points are stationary, with the wanted inner Hessians and verdict") {
    using enum Definiteness;
    const std::vector<std::vector<Definiteness>> wishes = {
        {positive_definite},
        {negative_definite},
        {indefinite},
        {positive_semidefinite, positive_definite},
        {negative_definite, indefinite, zero},
        {positive_definite, negative_semidefinite, negative_definite, indefinite},
    };
    std::uint64_t seed = 0;
    std::map<std::string, int> planted_count;
    for (const Activation& activation : curved_activations()) {
        for (const auto& wanted : wishes) {
            for (const Size features : {1, 2, 3, 6}) {
                if (features == 6 && wanted.size() > 3) continue;
                for (const bool saddle : {false, true}) {
                    PlantedOptions options;
                    options.activation = activation;
                    options.features = features;
                    options.wanted = wanted;
                    options.seed = ++seed;
                    options.bias = seed % 3 == 0;
                    options.weights = seed % 2 == 0;
                    options.scaling = seed % 5 == 0 ? LossScaling::mean : LossScaling::sum;
                    options.saddle = saddle;
                    const std::optional<Planted> planted = plant(options);
                    if (!planted) continue;
                    ++planted_count[std::string(activation.name())];
                    check_planted(*planted, saddle);
                }
            }
        }
    }
    for (const Activation& activation : curved_activations()) {
        const bool identities = activation.traits().homogeneity > 0;  // these forbid most wishes
        const int least = activation.kind() == ActivationKind::identity ? 0 : (identities ? 3 : 15);
        INFO(activation.name());
        CHECK(planted_count[std::string(activation.name())] >= least);
    }
}

TEST_CASE("wishes that the activation's identities or the dimension forbid are reported") {
    PlantedOptions options;
    options.features = 3;
    for (const auto kind :
         {ActivationKind::square, ActivationKind::cube, ActivationKind::relu3, ActivationKind::identity}) {
        options.activation = Activation(kind);
        CHECK_FALSE(plant(options));
    }
    options.activation = Activation(ActivationKind::tanh);
    CHECK(plant(options));
    options.saddle = true;
    CHECK_FALSE(plant(options));
    options.saddle = false;
    options.features = 1;
    CHECK(plant(options));
    options.wanted = {Definiteness::indefinite};
    CHECK_FALSE(plant(options));
    options.wanted = {Definiteness::positive_semidefinite};
    CHECK_FALSE(plant(options));
    options.activation = Activation(ActivationKind::exp);
    options.wanted = {Definiteness::negative_definite};
    CHECK(plant(options));
    options.bias = true;
    CHECK_FALSE(plant(options));
}
