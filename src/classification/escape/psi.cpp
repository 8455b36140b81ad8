#include "classification/escape/psi.hpp"

#include <cmath>

#include "classification/escape/sample_slabs.hpp"
#include "core/compensated.hpp"
#include "kernels/hidden_layer.hpp"

namespace tepui {
namespace {

struct PsiSums {
    CompensatedSum value;
    double magnitude = 0.0, power = 0.0;
    std::vector<double> gradient, gradient_magnitude, hessian;

    PsiSums(Size d, int order)
        : gradient(order >= 1 ? d : 0),
          gradient_magnitude(order >= 1 ? d : 0),
          hessian(order >= 2 ? triangle(d) : 0) {}
    void add(const PsiSums& other) {
        value.add(other.value);
        magnitude += other.magnitude;
        power += other.power;
        for (std::size_t e = 0; e < gradient.size(); ++e) gradient[e] += other.gradient[e];
        for (std::size_t e = 0; e < gradient.size(); ++e)
            gradient_magnitude[e] += other.gradient_magnitude[e];
        for (std::size_t e = 0; e < hessian.size(); ++e) hessian[e] += other.hessian[e];
    }
};

// sigma and its derivatives at one hidden weight vector, for a block.
struct PsiRows {
    Buffer<double> z{SampleSlabs::kBlock}, value{SampleSlabs::kBlock}, first{SampleSlabs::kBlock},
        second{SampleSlabs::kBlock};
};

void add_block(const PackedBlock& block, const double* residuals, const PsiRows& rows, Size d,
               PsiSums& sums) {
    for (Size k = 0; k < block.count; ++k) {
        const double c = block.weights[k] * residuals[block.first + k], u = rows.value[k];
        sums.value.add(c * u);
        sums.magnitude += std::abs(c * u);
        sums.power += block.weights[k] * u * u;
    }
    for (Size j = 0; j < static_cast<Size>(sums.gradient.size()); ++j) {
        const double* x = block.xt.data() + j * block.stride;
        for (Size k = 0; k < block.count; ++k) {
            const double term = block.weights[k] * residuals[block.first + k] * rows.first[k] * x[k];
            sums.gradient[j] += term;
            sums.gradient_magnitude[j] += std::abs(term);
        }
    }
    if (sums.hessian.empty()) return;
    for (Size k = 0; k < block.count; ++k) {
        const double c = block.weights[k] * residuals[block.first + k] * rows.second[k];
        if (c == 0.0) continue;
        double* entry = sums.hessian.data();
        for (Size i = 0; i < d; ++i) {
            const double cx = c * block.xt[i * block.stride + k];
            for (Size j = 0; j <= i; ++j) *entry++ += cx * block.xt[j * block.stride + k];
        }
    }
}

}  // namespace

Psi psi_at(const Dataset& data, std::span<const double> residuals, const Activation& activation,
           std::span<const double> w, int order, const Execution& execution) {
    const Size d = data.inputs();
    const SampleSlabs slabs(data.samples());
    std::vector<PsiSums> parts(static_cast<std::size_t>(slabs.count), PsiSums(d, order));
    std::vector<std::vector<double>> diagonals(static_cast<std::size_t>(slabs.count));
    const double squares = order >= 2 ? static_cast<double>(d) : 2.0;
    const double products = static_cast<double>(d) * squares + activation.products();
    for_each_block(data, execution, slabs, products, [&](Size slab) {
        diagonals[slab].assign(static_cast<std::size_t>(order >= 2 ? d : 0), 0.0);
        return [&, slab, rows = PsiRows{}](const PackedBlock& block) mutable {
            kernels::preactivations(w.data(), d, 1, d, block.xt.data(), block.stride, block.stride,
                                    rows.z.data(), block.stride);
            activation.evaluate(block.stride, rows.z.data(),
                                {rows.value.data(), order >= 1 ? rows.first.data() : nullptr,
                                 order >= 2 ? rows.second.data() : nullptr, nullptr});
            add_block(block, residuals.data(), rows, d, parts[slab]);
            for (Size j = 0; j < static_cast<Size>(diagonals[slab].size()); ++j) {
                for (Size k = 0; k < block.count; ++k) {
                    const double x = block.xt[j * block.stride + k];
                    diagonals[slab][j] +=
                        std::abs(block.weights[k] * residuals[block.first + k] * rows.second[k]) * x * x;
                }
            }
        };
    });
    PsiSums total(d, order);
    Psi psi;
    psi.hessian_magnitude.assign(static_cast<std::size_t>(order >= 2 ? d : 0), 0.0);
    for (Size slab = 0; slab < slabs.count; ++slab) {
        total.add(parts[slab]);
        for (std::size_t j = 0; j < psi.hessian_magnitude.size(); ++j)
            psi.hessian_magnitude[j] += diagonals[slab][j];
    }
    psi.value = total.value.value();
    psi.magnitude = total.magnitude;
    psi.power = total.power;
    psi.gradient = std::move(total.gradient);
    psi.gradient_magnitude = std::move(total.gradient_magnitude);
    if (order >= 2) {
        psi.hessian = Matrix(d, d);
        const double* entry = total.hessian.data();
        for (Size i = 0; i < d; ++i) {
            for (Size j = 0; j <= i; ++j) psi.hessian(i, j) = psi.hessian(j, i) = *entry++;
        }
    }
    return psi;
}

PsiThird psi_third(const Dataset& data, std::span<const double> residuals, const Activation& activation,
                   std::span<const double> w, std::span<const double> v, const Execution& execution) {
    const Size d = data.inputs();
    const SampleSlabs slabs(data.samples());
    std::vector<CompensatedSum> sums(static_cast<std::size_t>(slabs.count));
    std::vector<double> magnitudes(static_cast<std::size_t>(slabs.count), 0.0);
    std::vector<double> slopes(static_cast<std::size_t>(slabs.count * d), 0.0);
    const double products = 3.0 * static_cast<double>(d) + activation.products();
    for_each_block(data, execution, slabs, products, [&](Size slab) {
        return [&, slab, z = Buffer<double>(SampleSlabs::kBlock), step = Buffer<double>(SampleSlabs::kBlock),
                third = Buffer<double>(SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            kernels::preactivations(w.data(), d, 1, d, block.xt.data(), block.stride, block.stride, z.data(),
                                    block.stride);
            kernels::preactivations(v.data(), d, 1, d, block.xt.data(), block.stride, block.stride,
                                    step.data(), block.stride);
            activation.evaluate(block.stride, z.data(), {nullptr, nullptr, nullptr, third.data()});
            for (Size k = 0; k < block.count; ++k) {
                const double term =
                    block.weights[k] * residuals[block.first + k] * third[k] * step[k] * step[k] * step[k];
                sums[slab].add(term);
                magnitudes[slab] += std::abs(term);
                third[k] *= block.weights[k] * residuals[block.first + k] * step[k] * step[k];
            }
            for (Size j = 0; j < d; ++j) {
                const double* x = block.xt.data() + j * block.stride;
                for (Size k = 0; k < block.count; ++k) slopes[slab * d + j] += third[k] * x[k];
            }
        };
    });
    CompensatedSum total;
    PsiThird result;
    result.slope.assign(static_cast<std::size_t>(d), 0.0);
    for (Size slab = 0; slab < slabs.count; ++slab) {
        total.add(sums[slab]);
        for (Size j = 0; j < d; ++j) result.slope[j] += slopes[slab * d + j];
        result.magnitude += magnitudes[slab];
    }
    result.value = total.value();
    return result;
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

double preactivation_size(const Dataset& data, std::span<const double> v, const Execution& execution) {
    const SampleSlabs slabs(data.samples());
    std::vector<double> sums(static_cast<std::size_t>(slabs.count), 0.0);
    const double products = static_cast<double>(data.inputs());
    for_each_block(data, execution, slabs, products, [&](Size slab) {
        return [&, slab, z = Buffer<double>(SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            kernels::preactivations(v.data(), data.inputs(), 1, data.inputs(), block.xt.data(), block.stride,
                                    block.stride, z.data(), block.stride);
            for (Size k = 0; k < block.count; ++k) sums[slab] += block.weights[k] * z[k] * z[k];
        };
    });
    double sum = 0.0;
    for (const double part : sums) sum += part;
    return std::sqrt(sum / (data.weight_sum() * data.scale()));
}

}  // namespace tepui
