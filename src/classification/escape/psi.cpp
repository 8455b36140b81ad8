#include "classification/escape/psi.hpp"

#include <cmath>

#include "classification/escape/sample_slabs.hpp"
#include "core/compensated.hpp"
#include "kernels/hidden_layer.hpp"
#include "kernels/weighted_gram.hpp"
#include "network/row_sums.hpp"
#include "network/rows.hpp"

namespace tepui {
namespace {

// psi and its absolute terms at one hidden weight vector.
struct ValueSums {
    CompensatedSum value;
    double magnitude = 0.0, power = 0.0;

    void add(const PackedBlock& block, const double* residuals, const double* u) {
        for (Size k = 0; k < block.count; ++k) {
            const double term = block.weights[k] * residuals[block.first + k] * u[k];
            value.add(term);
            magnitude += std::abs(term);
            power += block.weights[k] * u[k] * u[k];
        }
    }
    void add(const ValueSums& other) {
        value.add(other.value);
        magnitude += other.magnitude;
        power += other.power;
    }
    Psi psi() const {
        Psi result;
        result.value = value.value();
        result.magnitude = magnitude;
        result.power = power;
        return result;
    }
};

// What the derivatives of psi at one hidden weight vector add.
struct DerivativeSums {
    std::vector<double> gradient, gradient_magnitude, hessian, hessian_magnitude;

    DerivativeSums(Size d, int order)
        : gradient(order >= 1 ? d : 0),
          gradient_magnitude(gradient.size()),
          hessian(order >= 2 ? triangle(d) : 0),
          hessian_magnitude(order >= 2 ? d : 0) {}

    // first, second: s r sigma' and s r sigma''
    void add(const PackedBlock& block, Size d, const double* first, const double* second) {
        if (gradient.empty()) return;
        kernels::weighted_sums(nullptr, first, block.stride, 1, d, block.xt.data(), block.stride, block.count,
                               gradient.data(), d);
        for (Size j = 0; j < d; ++j)
            gradient_magnitude[j] += absolute_dot(block.count, first, block.xt.data() + j * block.stride);
        if (hessian.empty()) return;
        const kernels::GramRow row{second, nullptr};
        kernels::weighted_gram(block.xt.data(), block.stride, block.count, d, &row, 1, 0, triangle(d),
                               hessian.data(), 1);
        for (Size j = 0; j < d; ++j) {
            const double* x = block.xt.data() + j * block.stride;
            hessian_magnitude[j] +=
                detail::sum_terms(block.count, [=](Size k) { return std::abs(second[k]) * x[k] * x[k]; });
        }
    }
    void add(const DerivativeSums& other) {
        add(other.gradient, gradient);
        add(other.gradient_magnitude, gradient_magnitude);
        add(other.hessian, hessian);
        add(other.hessian_magnitude, hessian_magnitude);
    }

