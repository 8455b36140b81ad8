// Numeric tables of tests/data.
#pragma once

#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "network/data/dataset.hpp"

namespace tepui::test {

// Features and the last column as targets.
struct Table {
    Size samples = 0, features = 0;
    std::vector<double> x, targets;

    Dataset dataset(bool bias, LossScaling scaling = LossScaling::sum) const {
        DatasetSource source;
        source.samples = samples;
        source.features = features;
        source.x = x.data();
        source.ldx = features;
        source.targets = targets.data();
        return Dataset(source, false, bias, scaling);
    }
};

inline Table read_table(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) throw std::runtime_error("cannot read " + path);
    Table table;
    while (std::getline(file, line)) {
        std::stringstream cells(line);
        std::string cell;
        std::vector<double> row;
        while (std::getline(cells, cell, ',')) row.push_back(std::stod(cell));
        table.features = static_cast<Size>(row.size()) - 1;
        table.x.insert(table.x.end(), row.begin(), row.end() - 1);
        table.targets.push_back(row.back());
        ++table.samples;
    }
    return table;
}

// Every step-th value from the first to mean 0 and variance 1; constants to 0.
inline void standardise(std::vector<double>& values, Size first, Size step, Size count) {
    double mean = 0.0, square = 0.0;
    const auto at = [&](Size k) -> double& { return values[static_cast<std::size_t>(first + k * step)]; };
    for (Size k = 0; k < count; ++k) mean += at(k) / static_cast<double>(count);
    for (Size k = 0; k < count; ++k) square += (at(k) - mean) * (at(k) - mean) / static_cast<double>(count);
    for (Size k = 0; k < count; ++k) at(k) = square > 0.0 ? (at(k) - mean) / std::sqrt(square) : 0.0;
}

inline Table standardised(Table table) {
    for (Size j = 0; j < table.features; ++j) standardise(table.x, j, table.features, table.samples);
    standardise(table.targets, 0, 1, table.samples);
    return table;
}

}  // namespace tepui::test
