#include "soak/jobs.hpp"

#include <cmath>

namespace tepui::test {
namespace {

using namespace cli;

constexpr std::int64_t n = 40, d = 3, m = 3;

template <class Handle, auto destroy>
using Owned = std::unique_ptr<Handle, Destroyer<destroy>>;
using Reduction = Owned<tepui_reduction, tepui_reduction_destroy>;
using Certificate = Owned<tepui_certificate, tepui_certificate_destroy>;
using CriticalSet = Owned<tepui_critical_set, tepui_critical_set_destroy>;
using Trace = Owned<tepui_trace, tepui_trace_destroy>;

// What call makes, owned; a refusal throws.
template <class Owner, class Call>
Owner made(tepui_context* context, const Call& call) {
    typename Owner::pointer raw = nullptr;
    require(context, call(&raw));
    return Owner(raw);
}

void expect(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
}

ActivationHandle activation(tepui_context* context, tepui_activation_kind kind) {
    return made<ActivationHandle>(context,
                                  [&](auto** raw) { return tepui_activation_create(context, kind, raw); });
}

NetworkHandle copy_of(tepui_context* context, const tepui_network* network, const tepui_activation* sigma) {
    const std::int64_t width = tepui_network_width(network), inputs = tepui_network_inputs(network);
    const double* const theta = tepui_network_parameters(network);
    return made<NetworkHandle>(context, [&](auto** raw) {
        return tepui_network_create(context, sigma, width, inputs, theta, inputs, theta + width * inputs,
                                    raw);
    });
}

void few_starts(tepui_context* context, std::int64_t starts) {
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, starts));
}

SolutionHandle solution_of(const Shared& shared, tepui_context* context, const tepui_activation* sigma) {
    return made<SolutionHandle>(
        context, [&](auto** raw) { return tepui_solve(context, shared.data.get(), sigma, m, raw); });
}

AnalysisHandle analysis_of(const Shared& shared, tepui_context* context) {
    return made<AnalysisHandle>(context, [&](auto** raw) {
        return tepui_analyze(context, shared.data.get(), shared.point.get(), raw);
    });
}

// The point's first neuron in two, its last in three.
NetworkHandle wide_point(const Shared& shared, tepui_context* context) {
    const double two[] = {0.25, 0.75}, three[] = {0.5, 0.75, -0.25};
    const auto wider = made<NetworkHandle>(
        context, [&](auto** raw) { return tepui_split(context, shared.point.get(), 0, 2, two, raw); });
    return made<NetworkHandle>(
        context, [&](auto** raw) { return tepui_split(context, wider.get(), m, 3, three, raw); });
}

void derivatives(const Shared& shared, tepui_context* context, Digest& digest) {
    const auto* const data = shared.data.get();
    const auto* const network = shared.point.get();
    const std::int64_t p = tepui_network_parameter_count(network);
    std::vector<double> gradient(std::size_t(2 * p + 1)), hessian(std::size_t(p * p)), inner(m * d * d);
    require(context, tepui_gradient(context, data, network, gradient.data(), gradient.data() + 1,
                                    gradient.data() + 1 + p));
    require(context, tepui_hessian(context, data, network, hessian.data(), p));
    require(context, tepui_inner_hessians(context, data, network, inner.data()));
    digest.add(gradient);
    digest.add(hessian);
    digest.add(inner);
}

void solve(const Shared& shared, tepui_context* context, Digest& digest) {
    few_starts(context, 3);
    const SolutionHandle solution = solution_of(shared, context, shared.tanh.get());
    digest.add(context, tepui_solution_report, solution.get());
}

void analyze(const Shared& shared, tepui_context* context, Digest& digest) {
    const AnalysisHandle analysis = analysis_of(shared, context);
    digest.add(tepui_analysis_rule(analysis.get()));
    digest.add(context, tepui_analysis_report, analysis.get());
    for (std::int64_t i = 0; i < m; ++i) {
        const double gamma[] = {1.5, -0.5};
        const auto split = made<SplitVerdictHandle>(context, [&](auto** raw) {
            return tepui_classify_split(context, analysis.get(), i, 2, gamma, raw);
        });
        digest.add(tepui_split_verdict_rule(split.get()));
        digest.add(context, tepui_split_verdict_report, split.get());
        digest.add(tepui_split_verdict_witness(split.get()));
    }
}

void split_several(const Shared& shared, tepui_context* context, Digest& digest) {
    const AnalysisHandle analysis = analysis_of(shared, context);
    const std::int64_t neurons[] = {0, 2}, offsets[] = {0, 2, 4};
    const double gammas[] = {0.3, 0.7, 1.25, -0.25};
    const auto verdict = made<SplitVerdictHandle>(context, [&](auto** raw) {
        return tepui_classify_splits(context, analysis.get(), 2, neurons, offsets, gammas, raw);
    });
    digest.add(tepui_split_verdict_verdict(verdict.get()));
    digest.add(context, tepui_split_verdict_report, verdict.get());
}

