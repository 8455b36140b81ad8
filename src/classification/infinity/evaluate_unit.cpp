#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/activation_jet.hpp"
#include "classification/infinity/boundary_sums.hpp"
#include "linalg/blas.hpp"

namespace tepui {
namespace {

// sigma at the first form, and its derivatives.
struct Sigma {
    std::vector<double> of[4];
    Sigma(const Activation& activation, Size count, const double* z, int derivatives) {
        for (int j = 0; j <= derivatives; ++j) of[j].resize(std::size_t(count));
        activation.evaluate(count, z,
                            {.value = of[0].data(),
                             .first = derivatives > 0 ? of[1].data() : nullptr,
                             .second = derivatives > 1 ? of[2].data() : nullptr,
                             .third = derivatives > 2 ? of[3].data() : nullptr});
    }
};

bool is_kept(const BoundaryUnit& unit, Size sample) {
    return std::binary_search(unit.kept.begin(), unit.kept.end(), sample);
}

void forms(const BoundaryNetwork& network, Size unit, Size count, const double* x, UnitRows& rows) {
    const Size shapes = shape_of(network.units[unit].kind).forms, d = network.inputs;
    rows.count = count;
    rows.inputs_begin.assign(1, 0);
    for (Size p = 0; p < shapes; ++p)
        rows.inputs_begin.push_back(rows.inputs_begin.back() + network.form_size(unit, p) * count);
    rows.inputs.assign(std::size_t(rows.inputs_begin.back()), 0.0);
    rows.z.assign(std::size_t(shapes * count), 0.0);
    for (Size p = 0; p < shapes; ++p) {
        double* h = rows.inputs.data() + rows.inputs_begin[p];
        const auto& basis = network.units[unit].bases[p];
        if (basis) {
            if (basis->rows() > 0)
                linalg::gemm(false, true, basis->rows(), count, d, 1.0, basis->data(), d, x, d, 0.0, h, count,
                             1);
        } else {
            for (Size k = 0; k < count; ++k)
                for (Size j = 0; j < d; ++j) h[j * count + k] = x[k * d + j];
        }
        const double* at = network.parameters.data() + network.form_at(unit, p);
        for (Size j = 0; j < network.form_size(unit, p); ++j)
            for (Size k = 0; k < count; ++k) rows.z[p * count + k] += at[j] * h[j * count + k];
    }
}

void channel(const Activation& activation, UnitRows& rows) {
    const Size n = rows.count;
    const double* t = rows.z.data() + n;
    const Sigma s(activation, n, rows.z.data(), 3);
    for (Size k = 0; k < n; ++k) {
        rows.value[k] = s.of[0][k];
        rows.value[n + k] = t[k] * s.of[1][k];
        rows.first[k] = s.of[1][k];
        rows.first[2 * n + k] = t[k] * s.of[2][k];
        rows.first[3 * n + k] = s.of[1][k];
        rows.second[k] = s.of[2][k];
        rows.second[3 * n + k] = t[k] * s.of[3][k];
        rows.second[4 * n + k] = s.of[2][k];
    }
}

// sigma, t sigma', t^2 sigma'' / 2 + s sigma'
void triple_channel(const Activation& activation, UnitRows& rows) {
    const Size n = rows.count;
    const double *z = rows.z.data(), *along = z + n, *bend = z + 2 * n;
    const auto first = [&](Size q, Size p) { return rows.first.data() + (3 * q + p) * n; };
    const auto second = [&](Size q, Size p, Size r) {
        return rows.second.data() + (6 * q + triangle(p) + r) * n;
    };
    for (Size k = 0; k < n; ++k) {
        const double t = along[k], s = bend[k];
        double of[kJetOrder + 1];
        jet_at(activation, z[k], of);
        rows.value[k] = of[0];
        rows.value[n + k] = t * of[1];
        rows.value[2 * n + k] = 0.5 * t * t * of[2] + s * of[1];
        first(0, 0)[k] = of[1];
        first(1, 0)[k] = t * of[2];
        first(1, 1)[k] = of[1];
        first(2, 0)[k] = 0.5 * t * t * of[3] + s * of[2];
        first(2, 1)[k] = t * of[2];
        first(2, 2)[k] = of[1];
        second(0, 0, 0)[k] = of[2];
        second(1, 0, 0)[k] = t * of[3];
        second(1, 1, 0)[k] = of[2];
        second(2, 0, 0)[k] = 0.5 * t * t * of[4] + s * of[3];
        second(2, 1, 0)[k] = t * of[3];
        second(2, 1, 1)[k] = of[2];
        second(2, 2, 0)[k] = of[2];
    }
}

// t, t^2 + s
void quadratic(UnitRows& rows) {
    const Size n = rows.count;
    for (Size k = 0; k < n; ++k) {
        const double t = rows.z[k], s = rows.z[n + k];
        rows.value[k] = t;
        rows.value[n + k] = t * t + s;
        rows.first[k] = 1.0;
        rows.first[2 * n + k] = 2.0 * t;
        rows.first[3 * n + k] = 1.0;
        rows.second[3 * n + k] = 2.0;
    }
}

// e^z, e^2z + s e^z
void exponential_pair(UnitRows& rows) {
    const Size n = rows.count;
    for (Size k = 0; k < n; ++k) {
        const double e = std::exp(rows.z[k]), s = rows.z[n + k];
        rows.value[k] = rows.first[k] = rows.second[k] = e;
        rows.value[n + k] = e * (e + s);
        rows.first[2 * n + k] = e * (2.0 * e + s);
        rows.first[3 * n + k] = e;
        rows.second[3 * n + k] = e * (4.0 * e + s);
        rows.second[4 * n + k] = e;
    }
}

void exponential_channel(UnitRows& rows) {
    const Size n = rows.count;
    const double* t = rows.z.data() + n;
    for (Size k = 0; k < n; ++k) {
        const double e = std::exp(rows.z[k]);
        for (double* of : {&rows.value[k], &rows.first[k], &rows.first[3 * n + k], &rows.second[k],
                           &rows.second[4 * n + k]})
            *of = e;
        for (double* of : {&rows.value[n + k], &rows.first[2 * n + k], &rows.second[3 * n + k]})
            *of = t[k] * e;
    }
}

void cubic(UnitRows& rows) {
    const Size n = rows.count;
    const double* t = rows.z.data() + n;
    for (Size k = 0; k < n; ++k) {
        rows.value[k] = rows.z[k];
        rows.first[k] = 1.0;
        rows.value[n + k] = t[k] * t[k] * t[k];
        rows.first[3 * n + k] = 3.0 * t[k] * t[k];
        rows.second[5 * n + k] = 6.0 * t[k];
    }
}

}  // namespace

void evaluate_unit(const BoundaryNetwork& network, Size index, Size first, Size count, const double* x,
                   UnitRows& rows) {
    const BoundaryUnit& unit = network.units[index];
    const UnitShape& shape = shape_of(unit.kind);
    forms(network, index, count, x, rows);
    rows.value.assign(std::size_t(shape.coefficients * count), 0.0);
    rows.first.assign(std::size_t(shape.coefficients * shape.forms * count), 0.0);
    rows.second.assign(std::size_t(shape.coefficients * triangle(shape.forms) * count), 0.0);
    const double* z = rows.z.data();
    switch (unit.kind) {
        case UnitKind::channel:
            return channel(unit.activation, rows);
        case UnitKind::exponential_channel:
            return exponential_channel(rows);
        case UnitKind::cubic:
            return cubic(rows);
        case UnitKind::triple_channel:
            return triple_channel(unit.activation, rows);
        case UnitKind::quadratic:
            return quadratic(rows);
        case UnitKind::exponential_pair:
            return exponential_pair(rows);
        case UnitKind::square:
            for (Size k = 0; k < count; ++k) {
                rows.value[k] = z[k] * z[k];
                rows.first[k] = 2.0 * z[k];
                rows.second[k] = 2.0;
            }
            return;
        case UnitKind::linear:
        case UnitKind::asymptote:
            rows.value.assign(z, z + count);
            rows.first.assign(std::size_t(count), 1.0);
            return;
        case UnitKind::rectified:
            for (Size k = 0; k < count; ++k) {
                if (!(z[k] > 0.0) || is_kept(unit, first + k)) continue;
                rows.value[k] = z[k];
                rows.first[k] = 1.0;
            }
            return;
        case UnitKind::exponential:
            for (Size k = 0; k < count; ++k) rows.value[k] = rows.first[k] = rows.second[k] = std::exp(z[k]);
            return;
        case UnitKind::neuron:
        case UnitKind::saturated: {
            const Sigma s(unit.activation, count, z, 2);
            rows.value = s.of[0];
            rows.first = s.of[1];
            rows.second = s.of[2];
            if (unit.kind == UnitKind::neuron) return;
            const ActivationEnds ends = ends_of(unit.activation);
            for (Size k = 0; k < count; ++k) {
                const int side = unit.side[first + k];
                if (side == 0) continue;
                rows.value[k] = side > 0 ? ends.high : ends.low;
                rows.first[k] = rows.second[k] = 0.0;
            }
        }
    }
}

}  // namespace tepui
