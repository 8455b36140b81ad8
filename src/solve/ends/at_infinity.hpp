// The report of a start whose limit is known and judged.
#pragma once

#include <memory>
#include <utility>

#include "classification/infinity/end_verdict.hpp"
#include "solve/solve.hpp"

namespace tepui {

inline StartReport at_infinity(StartReport report, EndReport end) {
    report.outcome = StartOutcome::at_infinity;
    report.reason = phrase_of(end.verdict);
    report.loss = end.loss;
    report.gradient_relative = end.gradient_relative;
    report.end = std::make_shared<const EndReport>(std::move(end));
    return report;
}

}  // namespace tepui
