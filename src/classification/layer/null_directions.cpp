#include "classification/layer/null_directions.hpp"

#include <algorithm>
#include <cmath>

#include "classification/layer/output_space.hpp"
#include "core/random.hpp"

namespace tepui {
namespace {

constexpr double kClear = SpectralReport::kClearMargin;

bool singular_by_structure(const NeuronShape& shape) {
    const SpectralReport& inner = shape.inner;
    const bool one_sign = inner.inertia.negative == 0 || inner.inertia.positive == 0;
    return shape.slopes.rank.most == 0 && one_sign && inner.inertia.zero > 0 && inner.counted &&
           inner.clear() && inner.inertia.zero == shape.explained_zeros;
}

// A quadratic form is zero where it is at all basis vectors and sums of two; a cubic one that is not is zero
// at almost no random vector.
std::vector<std::vector<double>> trial_coordinates(std::size_t dimension) {
    constexpr std::size_t kMostPaired = 8;
    constexpr int kDrawn = 12;
    std::vector<std::vector<double>> trials;
    const auto add = [&]() -> std::vector<double>& { return trials.emplace_back(dimension, 0.0); };
    for (std::size_t a = 0; a < dimension; ++a) {
        add()[a] = 1.0;
        for (std::size_t b = 0; b < a && dimension <= kMostPaired; ++b) {
            std::vector<double>& pair = add();
            pair[a] = pair[b] = 1.0;
        }
    }
    for (int drawn = 0; drawn < kDrawn && dimension > 1; ++drawn) {
        Random random(0x2b, static_cast<std::uint64_t>(drawn));
        for (double& c : add()) c = random.normal();
    }
    return trials;
}

// H v and v^T H v with its absolute terms.
struct Form {
    std::vector<double> image;
    double value = 0.0, terms = 0.0;

