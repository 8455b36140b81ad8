// A network whose inner Hessians are to be judged, with samples, residuals and all that the judges ask for.
#pragma once

#include <cmath>
#include <vector>

#include "classification/point/parts.hpp"
#include "core/random.hpp"

namespace tepui::bench {

// Normal inputs; softplus'' > 0, so that the residuals' mean decides how the spectra lie: with mean 0 they
// are balanced around zero, with 0.15 of the residuals' size the negative end is a small one.
class NeuronWorkload {
  public:
    NeuronWorkload(Size samples, Size inputs, Size width, double residual_mean)
        : x_(samples * inputs),
          targets_(samples),
          data_(fill(samples, inputs, width, residual_mean)),
          context_(data_, network_, tolerances_, execution_, std::vector<double>{}) {
        context_.psi();
        context_.constant();
    }

    const PointOnData& context() const { return context_; }
    const Dataset& data() const { return data_; }
    const Network& network() const { return network_; }

  private:
    Dataset fill(Size samples, Size inputs, Size width, double residual_mean) {
        Random random(3, 0);
        for (double& x : x_.span()) x = random.normal();
        network_ = Network(Activation(ActivationKind::softplus), width, inputs);
        for (Size i = 0; i < width; ++i) {
            network_.output(i) = i % 2 == 0 ? 1.0 : -0.7;
            for (Size j = 0; j < inputs; ++j)
                network_.weights(i)[j] = random.normal() / std::sqrt(static_cast<double>(inputs));
        }
        const DatasetSource source{samples, inputs, x_.data(), inputs, targets_.data(), nullptr};
        const Dataset without(source, false, false, LossScaling::sum);
        outputs(without, network_, targets_.data(), nullptr, execution_);
        for (double& y : targets_.span()) y -= residual_mean + random.normal();
        return Dataset(source, false, false, LossScaling::sum);
    }

    Tolerances tolerances_;
    Execution execution_{1};
    Buffer<double> x_, targets_;
    Network network_{Activation(ActivationKind::softplus), 1, 1};
    Dataset data_;
    PointOnData context_;
};

}  // namespace tepui::bench
