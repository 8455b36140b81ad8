#include "planted_faces.hpp"

#include <algorithm>
#include <cmath>

#include "plain_losses.hpp"
#include "plain_spaces.hpp"
#include "support/samples.hpp"

namespace tepui::test {
namespace {

using namespace plain;

Real slope_at(const Slopes& slopes, Real z) {
    return z >= 0 ? slopes.above : slopes.below;
}

}  // namespace

Dataset PlantedFaces::dataset() const {
    const Size d = network.inputs, features = options.bias_input ? d - 1 : d;
    std::vector<double> given;
    for (Size k = 0; k < samples; ++k) given.insert(given.end(), &x[k * d], &x[k * d] + features);
    Dataset data = dataset_of(features, given, network.output_count, targets, *options.loss, weights,
                              options.bias_input);
    data.set_decay(decay);
    return data;
}

namespace {

struct Moved {
    Reals f, there;          // outputs before and after
    Reals z, after, slopes;  // of each neuron: before, after, slope after
};

Moved moved(const PlantedFaces& planted, const Reals& step, Size k) {
    const Network& network = planted.network;
    const Slopes slopes = slopes_of(network.activation);
    const Size d = network.inputs, bias = network.width, first = bias + (network.output_bias ? 1 : 0);
    const double* x = planted.x.data() + k * d;
    Moved result;
    result.f.assign(static_cast<std::size_t>(network.output_count), 0);
    result.there = result.f;
    for (Size i = 0; i < network.width; ++i) {
        Real z = 0, t = 0;
        for (Size j = 0; j < d; ++j) {
            z += Real{network.weights(i)[j]} * x[j];
            t += step[network.weight(i, j)] * x[j];
        }
        if (std::binary_search(planted.kinks[i].begin(), planted.kinks[i].end(), k)) z = 0;
        result.z.push_back(z);
        result.after.push_back(z + t);
        result.slopes.push_back(slope_at(slopes, z + t));
    }
    for (Size o = 0; o < network.output_count; ++o) {
        const auto add = [&](Size q, Real before, Real after) {
            const Size p = network.coefficient(q, o);
            result.f[o] += network.parameters[p] * before;
            result.there[o] += (network.parameters[p] + step[p]) * after;
        };
        for (Size i = 0; i < network.width; ++i)
            add(i, result.z[i] * slope_at(slopes, result.z[i]), result.after[i] * result.slopes[i]);
        if (network.output_bias) add(bias, 1, 1);
        for (Size j = 0; j < d && network.skip; ++j) add(first + j, x[j], x[j]);
    }
    return result;
}

}  // namespace

long double PlantedFaces::change(const Reals& step) const {
    Real sum = 0;
    const LossKind kind = options.loss->kind();
    for (Size k = 0; k < samples; ++k) {
        const Moved at = moved(*this, step, k);
        const double* y = targets.data() + k * network.output_count;
        sum += weights[k] * (loss_of(kind, at.there, y) - loss_of(kind, at.f, y));
    }
    decay.each(network, [&](Size p, double lambda) {
        sum += lambda * step[p] * (network.parameters[p] + step[p] / 2);
    });
    return sum;
}

Real PlantedFaces::rounding() const {
    Real sum = 0;
    const Reals still(network.parameters.size(), 0);
    for (Size k = 0; k < samples; ++k) {
        const Moved at = moved(*this, still, k);
        const double* y = targets.data() + k * network.output_count;
        sum += weights[k] * std::abs(loss_of(options.loss->kind(), at.f, y));
        for (Size o = 0; o < network.output_count; ++o)
            sum += weights[k] * (1 + std::abs(at.f[o] * y[o]) + std::abs(y[o]));
    }
    return 1e-18L * sum;
}

Reals PlantedFaces::gradient(const Reals& step) const {
    Reals result(network.parameters.size(), 0);
    const Size d = network.inputs, bias = network.width, first = bias + (network.output_bias ? 1 : 0);
    for (Size k = 0; k < samples; ++k) {
        const Moved at = moved(*this, step, k);
        const Reals g = pull_of(options.loss->kind(), at.there, targets.data() + k * network.output_count);
        const double* x = this->x.data() + k * d;
        for (Size o = 0; o < network.output_count; ++o) {
            const Real pull = weights[k] * g[o];
            for (Size i = 0; i < network.width; ++i) {
                const Size p = network.coefficient(i, o);
                result[p] += pull * at.after[i] * at.slopes[i];
                if (std::binary_search(kinks[i].begin(), kinks[i].end(), k)) continue;
                for (Size j = 0; j < d; ++j)
                    result[network.weight(i, j)] +=
                        pull * (network.parameters[p] + step[p]) * at.slopes[i] * x[j];
            }
            if (network.output_bias) result[network.coefficient(bias, o)] += pull;
            for (Size j = 0; j < d && network.skip; ++j)
                result[network.coefficient(first + j, o)] += pull * x[j];
        }
    }
    decay.each(network,
               [&](Size p, double lambda) { result[p] += lambda * (network.parameters[p] + step[p]); });
    return result;
}

void PlantedFaces::put_on_faces(Reals& step) const {
    const Size d = network.inputs;
    for (Size i = 0; i < network.width; ++i) {
        std::vector<Reals> rows;
        for (const Size k : kinks[i]) rows.emplace_back(x.begin() + k * d, x.begin() + (k + 1) * d);
        Reals one(step.begin() + i * d, step.begin() + (i + 1) * d);
        remove(orthonormal(std::move(rows)), one);
        std::copy(one.begin(), one.end(), step.begin() + i * d);
    }
}

}  // namespace tepui::test
