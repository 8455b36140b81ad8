// The limit of networks whose weights run off: a sum of units, each a few functions F_q of a few linear forms
// of the inputs times coefficients in R^K (MATH.md section 13). Ordinary neurons are among them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/matrix.hpp"
#include "network/model/network.hpp"
#include "vocabulary/infinity.hpp"

namespace tepui {

// How many linear forms and coefficient vectors, and which form has no scale of its own: multiplied by t > 0
// it is undone by coefficient `scaled_coefficient` over t^degree.
struct UnitShape {
    Size forms = 1, coefficients = 1;
    struct Scale {
        Size form, coefficient;
        int degree;
    };
    std::vector<Scale> scales;
    // A line v along which neurons meet and its bend q: q + k v is undone by the lower coefficient less k
    // times the upper one. The scale of v goes with its square in q and in the upper coefficient.
    struct Bend {
        Size line, bend, lower, upper;
    };
    std::optional<Bend> bend = std::nullopt;
};
const UnitShape& shape_of(UnitKind kind);

struct BoundaryUnit {
    UnitKind kind = UnitKind::neuron;
    Activation activation;
    std::vector<Size> neurons;  // of the network, that run off as this unit
    // Directions that a form's weights move in, as rows; null: all inputs. A form's parameters are
    // coordinates along them.
    std::shared_ptr<const Matrix> bases[3];
    // Saturated and rectified: samples on the hyperplane, ascending. A saturated unit is sigma(u . h) there.
    std::vector<Size> kept = {};
    // Whether the inputs of the kept samples are independent: each preactivation there is free.
    bool independent = false;
    // Saturated: of each sample the sign of v . h, 0 for the kept ones, and such a v.
    std::vector<signed char> side = {};
    std::vector<double> direction = {};

    explicit BoundaryUnit(Activation activation_) : activation(std::move(activation_)) {}
};

// Whether a saturated unit is the same in every sample but for those on its hyperplane.
bool is_one_sided(const BoundaryUnit& unit);

struct BoundaryNetwork {
    Size inputs = 0, output_count = 1;
    double bias_value = 0.0;  // of the last input, where it is the same in every sample; 0: it is not
    bool output_bias = false, skip = false;
    std::vector<BoundaryUnit> units;
    // Unit by unit: the coordinates of its forms, then its coefficients [coefficients][K]; then b [K] and C
    // [K][inputs].
    std::vector<double> parameters;

    Size form_size(Size unit, Size form) const noexcept {
        const auto& basis = units[unit].bases[form];
        return basis ? basis->rows() : inputs;
    }
    Size form_at(Size unit, Size form) const;
    Size coefficient_at(Size unit, Size coefficient, Size output = 0) const;
    Size rest_at() const;  // of b, or of C where there is no b
    Size skip_at() const { return rest_at() + (output_bias ? output_count : 0); }
    Size parameter_count() const;

    // The weights of a form, [inputs].
    std::vector<double> weights(Size unit, Size form) const;
    // The coordinates of the given weights; what is not along the basis is lost.
    void set_weights(Size unit, Size form, const double* weights);
    double& coefficient(Size unit, Size q, Size o = 0) { return parameters[coefficient_at(unit, q, o)]; }
    double coefficient(Size unit, Size q, Size o = 0) const { return parameters[coefficient_at(unit, q, o)]; }

    // Puts this unit in the place of one with as many forms and coefficients; its first form is 0, the rest
    // stays.
    void replace_unit(Size unit, BoundaryUnit by);
    // Makes every form without a scale of its own a unit vector, and bends orthogonal to their lines.
    void normalise();

  private:
    void straighten(Size unit, double length);
};

// Nothing has run off: every neuron is a unit. bias_value: as above.
BoundaryNetwork as_limit(const Network& network, double bias_value);

}  // namespace tepui
