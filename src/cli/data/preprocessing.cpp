#include "cli/data/preprocessing.hpp"

#include <cmath>
#include <numeric>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

double weight_of(const Samples& samples, std::int64_t k) {
    return samples.weights.empty() ? 1.0 : samples.weights[std::size_t(k)];
}

// Weighted mean and (population) standard deviation of values[k * stride]. Two passes: the second one on
// centred values, so that a large mean costs no digits.
Scaling moments(const Samples& samples, const double* values, std::int64_t stride) {
    long double mass = 0.0, sum = 0.0, square = 0.0;
    for (std::int64_t k = 0; k < samples.count; ++k) {
        mass += weight_of(samples, k);
        sum += (long double)(weight_of(samples, k)) * values[k * stride];
    }
    const long double mean = sum / mass;
    for (std::int64_t k = 0; k < samples.count; ++k)
        square += weight_of(samples, k) * (values[k * stride] - mean) * (values[k * stride] - mean);
    return {double(mean), double(std::sqrt(square / mass))};
}

void rescale(double* values, std::int64_t stride, std::int64_t count, const Scaling& scaling) {
    for (std::int64_t k = 0; k < count; ++k)
        values[k * stride] = (values[k * stride] - scaling.mean) / scaling.scale;
}

double variation_of(const Samples& samples, const double* values, std::int64_t stride) {
    const double mean = moments(samples, values, stride).mean;
    double variation = 0.0;
    for (std::int64_t k = 0; k < samples.count; ++k) {
        const double centred = values[k * stride] - mean;
        variation += weight_of(samples, k) * centred * centred;
    }
    return variation;
}

// Constant over the samples that count.
bool is_constant(const Samples& samples, std::size_t column) {
    bool seen = false;
    double value = 0.0;
    for (std::int64_t k = 0; k < samples.count; ++k) {
        if (weight_of(samples, k) == 0.0) continue;
        const double here = samples.value(k, column);
        if (seen && here != value) return false;
        value = here;
        seen = true;
    }
    return true;
}

void drop_columns(Samples& samples, const std::vector<char>& dropped) {
    samples.load();
    const std::size_t d = samples.features.size();
    std::vector<std::string> names;
    for (std::size_t j = 0; j < d; ++j)
        if (!dropped[j]) names.push_back(samples.features[j]);
    std::vector<double> x;
    x.reserve(std::size_t(samples.count) * names.size());
    for (std::size_t k = 0; k < std::size_t(samples.count); ++k)
        for (std::size_t j = 0; j < d; ++j)
            if (!dropped[j]) x.push_back(samples.x[k * d + j]);
    samples.features = std::move(names);
    samples.x = std::move(x);
}

void drop_constant_columns(Samples& samples, const DataOptions& options, bool centred, Preprocessing& done,
                           std::vector<std::string>& warnings) {
    std::vector<char> dropped(samples.features.size(), 0);
    for (std::size_t j = 0; j < samples.features.size(); ++j) {
        // A constant that is not zero is a bias of its own where there is no other.
        const bool useless = centred || samples.value(0, j) == 0.0;
        dropped[j] = !options.keep_constant && useless && is_constant(samples, j);
        if (dropped[j]) done.dropped.push_back(samples.features[j]);
    }
    if (done.dropped.empty()) return;
    std::string names;
    for (const std::string& name : done.dropped) names += (names.empty() ? "" : ", ") + name;
    if (done.dropped.size() == samples.features.size())
        throw UserError(options.file + ": every feature is constant (" + names + ")");
    warnings.push_back("left out " + counted(std::int64_t(done.dropped.size()), "constant column") + ": " +
                       names + " (--keep-constant keeps them)");
    drop_columns(samples, dropped);
}

}  // namespace

double Preprocessing::variation() const {
    return std::accumulate(variations.begin(), variations.end(), 0.0);
}

Preprocessing preprocess(Samples& samples, const DataOptions& options, bool standardize, bool bias,
                         std::vector<std::string>& warnings) {
    Preprocessing done;
    done.categorical = samples.categorical;
    done.missing_rows = samples.missing_rows;
    done.comment_lines = samples.comment_lines;
    if (samples.missing_rows > 0)
        warnings.push_back("left out " + counted(samples.missing_rows, "row") + " of " +
                           std::to_string(samples.count + samples.missing_rows) +
                           " with missing values (the first: " + samples.first_missing + ")");
    drop_constant_columns(samples, options, bias || standardize, done, warnings);
    const std::int64_t d = std::int64_t(samples.features.size());
    done.features.resize(samples.features.size());
    done.standardized = standardize;
    if (standardize) {
        samples.load();
        for (std::int64_t j = 0; j < d; ++j) {
            Scaling& scaling = done.features[std::size_t(j)];
            scaling = moments(samples, samples.x.data() + j, d);
            if (is_constant(samples, std::size_t(j))) scaling.scale = 1.0;  // kept on request
            rescale(samples.x.data() + j, d, samples.count, scaling);
        }
    }
    done.targets_standardized = standardize && samples.targets.loss.of_differences();
    const std::int64_t outputs = std::int64_t(samples.targets.outputs.size());
    for (std::int64_t o = 0; o < outputs; ++o) {
        double* const y = samples.targets.values.data() + o;
        done.targets.push_back(done.targets_standardized ? moments(samples, y, outputs) : Scaling{});
        if (done.targets_standardized) rescale(y, outputs, samples.count, done.targets.back());
        done.variations.push_back(variation_of(samples, y, outputs));
    }
    return done;
}

}  // namespace tepui::cli
