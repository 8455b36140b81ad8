#include "cli/data/column_sums.hpp"

#include <algorithm>
#include <cmath>

#include "cli/support/progress_line.hpp"
#include "cli/support/ranks.hpp"

namespace tepui::cli {
namespace {

double weight_of(const Samples& samples, std::int64_t k) {
    return samples.weights.empty() ? 1.0 : samples.weights[std::size_t(k)];
}

// The sum over all samples of what `add` adds to a row of `width` sums for each: in order within a part, then
// part by part.
template <class Add>
std::vector<long double> sum_by_parts(const Samples& samples, const char* what, std::size_t width,
                                      const Add& add) {
    const std::size_t parts = samples.parts.size() - 1, d = samples.inputs.columns();
    std::vector<long double> sums(parts * width, 0.0L);
    std::vector<double> row(d);
    ProgressLine line;
    std::vector<std::int64_t> division;
    for (std::int64_t r = 0; r <= ranks().size; ++r)
        division.push_back(ranks().first_of(std::int64_t(parts), r));
    const auto rank = std::size_t(ranks().rank);
    for (std::int64_t part = division[rank]; part < division[rank + 1]; ++part) {
        line.show(what, double(part - division[rank]) / double(division[rank + 1] - division[rank]));
        const auto p = std::size_t(part);
        for (std::int64_t k = samples.parts[p]; k < samples.parts[p + 1]; ++k) {
            samples.inputs.read(k, 1, row.data());
            add(k, row, sums.data() + p * width);
        }
    }
    ranks().gather(sums, division, std::int64_t(width));
    std::vector<long double> total(sums.begin(), sums.begin() + std::ptrdiff_t(width));
    for (std::size_t p = 1; p < parts; ++p)
        for (std::size_t j = 0; j < width; ++j) total[j] += sums[p * width + j];
    return total;
}

}  // namespace

std::vector<std::optional<double>> constants_of(const Samples& samples) {
    struct Column {
        double value;
        std::int64_t seen, varies;
    };
    const std::size_t d = samples.inputs.columns();
    std::vector<Column> columns(std::size_t(ranks().size) * d, Column{0.0, 0, 0});
    Column* const mine = columns.data() + std::size_t(ranks().rank) * d;
    std::vector<double> row(d);
    std::size_t open = d;  // columns that may be constant
    for (std::int64_t k = samples.inputs.first(); k < samples.inputs.end() && open > 0; ++k) {
        if (weight_of(samples, k) == 0.0) continue;
        samples.inputs.read(k, 1, row.data());
        for (std::size_t j = 0; j < d; ++j) {
            if (mine[j].seen == 0) mine[j] = {row[j], 1, 0};
            if (mine[j].varies != 0 || row[j] == mine[j].value) continue;
            mine[j].varies = 1;
            --open;
        }
    }
    std::vector<std::int64_t> division;
    for (std::int64_t r = 0; r <= ranks().size; ++r) division.push_back(r);
    ranks().gather(columns, division, std::int64_t(d));
    std::vector<std::optional<double>> constants(d);
    for (std::size_t j = 0; j < d; ++j) {
        bool varies = false;
        for (std::size_t at = j; at < columns.size(); at += d) {
            if (columns[at].seen == 0) continue;
            varies =
                varies || columns[at].varies != 0 || (constants[j] && *constants[j] != columns[at].value);
            if (!constants[j]) constants[j] = columns[at].value;
        }
        if (varies) constants[j].reset();
    }
    return constants;
}

// Two passes: the second one on centred values, so that a large mean costs no digits.
std::vector<Scaling> moments_of_inputs(const Samples& samples) {
    const std::size_t d = samples.inputs.columns();
    std::vector<long double> mean =
        sum_by_parts(samples, "means of the inputs", d + 1,
                     [&](std::int64_t k, const std::vector<double>& row, long double* sums) {
                         const long double weight = weight_of(samples, k);
                         for (std::size_t j = 0; j < d; ++j) sums[j] += weight * row[j];
                         sums[d] += weight;
                     });
    const long double mass = mean[d];
    for (std::size_t j = 0; j < d; ++j) mean[j] /= mass;
    const std::vector<long double> square =
        sum_by_parts(samples, "deviations of the inputs", d,
                     [&](std::int64_t k, const std::vector<double>& row, long double* sums) {
                         const long double weight = weight_of(samples, k);
                         for (std::size_t j = 0; j < d; ++j) {
                             const long double centred = row[j] - mean[j];
                             sums[j] += weight * centred * centred;
                         }
                     });
    std::vector<Scaling> scalings;
    for (std::size_t j = 0; j < d; ++j)
        scalings.push_back({double(mean[j]), double(std::sqrt(square[j] / mass))});
    return scalings;
}

}  // namespace tepui::cli
