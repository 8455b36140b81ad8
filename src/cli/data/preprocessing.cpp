#include "cli/data/preprocessing.hpp"

#include <cmath>
#include <cstdlib>
#include <numeric>
#include <optional>

#include "cli/data/column_sums.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/ranks.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

double most_bytes_copied() {
    const char* bytes = std::getenv("TEPUI_COPIED_BYTES");
    return bytes == nullptr ? 1073741824.0 : std::strtod(bytes, nullptr);
}

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

void drop_constant_columns(Samples& samples, const DataOptions& options, bool centred, Preprocessing& done,
                           std::vector<std::string>& warnings) {
    std::vector<char> kept(samples.features.size(), 1);
    std::vector<std::string> names_kept;
    const std::vector<std::optional<double>> constants = constants_of(samples);
    for (std::size_t j = 0; j < samples.features.size(); ++j) {
        // A constant that is not zero is a bias of its own where there is no other.
        kept[j] = options.keep_constant || !constants[j] || !(centred || *constants[j] == 0.0);
        (kept[j] ? names_kept : done.dropped).push_back(samples.features[j]);
    }
    if (done.dropped.empty()) return;
    std::string names;
    for (const std::string& name : done.dropped) names += (names.empty() ? "" : ", ") + name;
    if (done.dropped.size() == samples.features.size())
        throw UserError(options.file + ": every feature is constant (" + names + ")");
    warnings.push_back("left out " + counted(std::int64_t(done.dropped.size()), "constant column") + ": " +
                       names + " (--keep-constant keeps them)");
    samples.inputs.keep_columns(kept);
    samples.features = std::move(names_kept);
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
    done.features.resize(samples.features.size());
    done.standardized = standardize;
    if (standardize) {
        done.features = moments_of_inputs(samples);
        const std::vector<std::optional<double>> constants = constants_of(samples);
        for (std::size_t j = 0; j < samples.features.size(); ++j)
            if (constants[j]) done.features[j].scale = 1.0;  // kept on request
        samples.inputs.scale(done.features);
    }
    const double bytes = 8.0 * double(samples.count) * double(samples.features.size());
    if (!samples.inputs.in_place() && bytes <= most_bytes_copied())
        ranks().together([&] { samples.inputs.load(); });
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
