#include "classification/point/scouting.hpp"

#include "classification/spectrum/equilibration.hpp"
#include "classification/spectrum/ritz_subspace.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"
#include "splitting/inner_hessian.hpp"

namespace tepui {
namespace {

constexpr Size kMostSteps = 12;
constexpr Size kFewestPerInput = 8;
constexpr Size kMostPerInput = 32;
constexpr Size kShare = 16;  // at most every sixteenth sample
constexpr std::uint64_t kStartSeed = 0x5C07;

// Samples evenly spread over the data, the bias an input like the others.
class Scouts {
  public:
    Scouts(const Dataset& data, Size count)
        : count_(count), inputs_(data.inputs()), x_(count * inputs_), targets_(count), weights_(count) {
        for (Size k = 0; k < count; ++k) {
            const Size sample = data.samples() / count * k;
            data.sample(sample, x_.data() + k * inputs_);
            targets_[k] = data.target(sample);
            weights_[k] = data.given_weight(sample);
        }
    }
    bool weightless() const {
        const std::span<const double> weights = weights_.span();
        return std::all_of(weights.begin(), weights.end(), [](double s) { return s == 0.0; });
    }
    Dataset dataset() const {
        return Dataset({count_, inputs_, x_.data(), inputs_, targets_.data(), weights_.data()}, false, false,
                       LossScaling::sum);
    }

  private:
    Size count_, inputs_;
    Buffer<double> x_, targets_, weights_;
};

// By a few Krylov steps on D H D, in which inputs of every unit weigh alike.
ScoutedDirections directions_of(const Matrix& h, std::span<const double> magnitude, std::uint64_t stream) {
    const Size d = h.rows();
    const std::vector<double> scale = powers_of_two_scaling(magnitude);
    const std::size_t size = scale.size();
    RitzSubspace subspace(d, std::min(kMostSteps, d));
    std::vector<double> u(size), image(size);
    Random random(kStartSeed, stream);
    for (double& component : u) component = random.normal();
    do {
        for (Size i = 0; i < d; ++i) {
            double sum = 0.0;
            for (Size j = 0; j < d; ++j) sum += h(i, j) * (scale[j] * u[j]);
            image[i] = scale[i] * sum;
        }
        subspace.extend(u.data(), image.data());
    } while (subspace.size() < std::min(kMostSteps, d) && subspace.next(u.data()));
    ScoutedDirections found;
    if (!(subspace.lowest() < 0.0 && subspace.highest() > 0.0)) return found;
    found.negative = subspace.vector(false);
    found.positive = subspace.vector(true);
    for (std::size_t j = 0; j < size; ++j) {
        found.negative[j] *= scale[j];
        found.positive[j] *= scale[j];
    }
    return found;
}

}  // namespace

Size scout_samples(Size samples, Size inputs) {
    const Size count = std::min(samples / kShare, kMostPerInput * inputs);
    return count < kFewestPerInput * inputs ? 0 : count;
}

std::vector<ScoutedDirections> scout(const Dataset& data, const Network& network,
                                     const Execution& execution) {
    std::vector<ScoutedDirections> found(network.width);
    const Scouts scouts(data, scout_samples(data.samples(), data.inputs()));
    if (scouts.weightless()) return found;
    std::vector<Size> neurons;
    for (Size i = 0; i < network.width; ++i) neurons.push_back(i);
    const InnerHessians formed = inner_hessians(scouts.dataset(), network, neurons, execution);
    parallel_for(execution.threads, network.width, [&](Size i, Size) {
        const std::span<const double> magnitude{formed.magnitude.row(i),
                                                static_cast<std::size_t>(formed.inputs)};
        found[i] = directions_of(formed.matrix(i), magnitude, static_cast<std::uint64_t>(i));
    });
    return found;
}

}  // namespace tepui
