// What the daughters of a neuron with Psi_i = 0 do along null vectors of H_i (MATH.md section 14): psi bends
// there in some output, or the loss has a third-order term. Either makes a saddle of every split.
#pragma once

#include <optional>
#include <vector>

#include "classification/escape/null_space.hpp"
#include "classification/layer/neuron_shape.hpp"

namespace tepui {

// v with H_i v = 0, of unit preactivation change (root mean square).
struct NullDirection {
    std::vector<double> v;
    std::vector<double> bend;  // D^2 psi(w_i)(v, v), of each output; empty where it may be zero
    double third = 0.0;        // a_i . D^3 psi(w_i)(v, v, v)
};

class NullDirections {
  public:
    // other: another network that may be the stationary one, on its own data or the same; null: none.
    // errors.other is not used. Everything given must outlive this.
    NullDirections(const Dataset& data, const Network& network, const Dataset* other_data,
                   const Network* other, const SumErrors& errors, const Execution& execution);

    // Empty where H_i is not singular by structure, where Psi_i may not be zero, and where nothing is proven.
    std::optional<NullDirection> find(Size neuron, const NeuronShape& shape);

  private:
    // What every sample pulls at each output, over its weight, and what that may be wrong by, relative.
    struct Point {
        const Dataset* data;
        const Network* network;
        std::vector<Buffer<double>> pulls;
        double error = 0.0;
    };
    // A direction with what psi does along it; each level is over what counts as zero.
    struct Trial {
        NullDirection direction;
        double bend_level = 0.0, third_level = 0.0;
    };
    Point point(const Dataset& data, const Network& network) const;
    void look();
    Buffer<double> along_output(const Point& at, Size neuron) const;
    Psi psi(const Point& at, Size neuron, std::span<const double> pull) const;
    std::vector<PsiThird> thirds(const Point& at, Size neuron, const Matrix& directions) const;
    double relative_error() const;
    void measure_bends(Size neuron, double tilt, const NullSpace& space, std::vector<Trial>& trials) const;
    void measure_thirds(Size neuron, double tilt, const NullSpace& space, std::vector<Trial>& trials) const;

    const Dataset& data_;
    const Network& network_;
    const Dataset* other_data_;
    const Network* other_;
    SumErrors errors_;
    const Execution& execution_;
    std::optional<Point> here_, there_;  // once asked for
};

}  // namespace tepui
