#include "cli/ends/limit_functions.hpp"

#include <cmath>

#include "vocabulary/infinity.hpp"

namespace tepui::cli {
namespace {

// Where bounded activations have their limits to the last digit.
constexpr double far_out = 1e18;

struct Sigma {
    std::vector<double> value, first, second;
};

Sigma sigma_of(const Problem& problem, const std::vector<double>& z) {
    const std::vector<double> zero(z.size());
    Sigma sigma{zero, zero, zero};
    require(problem.context.get(),
            tepui_activation_evaluate(problem.context.get(), problem.activation.get(), std::int64_t(z.size()),
                                      z.data(), sigma.value.data(), sigma.first.data(), sigma.second.data(),
                                      nullptr));
    return sigma;
}

// w . h of weights for the input and, where there is one, the bias.
std::vector<double> along(const Json& weights, const std::vector<double>& x) {
    const double slope = real_of(weights[0]), offset = weights.size() > 1 ? real_of(weights[1]) : 0.0;
    std::vector<double> z;
    for (const double one : x) z.push_back(slope * one + offset);
    return z;
}

// The functions that the unit weights, each with the coefficients that it is weighted by.
struct Term {
    std::vector<double> function;
    const Json* coefficients;
};

std::vector<Term> terms_of(const Problem& problem, const Json& unit, const std::vector<double>& x) {
    const auto mapped = [](std::vector<double> values, double (*function)(double)) {
        for (double& value : values) value = function(value);
        return values;
    };
    switch (value_named<UnitKind>(text_of(unit["kind"])).value()) {
        case UnitKind::neuron:
            return {{sigma_of(problem, along(unit["w"], x)).value, &unit["a"]}};
        case UnitKind::channel: {
            Sigma sigma = sigma_of(problem, along(unit["w"], x));
            const std::vector<double> t = along(unit["v"], x);
            for (std::size_t k = 0; k < t.size(); ++k) sigma.first[k] *= t[k];
            return {{sigma.value, &unit["c"]}, {sigma.first, &unit["alpha"]}};
        }
        case UnitKind::triple_channel: {
            Sigma sigma = sigma_of(problem, along(unit["w"], x));
            const std::vector<double> t = along(unit["v"], x), s = along(unit["q"], x);
            for (std::size_t k = 0; k < t.size(); ++k) {
                sigma.second[k] = 0.5 * t[k] * t[k] * sigma.second[k] + s[k] * sigma.first[k];
                sigma.first[k] *= t[k];
            }
            return {{sigma.value, &unit["c"]}, {sigma.first, &unit["alpha"]}, {sigma.second, &unit["beta"]}};
        }
        case UnitKind::exponential_pair: {
            const std::vector<double> e = mapped(along(unit["w"], x), [](double z) { return std::exp(z); });
            std::vector<double> s = along(unit["q"], x);
            for (std::size_t k = 0; k < s.size(); ++k) s[k] = e[k] * (e[k] + s[k]);
            return {{e, &unit["c"]}, {s, &unit["beta"]}};
        }
        case UnitKind::quadratic: {
            const std::vector<double> t = along(unit["v"], x);
            std::vector<double> s = along(unit["q"], x);
            for (std::size_t k = 0; k < s.size(); ++k) s[k] += t[k] * t[k];
            return {{t, &unit["alpha"]}, {s, &unit["beta"]}};
        }
        case UnitKind::square:
            return {{mapped(along(unit["v"], x), [](double t) { return t * t; }), &unit["beta"]}};
        case UnitKind::saturated: {
            std::vector<double> z = along(unit["v"], x);
            for (double& value : z) value = std::copysign(far_out, value);
            return {{sigma_of(problem, z).value, &unit["a"]}};
        }
        case UnitKind::rectified:
            return {
                {mapped(along(unit["v"], x), [](double t) { return std::fmax(t, 0.0); }), &unit["alpha"]}};
        case UnitKind::exponential_channel: {
            const std::vector<double> e = mapped(along(unit["w"], x), [](double z) { return std::exp(z); });
            std::vector<double> t = along(unit["v"], x);
            for (std::size_t k = 0; k < t.size(); ++k) t[k] *= e[k];
            return {{e, &unit["c"]}, {t, &unit["alpha"]}};
        }
        case UnitKind::exponential:
            return {{mapped(along(unit["v"], x), [](double t) { return std::exp(t); }), &unit["alpha"]}};
        case UnitKind::linear:
            return {{along(unit["v"], x), &unit["alpha"]}};
        case UnitKind::asymptote:
            return {{along(unit["w"], x), &unit["a"]}};
        case UnitKind::cubic:
            return {{mapped(along(unit["v"], x), [](double t) { return t * t * t; }), &unit["alpha"]}};
    }
    return {};
}

std::vector<double> unit_function(const Report& report, const Problem& problem, const Json& unit,
                                  const std::vector<double>& x) {
    const auto outputs = std::size_t(report.output_count());
    std::vector<double> values(x.size() * outputs, 0.0);
    for (const Term& term : terms_of(problem, unit, x))
        for (std::size_t k = 0; k < x.size(); ++k)
            for (std::size_t o = 0; o < outputs; ++o)
                values[k * outputs + o] += term.function[k] * real_of((*term.coefficients)[o]);
    if (text_of(unit["kind"]) != "cubic") return values;
    const std::vector<double> linear = along(unit["w"], x);  // of one output
    for (std::size_t k = 0; k < x.size(); ++k) values[k * outputs] += linear[k];
    return values;
}

std::string name_of_unit(const Json& unit) {
    std::string text = text_of(unit["kind"]);
    const Json& neurons = unit["neurons"];
    for (std::size_t l = 0; l < neurons.size(); ++l)
        text += (l == 0 ? " (neuron " : " and ") + neurons[l].dump() + (l + 1 == neurons.size() ? ")" : "");
    return text == "neuron (neuron " + neurons[0].dump() + ")" ? "neuron " + neurons[0].dump() : text;
}

}  // namespace

LimitFunctions limit_functions(const Report& report, const Problem& problem, const Json& end,
                               std::vector<double> x) {
    const auto outputs = std::size_t(report.output_count());
    LimitFunctions limit;
    limit.x = std::move(x);
    for (const Json& unit : end["units"]) {
        limit.names.push_back(name_of_unit(unit));
        limit.parts.push_back(unit_function(report, problem, unit, limit.x));
    }
    if (!end["b"].is_null() || !end["C"].is_null()) {
        limit.names.push_back(end["C"].is_null() ? "output bias" : "skip connections");
        std::vector<double>& rest = limit.parts.emplace_back(limit.x.size() * outputs, 0.0);
        for (std::size_t o = 0; o < outputs; ++o) {
            const std::vector<double> line =
                end["C"].is_null() ? std::vector<double>(limit.x.size()) : along(end["C"][o], limit.x);
            for (std::size_t k = 0; k < limit.x.size(); ++k)
                rest[k * outputs + o] = line[k] + (end["b"].is_null() ? 0.0 : real_of(end["b"][o]));
        }
    }
    limit.sum.assign(limit.x.size() * outputs, 0.0);
    for (const std::vector<double>& part : limit.parts)
        for (std::size_t l = 0; l < part.size(); ++l) limit.sum[l] += part[l];
    return limit;
}

}  // namespace tepui::cli
