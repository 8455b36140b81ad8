#include "classification/escape/quartic_form.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>

#include "core/euclidean.hpp"
#include "core/random.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {

Size product_count(Size variables) {
    return variables * (variables + 1) / 2;
}

double smallest_eigenvalue(const std::vector<double>& g, Size variables) {
    const Size order = product_count(variables);
    Matrix matrix(order, order);
    std::copy(g.begin(), g.end(), matrix.data());
    return linalg::symmetric_eigen(matrix, false).values[0];
}

namespace {

// An entry of G with what it contributes to the coefficient of its monomial.
struct Entry {
    Size row, column;
    double factor;
};

// v_a v_b . v_c v_d = v_a v_c . v_b v_d: entries that belong to the same monomial.
std::vector<std::vector<Entry>> monomials(Size variables) {
    std::vector<std::array<Size, 2>> pairs;
    for (Size a = 0; a < variables; ++a) {
        for (Size b = a; b < variables; ++b) pairs.push_back({a, b});
    }
    const auto weight = [](const std::array<Size, 2>& pair) {
        return pair[0] == pair[1] ? 1.0 : std::numbers::sqrt2;
    };
    std::map<std::array<Size, 4>, std::vector<Entry>> by_monomial;
    for (std::size_t p = 0; p < pairs.size(); ++p) {
        for (std::size_t q = p; q < pairs.size(); ++q) {
            std::array<Size, 4> monomial{pairs[p][0], pairs[p][1], pairs[q][0], pairs[q][1]};
            std::sort(monomial.begin(), monomial.end());
            by_monomial[monomial].push_back({static_cast<Size>(p), static_cast<Size>(q),
                                             (p == q ? 1.0 : 2.0) * weight(pairs[p]) * weight(pairs[q])});
        }
    }
    std::vector<std::vector<Entry>> result;
    for (auto& [monomial, entries] : by_monomial) {
        if (entries.size() > 1) result.push_back(std::move(entries));
    }
    return result;
}

std::vector<double> moved(const std::vector<double>& g, Size order, const Entry& to, const Entry& from,
                          double amount) {
    std::vector<double> result(g);
    const auto add = [&](const Entry& entry, double value) {
        result[entry.row * order + entry.column] += value / entry.factor;
        if (entry.row != entry.column) result[entry.column * order + entry.row] += value / entry.factor;
    };
    add(to, amount);
    add(from, -amount);
    return result;
}

// Golden section for the largest smallest eigenvalue, which is concave in the amount moved.
std::vector<double> best_move(const std::vector<double>& g, Size variables, const Entry& to,
                              const Entry& from, double reach) {
    const Size order = product_count(variables);
    const double share = 0.5 * (std::sqrt(5.0) - 1.0);
    double low = -reach, high = reach;
    const auto value = [&](double amount) {
        return smallest_eigenvalue(moved(g, order, to, from, amount), variables);
    };
    double a = high - share * (high - low), b = low + share * (high - low);
    double at_a = value(a), at_b = value(b);
    for (int step = 0; step < 50; ++step) {
        if (at_a > at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - share * (high - low);
            at_a = value(a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + share * (high - low);
            at_b = value(b);
        }
    }
    return moved(g, order, to, from, at_a > at_b ? a : b);
}

std::vector<double> gradient(const std::vector<double>& g, const std::vector<double>& v) {
    const std::vector<double> w = products(v);
    const std::size_t n = v.size(), order = w.size();
    std::vector<double> result(n, 0.0);
    std::size_t p = 0;
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = a; b < n; ++b, ++p) {
            double row = 0.0;
            for (std::size_t q = 0; q < order; ++q) row += g[p * order + q] * w[q];
            const double weight = 2.0 * row * (a == b ? 1.0 : std::numbers::sqrt2);
            result[a] += weight * v[b];
            result[b] += weight * v[a];
        }
    }
    return result;
}

// Descent on the unit sphere with steps that are halved until they fall.
void descend(const std::vector<double>& g, std::vector<double>& v) {
    double value = quartic(g, v), step = 1.0 / (norm_of(g) + 1e-300);
    for (int iteration = 0; iteration < 200; ++iteration) {
        const std::vector<double> slope = gradient(g, v);
        bool fallen = false;
        for (int halving = 0; halving < 30 && !fallen; ++halving) {
            std::vector<double> trial(v);
            for (std::size_t a = 0; a < v.size(); ++a) trial[a] -= step * slope[a];
            const double size = norm_of(trial);
            for (double& x : trial) x /= size;
            const double at_trial = quartic(g, trial);
            fallen = at_trial < value;
            if (fallen) {
                v = std::move(trial);
                value = at_trial;
                step *= 2.0;
            } else {
                step *= 0.5;
            }
        }
        if (!fallen) return;
    }
}

}  // namespace

std::vector<double> products(const std::vector<double>& v) {
    std::vector<double> w;
    w.reserve(v.size() * (v.size() + 1) / 2);
    for (std::size_t a = 0; a < v.size(); ++a) {
        for (std::size_t b = a; b < v.size(); ++b)
            w.push_back((a == b ? 1.0 : std::numbers::sqrt2) * v[a] * v[b]);
    }
    return w;
}

double quartic(const std::vector<double>& g, const std::vector<double>& v) {
    const std::vector<double> w = products(v);
    double sum = 0.0;
    for (std::size_t p = 0; p < w.size(); ++p) {
        for (std::size_t q = 0; q < w.size(); ++q) sum += w[p] * g[p * w.size() + q] * w[q];
    }
    return sum;
}

double sum_of_squares_bound(const std::vector<double>& g, Size variables) {
    std::vector<double> best(g);
    const std::vector<std::vector<Entry>> moves = monomials(variables);
    const int rounds = moves.size() > 1 ? 3 : 1;
    for (int round = 0; round < rounds; ++round) {
        for (const std::vector<Entry>& entries : moves) {
            for (std::size_t e = 1; e < entries.size(); ++e)
                best = best_move(best, variables, entries[0], entries[e], 2.0 * norm_of(g));
        }
    }
    return std::max(smallest_eigenvalue(g, variables), smallest_eigenvalue(best, variables));
}

std::vector<double> smallest_found(const std::vector<double>& g, Size variables) {
    std::vector<double> best;
    const int starts = variables == 1 ? 1 : 8 * static_cast<int>(variables);
    for (int start = 0; start < starts; ++start) {
        Random random(0x4f, static_cast<std::uint64_t>(start));
        std::vector<double> v(variables);
        for (double& x : v) x = variables == 1 ? 1.0 : random.normal();
        const double size = norm_of(v);
        for (double& x : v) x /= size;
        if (variables > 1) descend(g, v);
        if (best.empty() || quartic(g, v) < quartic(g, best)) best = std::move(v);
    }
    return best;
}

}  // namespace tepui
