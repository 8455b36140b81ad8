#include "tepui/kernels.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/sample_block.hpp"
#include "core/parallel.hpp"
#include "kernels/batched_eigen.hpp"
#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"
#include "kernels/weighted_gram.hpp"
#include "linalg/symmetric.hpp"

namespace tepui::api {
namespace {

constexpr Size kLanes = 8;  // doubles of the widest vector: strides are multiples of it

Size pieces(Size whole, Size piece) {
    return (whole + piece - 1) / piece;
}

// body(first, count) over [0, whole) in rounds of at most `round`, telling the listener between rounds.
// Without a listener one round does it all.
template <class Body>
void in_rounds(Size whole, Size round, const char* phase, const Execution& how, Body&& body) {
    if (how.progress == nullptr) round = whole;
    for (Size first = 0; first < whole; first += round) {
        how.report_or_throw(phase, static_cast<double>(first) / static_cast<double>(whole));
        body(first, std::min(round, whole - first));
    }
}

// A caller's samples, checked.
struct Samples {
    Size n, d;
    const double* x;
    Size ldx;
};

Samples checked_samples(Size n, Size d, const double* x, Size ldx, int threads) {
    require_size(n, 1, "n");
    require_size(d, 1, "d");
    require_pointer(x, "x");
    require_shape({n, d, ldx, "x", "n", "d", "ldx"});
    require_finite(x, n, d, ldx, "x", threads);
    return {n, d, x, ldx};
}

// ---- Hidden layer ----

struct HiddenLayer {
    const Activation* activation;
    Samples samples;
    Size m;
    const double* w;
    Size ldw;
    // Where rows of n values go; null for what is not wanted.
    double *z, *value, *first, *second;
    Size ldz;
};

struct HiddenScratch {
    Buffer<double> xt, z;  // one block's samples; preactivations, where the caller does not want them
};

// One block of samples and one group of neurons. Every output value belongs to one such task, and is computed
// from its own sample and neuron alone.
void evaluate_block(const HiddenLayer& layer, Size begin, Size end, Size neuron_begin, Size neuron_end,
                    HiddenScratch& scratch) {
    const Size count = end - begin;
    const Size stride = round_up(count, kLanes);
    const Samples& samples = layer.samples;
    kernels::transpose_samples(samples.x + begin * samples.ldx, samples.ldx, count, samples.d,
                               scratch.xt.data(), stride);
    const Size neurons = neuron_end - neuron_begin;
    double* z = layer.z != nullptr ? layer.z + neuron_begin * layer.ldz + begin : scratch.z.data();
    const Size ldz = layer.z != nullptr ? layer.ldz : stride;
    kernels::preactivations(layer.w + neuron_begin * layer.ldw, layer.ldw, neurons,
                            {scratch.xt.data(), stride, count, samples.d}, z, ldz);
    if (layer.value == nullptr && layer.first == nullptr && layer.second == nullptr) return;
    for (Size i = 0; i < neurons; ++i) {
        const Size at = (neuron_begin + i) * layer.ldz + begin;
        const auto row = [&](double* output) { return output == nullptr ? nullptr : output + at; };
        layer.activation->evaluate(count, z + i * ldz,
                                   {row(layer.value), row(layer.first), row(layer.second), nullptr});
    }
}

void evaluate_hidden_layer(const HiddenLayer& layer, const Execution& how) {
    constexpr Size kNeurons = 16;
    const Size block = std::min(block_samples(layer.samples.d), round_up(layer.samples.n, kLanes));
    const Size blocks = pieces(layer.samples.n, block);
    const Size groups = pieces(layer.m, kNeurons);
    const Size workers = std::min<Size>(how.threads, blocks * groups);
    std::vector<HiddenScratch> scratch(static_cast<std::size_t>(workers));
    for (HiddenScratch& own : scratch) {
        own.xt = Buffer<double>(checked_product(layer.samples.d, block));
        if (layer.z == nullptr) own.z = Buffer<double>(kNeurons * block);
    }
    in_rounds(blocks, 64, "hidden layer", how, [&](Size first, Size in_round) {
        parallel_for(static_cast<int>(workers), in_round * groups, [&](Size task, Size thread) {
            const Size begin = (first + task / groups) * block;
            const Size neuron = task % groups * kNeurons;
            evaluate_block(layer, begin, std::min(layer.samples.n, begin + block), neuron,
                           std::min(layer.m, neuron + kNeurons), scratch[static_cast<std::size_t>(thread)]);
        });
    });
}

// Outputs go straight to the caller unless something can still fail on the way: then to arrays of our own
// first.
void run_hidden_layer(HiddenLayer layer, const Execution& how) {
    const bool can_fail = layer.activation->kind() == ActivationKind::custom || how.progress != nullptr;
    if (!can_fail) return evaluate_hidden_layer(layer, how);
    std::array<double**, 4> outputs{&layer.z, &layer.value, &layer.first, &layer.second};
    std::array<double*, 4> wanted{};
    std::array<Buffer<double>, 4> staged;
    for (std::size_t o = 0; o < outputs.size(); ++o) {
        wanted[o] = *outputs[o];
        if (wanted[o] == nullptr) continue;
        staged[o] = Buffer<double>(checked_product(layer.m, layer.samples.n));
        *outputs[o] = staged[o].data();
    }
    const Size ldz = std::exchange(layer.ldz, layer.samples.n);
    evaluate_hidden_layer(layer, how);
    for (std::size_t o = 0; o < outputs.size(); ++o) {
        if (wanted[o] == nullptr) continue;
        for (Size i = 0; i < layer.m; ++i) {
            std::copy_n(staged[o].data() + i * layer.samples.n, layer.samples.n, wanted[o] + i * ldz);
        }
    }
}

// ---- Weighted Gram ----

// Pair-major sums of all blocks, in block order: pairs[p * stride + q].
Buffer<double> gram_pairs(const Samples& samples, Size rows, const double* c, Size ldc, Size stride,
                          const Execution& how) {
    const Size d = samples.d;
    const Size pairs = triangle(d);
    const Size block = std::min(block_samples(d), round_up(samples.n, kLanes));
    const Size blocks = pieces(samples.n, block);
    constexpr Size kStrip = 64;  // samples packed by one task
    // Tasks of a multiple of 8 pairs, enough of them to keep any team busy.
    const Size pairs_per_task = std::max<Size>(8, round_up(pieces(pairs, 128), 8));
    Buffer<double> xt(checked_product(d, block));
    Buffer<double> sums(checked_product(pairs, stride));
    std::vector<kernels::GramRow> c_rows(static_cast<std::size_t>(rows));
    for (Size b = 0; b < blocks; ++b) {
        how.report_or_throw("weighted Gram", static_cast<double>(b) / static_cast<double>(blocks));
        const Size first = b * block;
        const Size count = std::min(block, samples.n - first);
        for (Size q = 0; q < rows; ++q) c_rows[static_cast<std::size_t>(q)].left = c + q * ldc + first;
        run_team(how.threads, [&](Team& team) {
            team.phase(pieces(count, kStrip), [&](Size strip, Size) {
                const Size begin = strip * kStrip, end = std::min(count, begin + kStrip);
                kernels::transpose_samples(samples.x + (first + begin) * samples.ldx, samples.ldx,
                                           end - begin, d, xt.data() + begin, block);
            });
            team.phase(pieces(pairs, pairs_per_task), [&](Size task, Size) {
                const Size begin = task * pairs_per_task;
                kernels::weighted_gram({xt.data(), block, count, d}, c_rows.data(), rows,
                                       {begin, std::min(pairs, begin + pairs_per_task)}, sums.data(), stride);
            });
        });
    }
    return sums;
}

// ---- Eigensolver ----

constexpr Size kGroup = 64;  // matrices that one task of the batched solver takes: whole vectors

struct EigenOutput {
    Buffer<double> values;   // [count][d]
    Buffer<double> vectors;  // [count][d][d], empty when not wanted
};

// Only what is read must be finite: the lower triangles.
void require_finite_lower(const double* a, Size count, Size d) {
    for (Size row = 0; row < count * d; ++row) {
        const Size i = row % d;
        if (std::all_of(a + row * d, a + row * d + i + 1, [](double v) { return std::isfinite(v); }))
            continue;
        const std::string name = "a[" + std::to_string(row / d) + "][" + std::to_string(i) + "]";
        require_finite(a + row * d, i + 1, name.c_str());
    }
}

[[noreturn]] void refuse_unconverged() {
    throw Error(Status::numeric, "the eigenvalue iteration of a matrix in a did not converge");
}

struct EigenScratch {
    Buffer<double> pairs, values, vectors;  // of one group, in the solver's layout
};

// Returns the number of matrices that did not converge.
Size eigen_of_group(Size begin, Size in_group, Size d, const double* a, EigenScratch& scratch,
                    EigenOutput& output) {
    const bool want_vectors = output.vectors.size() > 0;
    for (Size q = 0; q < in_group; ++q) {
        const double* matrix = a + (begin + q) * d * d;
        for (Size i = 0; i < d; ++i) {
            for (Size j = 0; j <= i; ++j) scratch.pairs[(triangle(i) + j) * kGroup + q] = matrix[i * d + j];
        }
    }
    const Size failures =
        kernels::batched_eigen(d, in_group, scratch.pairs.data(), kGroup, scratch.values.data(),
                               want_vectors ? scratch.vectors.data() : nullptr, kGroup);
    for (Size q = 0; q < in_group; ++q) {
        for (Size l = 0; l < d; ++l) output.values[(begin + q) * d + l] = scratch.values[l * kGroup + q];
        if (!want_vectors) continue;
        double* vectors = output.vectors.data() + (begin + q) * d * d;
        for (Size l = 0; l < d * d; ++l) vectors[l] = scratch.vectors[l * kGroup + q];
    }
    return failures;
}

void eigen_batched(Size count, Size d, const double* a, EigenOutput& output, const Execution& how) {
    const Size groups = pieces(count, kGroup);
    const Size workers = std::min<Size>(how.threads, groups);
    std::vector<EigenScratch> scratch(static_cast<std::size_t>(workers));
    for (EigenScratch& own : scratch) {
        own.pairs = Buffer<double>(triangle(d) * kGroup);
        own.values = Buffer<double>(d * kGroup);
        if (output.vectors.size() > 0) own.vectors = Buffer<double>(d * d * kGroup);
    }
    std::atomic<Size> failures{0};
    in_rounds(groups, 64 * workers, "eigenvalues", how, [&](Size first, Size in_round) {
        parallel_for(static_cast<int>(workers), in_round, [&](Size task, Size thread) {
            const Size begin = (first + task) * kGroup;
            failures += eigen_of_group(begin, std::min(kGroup, count - begin), d, a,
                                       scratch[static_cast<std::size_t>(thread)], output);
        });
    });
    if (failures > 0) refuse_unconverged();
}

void eigen_large(Size count, Size d, const double* a, EigenOutput& output, const Execution& how) {
    const bool want_vectors = output.vectors.size() > 0;
    in_rounds(count, how.threads, "eigenvalues", how, [&](Size first, Size in_round) {
        parallel_for(how.threads, in_round, [&](Size task, Size) {
            const Size q = first + task;
            Matrix matrix(d, d);
            std::copy_n(a + q * d * d, d * d, matrix.data());
            const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(matrix, want_vectors);
            std::copy_n(eigen.values.data(), d, output.values.data() + q * d);
            if (want_vectors) std::copy_n(eigen.vectors.data(), d * d, output.vectors.data() + q * d * d);
        });
    });
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_hidden_layer(tepui_context* context, const tepui_activation* activation, int64_t n,
                                int64_t d, const double* x, int64_t ldx, int64_t m, const double* w,
                                int64_t ldw, double* z, double* value, double* first, double* second,
                                int64_t ldz) {
    return guarded(context, [&] {
        require_pointer(activation, "activation");
        const Execution how = execution(*context);
        const Samples samples = checked_samples(n, d, x, ldx, how.threads);
        require_size(m, 1, "m");
        require_pointer(w, "w");
        require_shape({m, d, ldw, "w", "m", "d", "ldw"});
        require_finite(w, m, d, ldw, "w");
        require_shape({m, n, ldz, "z", "m", "n", "ldz"});
        run_hidden_layer({&activation->value, samples, m, w, ldw, z, value, first, second, ldz}, how);
    });
}

tepui_status tepui_weighted_gram(tepui_context* context, int64_t n, int64_t d, const double* x, int64_t ldx,
                                 int64_t rows, const double* c, int64_t ldc, double* gram) {
    return guarded(context, [&] {
        const Execution how = execution(*context);
        const Samples samples = checked_samples(n, d, x, ldx, how.threads);
        require_size(rows, 1, "rows");
        require_pointer(c, "c");
        require_shape({rows, n, ldc, "c", "rows", "n", "ldc"});
        require_finite(c, rows, n, ldc, "c", how.threads);
        require_pointer(gram, "gram");
        require_order(d, "d", "gram");
        require_addressable(rows, d * d, "rows", "gram");
        const Size stride = round_up(rows, kLanes);
        const Buffer<double> pairs = gram_pairs(samples, rows, c, ldc, stride, how);
        parallel_for(how.threads, pieces(rows, kLanes), [&](Size task, Size) {
            unpack_pairs(pairs.data(), stride, d, task * kLanes, std::min(rows, (task + 1) * kLanes), gram,
                         d);
        });
    });
}

tepui_status tepui_symmetric_eigen(tepui_context* context, int64_t count, int64_t d, const double* a,
                                   double* values, double* vectors) {
    return guarded(context, [&] {
        require_size(count, 1, "count");
        require_size(d, 1, "d");
        require_order(d, "d", "a");
        const Size matrix = d * d;
        require_addressable(count, matrix, "count", "a");
        require_pointer(a, "a");
        require_pointer(values, "values");
        require_finite_lower(a, count, d);
        const Execution how = execution(*context);
        EigenOutput output;
        output.values = Buffer<double>(count * d);
        if (vectors != nullptr) output.vectors = Buffer<double>(count * matrix);
        if (d <= kernels::kBatchedEigenMaxOrder) {
            eigen_batched(count, d, a, output, how);
        } else {
            eigen_large(count, d, a, output, how);
        }
        std::copy_n(output.values.data(), count * d, values);
        if (vectors != nullptr) std::copy_n(output.vectors.data(), count * matrix, vectors);
    });
}

}  // extern "C"
