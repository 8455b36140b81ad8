#include "solve/relu/active_point.hpp"

#include <algorithm>
#include <cmath>

#include "classification/spectrum/tolerances.hpp"
#include "core/rounding.hpp"
#include "kernels/hidden_layer.hpp"

namespace tepui {
namespace {

constexpr Size kBlock = 256;

Matrix products(const Dataset& data, const double* weights, Size width, bool absolute) {
    const Size d = data.inputs();
    Matrix z(width, data.samples());
    if (width == 0) return z;
    PackedBlock block(d, data.outputs(), kBlock);
    Matrix strip(width, kBlock);
    for (Size first = 0; first < data.samples(); first += kBlock) {
        block.first = first;
        block.count = std::min(kBlock, data.samples() - first);
        block.stride = round_up(block.count, kSamplePadding);
        data.pack(block, 0, block.stride);
        if (absolute) {
            for (double& x : block.xt.span()) x = std::abs(x);
        }
        kernels::preactivations(weights, d, width, {block.xt.data(), block.stride, block.stride, d},
                                strip.data(), kBlock);
        for (Size i = 0; i < width; ++i) std::copy_n(strip.row(i), block.count, z.row(i) + first);
    }
    return z;
}

// The held samples and those within rounding of a kink.
KinkSets found_kinks(const Dataset& data, const Network& network, const Matrix& z, const KinkSets& held) {
    std::vector<double> absolute(network.parameters.begin(),
                                 network.parameters.begin() + network.width * network.inputs);
    for (double& w : absolute) w = std::abs(w);
    const Matrix terms = products(data, absolute.data(), network.width, true);
    const double tolerance = default_kink_tolerance(network.inputs);
    KinkSets kinks(network.width);
    for (Size i = 0; i < network.width; ++i) {
        std::vector<Size>& set = kinks[i];
        for (Size k = 0; k < data.samples(); ++k) {
            if (std::abs(z(i, k)) <= tolerance * terms(i, k)) set.push_back(k);
        }
        std::vector<Size> both;
        std::set_union(set.begin(), set.end(), held[i].begin(), held[i].end(), std::back_inserter(both));
        set = std::move(both);
    }
    return kinks;
}

// Sums of one output's terms with its weight a.
void add_times(double a, const KinkValue& sums, Size neuron, Size output, NeuronPull& pull) {
    const Size row = sums.row(neuron, output);
    for (std::size_t j = 0; j < pull.slope.size(); ++j) {
        const auto col = static_cast<Size>(j);
        pull.slope[j] += a * sums.slope(row, col);
        pull.slope_magnitude[j] += std::abs(a) * sums.slope_magnitude(row, col);
        pull.slope_rounding[j] += std::abs(a) * sums.slope_rounding(row, col);
    }
    const NeuronKinks& kinks = sums.kinks[neuron];
    for (std::size_t l = 0; l < pull.coefficients.size(); ++l) {
        const Size at = static_cast<Size>(l) * sums.outputs + output;
        pull.coefficients[l] += a * kinks.coefficients[at];
        pull.coefficient_rounding[l] += std::abs(a) * kinks.rounding[at];
    }
}

void add_decay(const Decay& decay, const Network& network, std::vector<NeuronPull>& pulls) {
    decay.each(network, [&](Size p, double lambda) {
        if (p >= network.width * network.inputs) return;
        NeuronPull& pull = pulls[p / network.inputs];
        const auto j = static_cast<std::size_t>(p % network.inputs);
        const double share = lambda * network.parameters[p];
        pull.slope[j] += share;
        pull.slope_magnitude[j] += std::abs(share);
        pull.slope_rounding[j] += kEps * std::abs(share);
    });
}

std::vector<NeuronPull> pulls_of(const Network& network, const KinkValue& sums) {
    std::vector<NeuronPull> pulls(network.width);
    for (Size i = 0; i < network.width; ++i) {
        NeuronPull& pull = pulls[i];
        const std::size_t kinks = sums.kinks[i].samples.size();
        for (std::vector<double>* row : {&pull.slope, &pull.slope_magnitude, &pull.slope_rounding})
            row->assign(network.inputs, 0.0);
        for (std::vector<double>* row : {&pull.coefficients, &pull.coefficient_rounding})
            row->assign(kinks, 0.0);
        for (Size o = 0; o < network.output_count; ++o) add_times(network.output(i, o), sums, i, o, pull);
    }
    return pulls;
}

Size spare_bias(const SolveSetting& setting, const Network& network) {
    const Decay& decay = setting.data->decay();
    if (!network.output_bias) return -1;
    if (decay.none()) return setting.metric->constant_input;
    const bool free = decay.bias_input && decay.hidden_biases == 0.0 && decay.output_biases == 0.0;
    return free ? network.inputs - 1 : -1;
}

}  // namespace

Matrix all_preactivations(const Dataset& data, const double* weights, Size width) {
    return products(data, weights, width, false);
}

double ActivePoint::loss_noise() const {
    return 2.0 * std::sqrt(sums.loss.loss * sums.loss.rounding_loss) + 4.0 * kEps * loss;
}

bool is_piecewise_quadratic(const SolveSetting& setting) {
    const Dataset& data = *setting.data;
    return data.outputs() == 1 && data.loss().quadratic() && data.decay().none();
}

std::optional<ActivePoint> active_point(const SolveSetting& setting, Network network, KinkSets held) {
    const Dataset& data = *setting.data;
    std::vector<KinkFace> faces;
    for (Size i = 0; i < network.width; ++i) {
        faces.emplace_back(data, *setting.metric, held[i]);
        faces.back().settle(network.weights(i));
    }
    Matrix z = all_preactivations(data, network.parameters.data(), network.width);
    KinkSets kinks = found_kinks(data, network, z, held);
    for (Size i = 0; i < network.width; ++i) {
        if (kinks[i].size() != held[i].size()) {
            faces[i] = KinkFace(data, *setting.metric, kinks[i]);
        }
        for (const Size k : kinks[i]) z(i, k) = 0.0;
    }
    KinkOptions options;
    options.exact = &kinks;
    options.residuals = true;
    try {
        KinkValue sums = kink_sums(data, network, options, setting.execution);
        std::vector<NeuronPull> pulls = pulls_of(network, sums);
        add_decay(data.decay(), network, pulls);
        const double loss = sums.loss.loss + data.decay().value(network, network.parameters);
        const Size spare = spare_bias(setting, network);
        return ActivePoint{std::move(network),
                           std::move(kinks),
                           std::move(faces),
                           std::move(sums),
                           loss,
                           std::move(pulls),
                           std::move(z),
                           data.loss().shift_invariant(),
                           spare,
                           data.decay()};
    } catch (const Error& error) {
        if (error.status() != Status::numeric) throw;
        return std::nullopt;
    }
}

std::vector<Violation> violations(const ActivePoint& point) {
    const Network& network = point.network;
    const double beta = point.sums.slopes.kink();
    std::vector<Violation> found;
    for (Size i = 0; i < network.width; ++i) {
        const std::vector<Size>& samples = point.sums.kinks[i].samples;
        const NeuronPull& pull = point.pulls[i];
        const auto& members = point.faces[i].members();
        for (std::size_t l = 0; l < members.size(); ++l) {
            // The slope is sum b_k x_k on the face; leaving along +-dual costs +-b + c.
            double b = 0.0, c = 0.0, noise = 0.0, terms = 0.0;
            for (Size j = 0; j < network.inputs; ++j) {
                const double dual = members[l].dual[j];
                b += pull.slope[j] * dual;
                noise += std::abs(pull.slope_rounding[j] * dual);
                terms += std::abs(pull.slope_magnitude[j] * dual);
            }
            for (const KinkFace::Member::Parallel& parallel : members[l].parallels) {
                const auto place =
                    std::lower_bound(samples.begin(), samples.end(), parallel.sample) - samples.begin();
                c += parallel.ratio * beta * pull.coefficients[place];
                noise += parallel.ratio * std::abs(beta) * pull.coefficient_rounding[place];
                terms += std::abs(parallel.ratio * beta * pull.coefficients[place]);
            }
            const double violation = std::abs(b) - c;
            if (!(violation > 4.0 * noise)) continue;
            found.push_back({{i, static_cast<Size>(l), b > 0.0 ? -1.0 : 1.0},
                             violation,
                             violation / members[l].dual_length,
                             terms});
        }
    }
    return found;
}

}  // namespace tepui
