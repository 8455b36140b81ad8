// The way down of a point is what its report says of it.
#pragma once

#include <cmath>

#include "classification/model/model.hpp"
#include "network/derivatives/objective.hpp"
#include "support/catch.hpp"

namespace tepui::test {

inline void check_witness(const Dataset& data, const ModelReport& report) {
    CHECK(report.witness->descends());
    Network there = report.network;
    there.parameters = report.witness->point;
    const double before = loss(data, report.network, Execution{1}).loss;
    CHECK(loss(data, there, Execution{1}).loss - before ==
          Approx(report.witness->measured).margin(1e-11 * std::abs(before)).epsilon(1e-4));
}

}  // namespace tepui::test
