// The parts of a point's report for people.
#pragma once
#include "cli/report/report.hpp"

namespace tepui::cli {

std::string point_text(const Report& report, std::size_t index);

// "SADDLE (rule): sentence"
std::string verdict_line(const Json& point);
// The gradient, and what counts as stationary.
std::string gradient_text(const Json& point);
// The space of the inputs, samples set apart, and what the network was reduced to.
std::string where_text(const Json& point, std::int64_t inputs);
// The same of a network that is not plain.
std::string model_where_text(const Json& point, std::int64_t inputs);
// "1/0/3": negative, zero and positive eigenvalues.
std::string inertia_text(const Json& spectrum);
// What a Hessian judged by products alone rests on.
std::string evidence_text(const Json& hessian);
// Of a network that is not plain.
std::string model_point_text(const Json& point, std::int64_t inputs);
// Of a ReLU-like network.
std::string directional_text(const Json& point);
std::string certificate_text(const Json& certificate, bool preprocessed);
std::string legend_text(const Report& report);

}  // namespace tepui::cli