    Form(const Psi& psi, const std::vector<double>& v) : image(v.size(), 0.0) {
        double root = 0.0;
        for (std::size_t i = 0; i < v.size(); ++i) {
            for (std::size_t j = 0; j < v.size(); ++j)
                image[i] += psi.hessian(static_cast<Size>(i), static_cast<Size>(j)) * v[j];
            value += v[i] * image[i];
            root += std::abs(v[i]) * std::sqrt(psi.hessian_magnitude[i]);
        }
        terms = root * root;
    }
};

double scaled_length(const std::vector<double>& v, const std::vector<double>& scale) {
    double length = 0.0;
    for (std::size_t j = 0; j < v.size(); ++j) length = std::hypot(length, scale[j] * v[j]);
    return length;
}

double level_of(double value, double tolerance) {
    return value == 0.0 ? 0.0 : tolerance > 0.0 ? value / tolerance : HUGE_VAL;
}

}  // namespace

NullDirections::NullDirections(const Dataset& data, const Network& network, const Dataset* other_data,
                               const Network* other, const SumErrors& errors, const Execution& execution)
    : data_(data),
      network_(network),
      other_data_(other_data),
      other_(other),
      errors_(errors),
      execution_(execution) {}

NullDirections::Point NullDirections::point(const Dataset& data, const Network& network) const {
    const Size outputs = network.output_count, n = data.samples();
    const OutputPulls all = output_pulls(data, network, execution_);
    Point result{&data, &network, {}};
    double square = 0.0, error = 0.0;
    for (Size o = 0; o < outputs; ++o) {
        Buffer<double>& one = result.pulls.emplace_back(n);
        for (Size k = 0; k < n; ++k) {
            const double g = all.g[k * outputs + o], wrong = all.error[k * outputs + o];
            one[k] = data.weight(k) > 0.0 ? g / data.weight(k) : 0.0;
            square += g * g;
            error += wrong * wrong;
        }
    }
    result.error = square > 0.0 ? std::sqrt(error / square) : 0.0;
    return result;
}

void NullDirections::look() {
    if (here_) return;
    here_ = point(data_, network_);
    if (other_ != nullptr) there_ = point(*other_data_, *other_);
}

// a_i . g of every sample
Buffer<double> NullDirections::along_output(const Point& at, Size neuron) const {
    Buffer<double> along(data_.samples());
    for (Size k = 0; k < data_.samples(); ++k) {
        along[k] = 0.0;
        for (std::size_t o = 0; o < at.pulls.size(); ++o)
            along[k] += network_.output(neuron, static_cast<Size>(o)) * at.pulls[o][k];
    }
    return along;
}

Psi NullDirections::psi(const Point& at, Size neuron, std::span<const double> pull) const {
    const double* const w = at.network->weights(neuron);
    return psi_at(*at.data, pull, at.network->activation_of(neuron), {w, w + network_.inputs}, 2, execution_);
}

std::vector<PsiThird> NullDirections::thirds(const Point& at, Size neuron, const Matrix& directions) const {
    Matrix weights(1, network_.inputs);
    std::copy_n(at.network->weights(neuron), network_.inputs, weights.row(0));
    const std::vector<Size> owners(static_cast<std::size_t>(directions.rows()), 0);
    const Buffer<double> pull = along_output(at, neuron);
    return psi_thirds(*at.data, pull.span(), at.network->activation_of(neuron), weights, owners, directions,
                      execution_);
}

double NullDirections::relative_error() const {
    return sum_rounding(network_.inputs, data_.samples()) + errors_.level + here_->error;
}

// Rounding may have turned v by an angle whose sine is the tilt: v^T H v by 2 tilt |D H v| at most.
void NullDirections::measure_bends(Size neuron, double tilt, const NullSpace& space,
                                   std::vector<Trial>& trials) const {
    std::vector<double> squares(trials.size(), 0.0), doubts(trials.size(), 0.0);
    for (std::size_t o = 0; o < here_->pulls.size(); ++o) {
        const Psi here = psi(*here_, neuron, here_->pulls[o].span());
        std::optional<Psi> there;
        if (there_) there = psi(*there_, neuron, there_->pulls[o].span());
        for (std::size_t q = 0; q < trials.size(); ++q) {
            NullDirection& one = trials[q].direction;
            const Form form(here, one.v);
            double doubt = relative_error() * form.terms;
            if (there) doubt += std::abs(Form(*there, one.v).value - form.value);
            doubt = errors_.factor * doubt + 2.0 * tilt * scaled_length(form.image, space.scale);
            one.bend.push_back(form.value);
            squares[q] = std::hypot(squares[q], form.value);
            doubts[q] = std::hypot(doubts[q], doubt);
        }
    }
    for (std::size_t q = 0; q < trials.size(); ++q) trials[q].bend_level = level_of(squares[q], doubts[q]);
}

// And T3(v) by 3 tilt |D T3(v, v, .)|.
void NullDirections::measure_thirds(Size neuron, double tilt, const NullSpace& space,
                                    std::vector<Trial>& trials) const {
    Matrix directions(static_cast<Size>(trials.size()), network_.inputs);
    for (std::size_t q = 0; q < trials.size(); ++q)
        std::copy(trials[q].direction.v.begin(), trials[q].direction.v.end(),
                  directions.row(static_cast<Size>(q)));
    const std::vector<PsiThird> here = thirds(*here_, neuron, directions);
    std::vector<PsiThird> there;
    if (there_) there = thirds(*there_, neuron, directions);
    for (std::size_t q = 0; q < trials.size(); ++q) {
        double doubt = relative_error() * here[q].magnitude;
        if (there_) doubt += std::abs(there[q].value - here[q].value);
        doubt = errors_.factor * doubt + 3.0 * tilt * scaled_length(here[q].slope, space.scale);
        trials[q].direction.third = here[q].value;
        trials[q].third_level = level_of(std::abs(here[q].value), doubt);
    }
}

std::optional<NullDirection> NullDirections::find(Size neuron, const NeuronShape& shape) {
    if (!singular_by_structure(shape) || network_.activation_of(neuron).derivatives() < 3)
        return std::nullopt;
    look();
    const Size dimension = shape.inner.inertia.zero;
    const Psi inner = psi(*here_, neuron, along_output(*here_, neuron).span());
    const NullSpace space = null_space(inner, dimension);
    const double tilt = dimension == network_.inputs ? 0.0 : 1.0 / shape.inner.margin;
    const Dataset one_target = data_.with_targets(here_->pulls.front().span(), linear_loss());
    std::vector<Trial> trials;
    for (const std::vector<double>& coordinates : trial_coordinates(space.basis.size())) {
        std::vector<double> v = space.vector(coordinates);
        const double size = preactivation_size(one_target, v, execution_);
        if (!(size > 0.0)) continue;
        for (double& component : v) component /= size;
        trials.push_back({{std::move(v), {}, 0.0}, 0.0, 0.0});
    }
    if (trials.empty()) return std::nullopt;
    measure_bends(neuron, tilt, space, trials);
    measure_thirds(neuron, tilt, space, trials);
    const auto best = [&](double Trial::*level) {
        return std::max_element(trials.begin(), trials.end(),
                                [=](const Trial& p, const Trial& q) { return p.*level < q.*level; });
    };
    const auto bent = best(&Trial::bend_level), third = best(&Trial::third_level);
    const bool bends = bent->bend_level > kClear;
    if (!bends && !(third->third_level > kClear)) return std::nullopt;
    Trial& found = bends ? *bent : *third;
    if (!bends) found.direction.bend.clear();
    return std::move(found.direction);
}

}  // namespace tepui