void classify_network(const Shared& shared, tepui_context* context, Digest& digest) {
    const NetworkHandle wide = wide_point(shared, context);
    const auto verdict = made<NetworkVerdictHandle>(context, [&](auto** raw) {
        return tepui_classify_network(context, shared.data.get(), wide.get(), raw);
    });
    digest.add(tepui_network_verdict_rule(verdict.get()));
    digest.add(context, tepui_network_verdict_report, verdict.get());
}

void reduce(const Shared& shared, tepui_context* context, Digest& digest) {
    const NetworkHandle wide = wide_point(shared, context);
    const auto reduction = made<Reduction>(
        context, [&](auto** raw) { return tepui_reduce(context, wide.get(), shared.data.get(), raw); });
    const tepui_reduction* const r = reduction.get();
    const auto again = made<NetworkHandle>(context, [&](auto** raw) {
        return tepui_embed(context, tepui_reduction_network(r), tepui_reduction_neurons(r),
                           tepui_reduction_roles(r), tepui_reduction_groups(r), tepui_reduction_signs(r),
                           tepui_reduction_coefficients(r), tepui_reduction_free_weights(r), d, raw);
    });
    digest.add(tepui_reduction_network(r));
    digest.add(again.get());
}

void critical_set(const Shared& shared, tepui_context* context, Digest& digest) {
    const auto set = made<CriticalSet>(context, [&](auto** raw) {
        return tepui_map_critical_set(context, shared.data.get(), shared.point.get(), m + 1, 2, raw);
    });
    digest.add(context, tepui_critical_set_report, set.get());
    for (std::int64_t branch = 0; branch < 2; ++branch)
        for (std::int64_t l = 0; l < 2; ++l) digest.add(tepui_critical_set_witness(set.get(), branch, l));
}

void directional(const Shared& shared, tepui_context* context, Digest& digest) {
    const auto verdict = made<DirectionalHandle>(context, [&](auto** raw) {
        return tepui_classify_directional(context, shared.data.get(), shared.kinked.get(), nullptr, nullptr,
                                          raw);
    });
    digest.add(tepui_directional_verdict(verdict.get()));
    digest.add(tepui_directional_witness(verdict.get()));
    const std::int64_t width = tepui_network_width(shared.kinked.get());
    const double output = tepui_network_parameters(shared.kinked.get())[width * d];
    const double a[] = {0.5 * output, 0.5 * output};
    tepui_directional_embedding* raw = nullptr;
    digest.add(tepui_classify_replication(context, verdict.get(), 0, 2, nullptr, a, &raw));
    const EmbeddingHandle embedding(raw);
    digest.add(tepui_directional_embedding_verdict(embedding.get()));
    digest.add(tepui_context_message(context));
}

void certify(const Shared& shared, tepui_context* context, Digest& digest) {
    const AnalysisHandle analysis = analysis_of(shared, context);
    tepui_certificate* raw = nullptr;
    const tepui_status status = tepui_certify(context, analysis.get(), &raw);
    const Certificate certificate(raw);
    digest.add(status);
    if (status == TEPUI_ERROR_UNSUPPORTED) return;  // a build without
    require(context, status);
    digest.add(tepui_certificate_is_complete(certificate.get()));
    digest.add(context, tepui_certificate_report, certificate.get());
}

void trace(const Shared& shared, tepui_context* context, Digest& digest) {
    const auto run = made<Trace>(context, [&](auto** raw) {
        return tepui_trace_descent(context, shared.data.get(), shared.relu.get(), m, 1e-3, 60, raw);
    });
    digest.add(context, tepui_trace_report, run.get());
}

std::int32_t cube_or_fail(void* user, std::int64_t count, const double* z, double* value, double* first,
                          double* second, double* third) {
    for (std::int64_t l = 0; l < count; ++l) {
        if (value != nullptr) value[l] = z[l] * z[l] * z[l];
        if (first != nullptr) first[l] = 3.0 * z[l] * z[l];
        if (second != nullptr) second[l] = 6.0 * z[l];
        if (third != nullptr) third[l] = 6.0;
    }
    return *static_cast<bool*>(user) ? 1 : 0;
}

std::int32_t chunk(void* user, std::int64_t first, std::int64_t count, double* x, double* y, double*) {
    const auto& shared = *static_cast<const Shared*>(user);
    for (std::int64_t l = 0; x != nullptr && l < count * d; ++l) x[l] = shared.x[std::size_t(first * d + l)];
    for (std::int64_t l = 0; y != nullptr && l < count; ++l) y[l] = shared.y[std::size_t(first + l)];
    return 0;
}