  private:
    static void add(const std::vector<double>& from, std::vector<double>& to) {
        for (std::size_t e = 0; e < to.size(); ++e) to[e] += from[e];
    }
};

// Rows times the weighted residuals of a block; nothing is left in the padding.
void weigh(const PackedBlock& block, const double* residuals, Size count, double* rows) {
    for (Size i = 0; i < count; ++i) {
        double* row = rows + i * block.stride;
        for (Size k = 0; k < block.count; ++k) row[k] *= block.weights[k] * residuals[block.first + k];
        std::fill(row + block.count, row + block.stride, 0.0);
    }
}

}  // namespace

std::vector<Psi> psi_values(const Dataset& data, std::span<const double> residuals,
                            const Activation& activation, const Matrix& weights, const Execution& execution) {
    const Size d = data.inputs(), points = weights.rows();
    const SampleSlabs slabs(data.samples());
    std::vector<ValueSums> parts(static_cast<std::size_t>(slabs.count * points));
    const double products = static_cast<double>(points) * (static_cast<double>(d) + activation.products());
    for_each_block(data, execution, slabs, products, [&](Size slab) {
        return [&, slab, z = Buffer<double>(points * SampleSlabs::kBlock),
                value = Buffer<double>(points * SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            kernels::preactivations(weights.data(), d, points, d, block.xt.data(), block.stride, block.stride,
                                    z.data(), block.stride);
            activation.evaluate(points * block.stride, z.data(), {value.data()});
            for (Size i = 0; i < points; ++i)
                parts[slab * points + i].add(block, residuals.data(), value.data() + i * block.stride);
        };
    });
    std::vector<Psi> values;
    for (Size i = 0; i < points; ++i) {
        ValueSums total;
        for (Size slab = 0; slab < slabs.count; ++slab) total.add(parts[slab * points + i]);
        values.push_back(total.psi());
    }
    return values;
}

Psi psi_at(const Dataset& data, std::span<const double> residuals, const Activation& activation,
           std::span<const double> w, int order, const Execution& execution) {
    const Size d = data.inputs();
    const SampleSlabs slabs(data.samples());
    std::vector<ValueSums> values(static_cast<std::size_t>(slabs.count));
    std::vector<DerivativeSums> derivatives(static_cast<std::size_t>(slabs.count), DerivativeSums(d, order));
    const double squares = order >= 2 ? static_cast<double>(d) : 2.0;
    const double products = static_cast<double>(d) * squares + activation.products();
    for_each_block(data, execution, slabs, products, [&](Size slab) {
        return [&, slab, rows = Buffer<double>(4 * SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            double* const z = rows.data();
            double* const value = z + block.stride;
            double* const first = value + block.stride;
            double* const second = first + block.stride;
            kernels::preactivations(w.data(), d, 1, d, block.xt.data(), block.stride, block.stride, z,
                                    block.stride);
            activation.evaluate(
                block.stride, z,
                {value, order >= 1 ? first : nullptr, order >= 2 ? second : nullptr, nullptr});
            values[slab].add(block, residuals.data(), value);
            weigh(block, residuals.data(), order, first);
            derivatives[slab].add(block, d, first, second);
        };
    });
    ValueSums value;
    DerivativeSums total(d, order);
    for (Size slab = 0; slab < slabs.count; ++slab) {
        value.add(values[slab]);
        total.add(derivatives[slab]);
    }
    Psi psi = value.psi();
    psi.gradient = std::move(total.gradient);
    psi.gradient_magnitude = std::move(total.gradient_magnitude);
    psi.hessian_magnitude = std::move(total.hessian_magnitude);
    if (order >= 2) {
        psi.hessian = Matrix(d, d);
        const double* entry = total.hessian.data();
        for (Size i = 0; i < d; ++i) {
            for (Size j = 0; j <= i; ++j) psi.hessian(i, j) = psi.hessian(j, i) = *entry++;
        }
    }
    return psi;
}

std::vector<PsiThird> psi_thirds(const Dataset& data, std::span<const double> residuals,
                                 const Activation& activation, const Matrix& weights,
                                 std::span<const Size> owners, const Matrix& directions,
                                 const Execution& execution) {
    const Size d = data.inputs(), points = weights.rows(), count = directions.rows();
    const SampleSlabs slabs(data.samples());
    std::vector<RowSums> slopes(static_cast<std::size_t>(slabs.count));
    std::vector<CompensatedSum> values(static_cast<std::size_t>(slabs.count * count));
    std::vector<double> magnitudes(values.size(), 0.0);
    const double products = static_cast<double>(points) * (static_cast<double>(d) + activation.products()) +
                            static_cast<double>(count) * 2.0 * static_cast<double>(d + 2);
    for_each_block(data, execution, slabs, products, [&](Size slab) {
        slopes[slab] = RowSums(count, d);
        return [&, slab, z = Buffer<double>(points * SampleSlabs::kBlock),
                third = Buffer<double>(points * SampleSlabs::kBlock),
                steps = Buffer<double>(count * SampleSlabs::kBlock),
                rows = Buffer<double>(count * SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            const Size stride = block.stride;
            kernels::preactivations(weights.data(), d, points, d, block.xt.data(), stride, stride, z.data(),
                                    stride);
            activation.evaluate(points * stride, z.data(), {nullptr, nullptr, nullptr, third.data()});
            weigh(block, residuals.data(), points, third.data());
            kernels::preactivations(directions.data(), d, count, d, block.xt.data(), stride, stride,
                                    steps.data(), stride);
            for (Size q = 0; q < count; ++q) {
                const double* c = third.data() + owners[static_cast<std::size_t>(q)] * stride;
                const double* step = steps.data() + q * stride;
                double* row = rows.data() + q * stride;
                for (Size k = 0; k < stride; ++k) row[k] = c[k] * step[k] * step[k];
                values[slab * count + q].add(dot(block.count, row, step));
                magnitudes[slab * count + q] += absolute_dot(block.count, row, step);
            }
            slopes[slab].add(0, slopes[slab].parts(), rows.data(), block.xt.data(), stride, stride);
        };
    });
    std::vector<PsiThird> thirds(static_cast<std::size_t>(count));
    for (Size q = 0; q < count; ++q) {
        PsiThird& third = thirds[static_cast<std::size_t>(q)];
        CompensatedSum total;
        third.slope.assign(static_cast<std::size_t>(d), 0.0);
        for (Size slab = 0; slab < slabs.count; ++slab) {
            total.add(values[slab * count + q]);
            third.magnitude += magnitudes[slab * count + q];
            for (Size j = 0; j < d; ++j) third.slope[j] += slopes[slab](q, j);
        }
        third.value = total.value();
    }
    return thirds;
}

std::vector<double> input_sizes(const Dataset& data, const Execution& execution) {
    const Size d = data.inputs();
    const SampleSlabs slabs(data.samples());
    Matrix sums(slabs.count, d);
    for_each_block(data, execution, slabs, static_cast<double>(d), [&](Size slab) {
        return [&, slab](const PackedBlock& block) {
            for (Size j = 0; j < d; ++j) {
                const double* x = block.xt.data() + j * block.stride;
                double sum = 0.0;
                for (Size k = 0; k < block.count; ++k) sum += block.weights[k] * x[k] * x[k];
                sums(slab, j) += sum;
            }
        };
    });
    std::vector<double> sizes(static_cast<std::size_t>(d), 0.0);
    for (Size slab = 0; slab < slabs.count; ++slab) {
        for (Size j = 0; j < d; ++j) sizes[j] += sums(slab, j);
    }
    for (double& size : sizes) size = std::sqrt(size / (data.weight_sum() * data.scale()));
    return sizes;
}

std::vector<double> preactivation_sizes(const Dataset& data, const Matrix& directions,
                                        const Execution& execution) {
    const Size d = data.inputs(), count = directions.rows();
    const SampleSlabs slabs(data.samples());
    Matrix sums(slabs.count, count);
    const double products = static_cast<double>(count * d);
    for_each_block(data, execution, slabs, products, [&](Size slab) {
        return [&, slab, z = Buffer<double>(count * SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            kernels::preactivations(directions.data(), d, count, d, block.xt.data(), block.stride,
                                    block.stride, z.data(), block.stride);
            for (Size q = 0; q < count; ++q) {
                const double* row = z.data() + q * block.stride;
                for (Size k = 0; k < block.count; ++k) sums(slab, q) += block.weights[k] * row[k] * row[k];
            }
        };
    });
    std::vector<double> sizes(static_cast<std::size_t>(count), 0.0);
    for (Size q = 0; q < count; ++q) {
        for (Size slab = 0; slab < slabs.count; ++slab) sizes[q] += sums(slab, q);
        sizes[q] = std::sqrt(sizes[q] / (data.weight_sum() * data.scale()));
    }
    return sizes;
}

double preactivation_size(const Dataset& data, std::span<const double> v, const Execution& execution) {
    Matrix direction(1, data.inputs());
    std::copy(v.begin(), v.end(), direction.row(0));
    return preactivation_sizes(data, direction, execution).front();
}

}  // namespace tepui