// The caller's own data and activation, one that fails in between.
void callbacks(const Shared& shared, tepui_context* context, Digest& digest) {
    bool fails = false;
    const auto cube = made<ActivationHandle>(context, [&](auto** raw) {
        return tepui_activation_create_custom(context, cube_or_fail, &fails, TEPUI_SMOOTHNESS_C3, 1,
                                              TEPUI_PARITY_ODD, 0, raw);
    });
    const auto data = made<DatasetHandle>(context, [&](auto** raw) {
        return tepui_dataset_create_chunked(context, n, d, chunk, const_cast<Shared*>(&shared), 0, 0, raw);
    });
    const NetworkHandle network = copy_of(context, shared.point.get(), cube.get());
    std::vector<double> inner(m * d * d);
    const auto call = [&] { return tepui_inner_hessians(context, data.get(), network.get(), inner.data()); };
    fails = true;
    expect(call() == TEPUI_ERROR_CALLBACK, "a callback's failure is that of the call");
    digest.add(tepui_context_message(context));
    fails = false;
    require(context, call());
    digest.add(inner);
}

void errors(const Shared& shared, tepui_context* context, Digest& digest) {
    double value = 0.0;
    const auto note = [&](tepui_status status) {
        expect(status != TEPUI_OK, "a mistake is refused");
        digest.add(status);
        digest.add(tepui_context_message(context));
    };
    note(tepui_loss(context, nullptr, shared.point.get(), &value));
    note(tepui_inner_hessian(context, shared.data.get(), shared.point.get(), m, &value, d));
    note(tepui_context_set_real(context, TEPUI_OPTION_STATIONARITY, std::nan("")));
    tepui_activation* sigma = nullptr;
    note(tepui_activation_create_named(context, "no such activation", &sigma));
    tepui_directional* verdict = nullptr;
    note(tepui_classify_directional(context, shared.data.get(), shared.point.get(), nullptr, nullptr,
                                    &verdict));
    const double nothing[] = {0.5, 0.75};
    tepui_network* wide = nullptr;
    note(tepui_split(context, shared.point.get(), 0, 2, nothing, &wide));
}

std::int32_t stop(void*, const char*, double) {
    return 1;
}

// A call that is stopped leaves nothing behind: the same call gives the same bits then.
void cancellation(const Shared& shared, tepui_context* context, Digest& digest) {
    few_starts(context, 3);
    require(context, tepui_context_set_progress(context, stop, nullptr));
    {
        const SolutionHandle stopped = solution_of(shared, context, shared.tanh.get());
        for (std::int64_t l = 0; l < tepui_solution_starts(stopped.get()); ++l)
            tepui_solution_start_point(stopped.get(), l);
        tepui_analysis* raw = nullptr;
        const tepui_status status = tepui_analyze(context, shared.data.get(), shared.point.get(), &raw);
        const AnalysisHandle analysis(raw);
        expect(status == TEPUI_OK || status == TEPUI_ERROR_CANCELLED, "a call that is stopped says so");
    }
    require(context, tepui_context_set_progress(context, nullptr, nullptr));
    analyze(shared, context, digest);
}

}  // namespace

Shared::Shared() : x(n * d), y(n) {
    // Residuals that no network of this width fits.
    for (std::int64_t k = 0; k < n; ++k) {
        for (std::int64_t j = 0; j < d; ++j)
            x[std::size_t(k * d + j)] = std::sin(1.7 * double(k) + 2.3 * double(j * k));
        const double* const row = &x[std::size_t(k * d)];
        y[std::size_t(k)] =
            std::tanh(row[0] - row[1]) - 0.5 * row[2] * row[0] + 0.2 * std::cos(2.9 * double(k));
    }
    const Context context = make_context();
    tanh = activation(context.get(), TEPUI_ACTIVATION_TANH);
    relu = activation(context.get(), TEPUI_ACTIVATION_RELU);
    data = made<DatasetHandle>(context.get(), [&](auto** raw) {
        return tepui_dataset_create(context.get(), n, d, x.data(), d, y.data(), nullptr, TEPUI_DATASET_BORROW,
                                    raw);
    });
    few_starts(context.get(), 16);
    for (auto* const smooth : {&tanh, &relu}) {
        const SolutionHandle solution = solution_of(*this, context.get(), smooth->get());
        expect(tepui_solution_points(solution.get()) > 0, "the searches find a point");
        (smooth == &tanh ? point : kinked) =
            copy_of(context.get(), tepui_solution_point(solution.get(), 0), smooth->get());
    }
}

const std::vector<Job>& jobs() {
    static const std::vector<Job> all{{"derivatives", derivatives},
                                      {"solve", solve},
                                      {"analyze", analyze},
                                      {"split several", split_several},
                                      {"classify network", classify_network},
                                      {"reduce", reduce},
                                      {"critical set", critical_set},
                                      {"directional", directional},
                                      {"certify", certify},
                                      {"trace", trace},
                                      {"callbacks", callbacks},
                                      {"errors", errors},
                                      {"cancellation", cancellation}};
    return all;
}

}  // namespace tepui::test
