// Random sequences of calls of the C API. Every status is known and none is a defect of the library, every
// refusal has a sentence, and leaves its outputs alone.
#include <algorithm>

#include "fuzz/call_callbacks.hpp"
#include "fuzz/call_handles.hpp"
#include "fuzz/call_models.hpp"
#include "fuzz/call_questions.hpp"

using namespace tepui::test;

namespace {

class Sequence : ModelCalls {
  public:
    explicit Sequence(Bytes& bytes) : ModelCalls(bytes) { set_small_limits(); }

    void run() {
        // Pinned: inputs that are kept name the calls by their place here.
        constexpr void (Sequence::*steps[])() = {
            &Sequence::set_option,    &Sequence::set_progress, &Sequence::make_activation,
            &Sequence::make_custom,   &Sequence::make_data,    &Sequence::make_single_data,
            &Sequence::make_chunked,  &Sequence::make_network, &Sequence::objective,
            &Sequence::inner,         &Sequence::analyze,      &Sequence::classify_split,
            &Sequence::classify_many, &Sequence::classify_net, &Sequence::reduce,
            &Sequence::embed,         &Sequence::split,        &Sequence::solve,
            &Sequence::solve_from,    &Sequence::take_point,   &Sequence::map,
            &Sequence::directional,   &Sequence::replicate,    &Sequence::several,
            &Sequence::certify,       &Sequence::trace,        &Sequence::kernels,
            &Sequence::ask,           &Sequence::drop};
        // Of high bytes.
        constexpr void (Sequence::*of_models[])() = {
            &Sequence::make_model_data,  &Sequence::make_model_network, &Sequence::solve_like,
            &Sequence::take_model_point, &Sequence::classify_model,     &Sequence::inspect_layer,
            &Sequence::trace_like};
        constexpr std::uint8_t first_of_models = 8 * std::size(steps);
        for (int call = 0; call < 48 && !bytes_.empty(); ++call) {
            const std::uint8_t step = bytes_.next();
            if (step >= first_of_models)
                (this->*of_models[(step - first_of_models) % std::size(of_models)])();
            else
                (this->*steps[step % std::size(steps)])();
        }
    }

  private:
    // What bounds the time of a call.
    void set_small_limits() {
        tepui_context_set_integer(context_.get(), TEPUI_OPTION_SOLVE_STARTS, 2);
        tepui_context_set_integer(context_.get(), TEPUI_OPTION_SOLVE_MAX_ITERATIONS, 60);
        tepui_context_set_integer(context_.get(), TEPUI_OPTION_SIGN_BUDGET, 3000);
        tepui_context_set_integer(context_.get(), TEPUI_OPTION_THREADS, 1);
    }
    void set_option() {
        constexpr tepui_option options[] = {100, 110, 200, 210, 220, 230, 240, 250, 255, 257, 260,
                                            270, 300, 310, 320, 330, 340, 400, 410, 0,   999};
        const tepui_option option = options[bytes_.next() % std::size(options)];
        check(tepui_context_set_integer(context_.get(), option, arrays_.size()));
        check(tepui_context_set_real(context_.get(), option, arrays_.number()));
        std::int64_t value = 0, lower = 0, upper = 0;
        if (check(tepui_context_get_integer(context_.get(), option, &value)) &&
            check(tepui_context_integer_bounds(context_.get(), option, &lower, &upper)))
            require_that(lower <= value && value <= upper, "an option is within its bounds");
        set_small_limits();
    }
    void set_progress() {
        check(tepui_context_set_progress(context_.get(), bytes_.next() % 2 == 0 ? cancel : nullptr, nullptr));
    }

    void make_activation() {
        const std::uint8_t byte = bytes_.next();
        const tepui_activation_kind kind = byte < 200 ? 1 + byte % 14 : byte < 250 ? 32 + byte % 3 : byte;
        make<tepui_activation>(activations_, [&](auto** made) {
            if (byte % 7 == 6)
                return tepui_activation_create_leaky_relu(context_.get(), arrays_.number(), made);
            return tepui_activation_create(context_.get(), kind, made);
        });
    }
    void make_custom() {
        void* const user = behaviour(bytes_.next());
        const tepui_smoothness smoothness = 2 + bytes_.next() % 4;
        const tepui_parity parity = bytes_.next() % 4;
        make<tepui_activation>(activations_, [&](auto** made) {
            return tepui_activation_create_custom(context_.get(), custom_tanh, user, smoothness, 0, parity, 0,
                                                  made);
        });
    }
    void make_data() {
        const std::int64_t n = arrays_.samples(), d = arrays_.size();
        const std::int64_t ld = Arrays::possible(d) ? d + bytes_.next() % 2 : d;
        const bool possible = Arrays::possible(n) && Arrays::possible(d);
        const double* const x = or_null(arrays_.numbers(possible ? std::max<std::int64_t>(n * ld, 0) : -1));
        const double* const y = or_null(arrays_.numbers(n));
        const double* const weights = bytes_.next() % 2 == 0 ? nullptr : arrays_.numbers(n);
        const tepui_dataset_flags flags = bytes_.next() % 9;
        make<tepui_dataset>(datasets_, [&](auto** made) {
            return tepui_dataset_create(context_.get(), n, d, x, ld, y, weights, flags, made);
        });
    }
    void make_single_data() {
        const std::int64_t n = arrays_.samples(), d = arrays_.size();
        const bool possible = Arrays::possible(n) && Arrays::possible(d);
        singles_.push_back(std::make_unique<float[]>(possible ? std::size_t(n * d) : 1));
        for (std::int64_t l = 0; possible && l < n * d; ++l) singles_.back()[l] = float(arrays_.number());
        const double* const y = arrays_.numbers(n);
        const tepui_dataset_flags flags = bytes_.next() % 8;
        make<tepui_dataset>(datasets_, [&](auto** made) {
            return tepui_dataset_create_f32(context_.get(), n, d, singles_.back().get(), d, y, nullptr, flags,
                                            made);
        });
    }
    void make_chunked() {
        void* const user = behaviour(bytes_.next());
        const std::uint8_t how = bytes_.next();
        const std::int64_t n = how == 255 ? std::numeric_limits<std::int64_t>::min() : how % 12;
        make<tepui_dataset>(datasets_, [&](auto** made) {
            return tepui_dataset_create_chunked(context_.get(), n, 2, fill, user, how % 2, how % 8 & ~1,
                                                made);
        });
    }
    void make_network() {
        const tepui_activation* const sigma = activations_.pick(bytes_);
        const std::int64_t m = arrays_.size(), d = arrays_.size();
        const bool possible = Arrays::possible(m) && Arrays::possible(d);
        const double* const w = or_null(arrays_.numbers(possible ? m * d : -1));
        const double* const a = or_null(arrays_.numbers(m));
        make<tepui_network>(networks_, [&](auto** made) {
            return tepui_network_create(context_.get(), sigma, m, d, w, d, a, made);
        });
    }

    void objective() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        const std::int64_t p = tepui_network_parameter_count(network), n = tepui_dataset_samples(data);
        tepui_context* const context = context_.get();
        write(1, [&](double* out) { return tepui_loss(context, data, network, out); });
        const std::int64_t values = n * tepui_network_outputs(network);
        write(2 * values,
              [&](double* out) { return tepui_outputs(context, data, network, out, out + values); });
        write(1 + 2 * p,
              [&](double* out) { return tepui_gradient(context, data, network, out, out + 1, out + 1 + p); });
        write(p * p, [&](double* out) { return tepui_hessian(context, data, network, out, p); });
        const double* const direction = arrays_.numbers(p);
        write(p, [&](double* out) { return tepui_hessian_vector(context, data, network, direction, out); });
    }
    void inner() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        const std::int64_t d = tepui_network_inputs(network), m = tepui_network_width(network);
        const std::int64_t neuron = arrays_.size();
        write(d * d, [&](double* out) {
            return tepui_inner_hessian(context_.get(), data, network, neuron, out, d);
        });
        write(m * d * d,
              [&](double* out) { return tepui_inner_hessians(context_.get(), data, network, out); });
        write(m * d * tepui_network_outputs(network),
              [&](double* out) { return tepui_output_slopes(context_.get(), data, network, out); });
    }
    void analyze() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        make<tepui_analysis>(analyses_,
                             [&](auto** made) { return tepui_analyze(context_.get(), data, network, made); });
    }
    void classify_split() {
        const tepui_analysis* const analysis = analyses_.pick(bytes_);
        const std::int64_t neuron = arrays_.size(), r = arrays_.size();
        const double* const gamma = arrays_.shares(r);
        make<tepui_split_verdict>(verdicts_, [&](auto** made) {
            return tepui_classify_split(context_.get(), analysis, neuron, r, gamma, made);
        });
    }
    // Two neurons, two shares each; offsets as the bytes have it.
    void classify_many() {
        const tepui_analysis* const analysis = analyses_.pick(bytes_);
        const std::int64_t wild = arrays_.size();
        const std::int64_t count = bytes_.next() == 255 ? wild : 2;
        if (count > 2 && Arrays::possible(count)) return;
        const std::int64_t* const neurons = arrays_.integers({arrays_.size(), arrays_.size()});
        const std::uint8_t how = bytes_.next();
        const std::int64_t* const offsets = arrays_.integers({0, how == 255 ? wild : 2, 4});
        const double first = arrays_.number(), second = arrays_.number();
        double* const gammas = arrays_.room(4);
        const double shares[4] = {first, 1.0 - first, second, 1.0 - second};
        std::copy(shares, shares + 4, gammas);
        make<tepui_split_verdict>(verdicts_, [&](auto** made) {
            return tepui_classify_splits(context_.get(), analysis, count, neurons, offsets, gammas, made);
        });
        tepui_split_verdict* each[2] = {};
        if (check(tepui_classify_each_split(context_.get(), analysis, count, neurons, offsets, gammas, each)))
            for (tepui_split_verdict* const made : each)
                if (made != nullptr) verdicts_.add(made);
        tepui_verdict proven = 0;
        check(tepui_certificate_splits(context_.get(), certificates_.pick(bytes_), count, neurons, offsets,
                                       gammas, &proven));
    }
    void classify_net() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        make<tepui_network_verdict>(network_verdicts_, [&](auto** made) {
            return tepui_classify_network(context_.get(), data, network, made);
        });
    }
    void reduce() {
        const tepui_network* const network = networks_.pick(bytes_);
        const tepui_dataset* const data = datasets_.pick(bytes_);
        make<tepui_reduction>(reductions_,
                              [&](auto** made) { return tepui_reduce(context_.get(), network, data, made); });
    }
    void embed() {
        const tepui_network* const narrow = networks_.pick(bytes_);
        const std::int64_t m = std::clamp<std::int64_t>(arrays_.size(), 0, 5),
                           d = tepui_network_inputs(narrow);
        std::vector<tepui_neuron_role> roles(static_cast<std::size_t>(m));
        std::vector<std::int64_t> groups(roles.size());
        std::vector<std::int32_t> signs(roles.size());
        for (std::size_t i = 0; i < roles.size(); ++i) {
            roles[i] = bytes_.next() % 6;
            groups[i] = std::int64_t(bytes_.next() % 5) - 1;
            signs[i] = bytes_.next() % 2 == 0 ? 1 : -1;
        }
        const double* const coefficients = arrays_.shares(m);
        const double* const w = arrays_.numbers(m * d);
        if (bytes_.next() % 2 == 0) {
            const double* const outputs = arrays_.numbers(m * tepui_network_outputs(narrow));
            make<tepui_network>(networks_, [&](auto** made) {
                return tepui_embed_outputs(context_.get(), narrow, m, roles.data(), groups.data(),
                                           signs.data(), coefficients, outputs, w, d, made);
            });
            return;
        }
        make<tepui_network>(networks_, [&](auto** made) {
            return tepui_embed(context_.get(), narrow, m, roles.data(), groups.data(), signs.data(),
                               coefficients, w, d, made);
        });
    }
    void split() {
        const tepui_network* const network = networks_.pick(bytes_);
        const std::int64_t neuron = arrays_.size(), r = arrays_.size();
        const double* const gamma = arrays_.shares(r);
        if (tepui_network_width(network) > 12) return;
        make<tepui_network>(networks_, [&](auto** made) {
            return tepui_split(context_.get(), network, neuron, r, gamma, made);
        });
    }
    void solve() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_activation* const sigma = activations_.pick(bytes_);
        const std::int64_t m = arrays_.size();
        make<tepui_solution>(solutions_,
                             [&](auto** made) { return tepui_solve(context_.get(), data, sigma, m, made); });
    }
    void solve_from() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        make<tepui_solution>(
            solutions_, [&](auto** made) { return tepui_solve_from(context_.get(), data, network, made); });
    }
    // A point of a search as a network of its own, so that there are stationary ones.
    void take_point() {
        const tepui_solution* const solution = solutions_.pick(bytes_);
        const tepui_activation* const sigma = activations_.pick(bytes_);
        const std::int64_t index = arrays_.size();
        const tepui_network* point = tepui_solution_point(solution, index);
        if (point == nullptr) point = tepui_solution_start_point(solution, index);
        if (point == nullptr) return;
        const std::int64_t m = tepui_network_width(point), d = tepui_network_inputs(point);
        const double* const theta = tepui_network_parameters(point);
        make<tepui_network>(networks_, [&](auto** made) {
            return tepui_network_create(context_.get(), sigma, m, d, theta, d, theta + m * d, made);
        });
    }
    void map() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        const std::int64_t m = arrays_.size(), samples = arrays_.size();
        if (tepui_network_outputs(network) > 1 && m > 8) return;  // a Hessian for each sample
        make<tepui_critical_set>(sets_, [&](auto** made) {
            return tepui_map_critical_set(context_.get(), data, network, m, samples, made);
        });
    }
    void directional() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        make<tepui_directional>(directionals_, [&](auto** made) {
            return tepui_classify_directional(context_.get(), data, network, nullptr, nullptr, made);
        });
    }
    void replicate() {
        const tepui_directional* const verdict = directionals_.pick(bytes_);
        const std::int64_t neuron = arrays_.size(), r = arrays_.size();
        const double* const kappa = bytes_.next() % 2 == 0 ? nullptr : arrays_.numbers(r);
        const double* const a = arrays_.shares(r);
        make<tepui_directional_embedding>(embeddings_, [&](auto** made) {
            return tepui_classify_replication(context_.get(), verdict, neuron, r, kappa, a, made);
        });
        const double* const w = arrays_.numbers(8);  // more than any network's inputs
        const double output = arrays_.number();
        make<tepui_directional_embedding>(embeddings_, [&](auto** made) {
            return tepui_classify_added_neuron(context_.get(), verdict, w, output, made);
        });
    }
    void several() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        if (bytes_.next() % 2 == 0) {
            make<tepui_several_outputs>(several_, [&](auto** made) {
                return tepui_classify_directional_model(context_.get(), data, network, nullptr, nullptr,
                                                        made);
            });
            return;
        }
        const std::int64_t p = arrays_.size();
        const bool possible = Arrays::possible(p);
        const double* const targets = arrays_.numbers(possible ? p * tepui_dataset_samples(data) : -1);
        const double* const a = arrays_.numbers(possible ? p * tepui_network_width(network) : -1);
        make<tepui_several_outputs>(several_, [&](auto** made) {
            return tepui_classify_several_outputs(context_.get(), data, network, p, targets, a, nullptr,
                                                  nullptr, made);
        });
    }
    void certify() {
        const tepui_analysis* const analysis = analyses_.pick(bytes_);
        make<tepui_certificate>(certificates_,
                                [&](auto** made) { return tepui_certify(context_.get(), analysis, made); });
    }
    void trace() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_activation* const sigma = activations_.pick(bytes_);
        const std::int64_t m = arrays_.size(), steps = arrays_.samples();
        const double scale = arrays_.number();
        make<tepui_trace>(traces_, [&](auto** made) {
            return tepui_trace_descent(context_.get(), data, sigma, m, scale, steps, made);
        });
    }
    void kernels() {
        const tepui_activation* const sigma = activations_.pick(bytes_);
        const std::int64_t count = arrays_.size(), d = arrays_.size();
        if (!Arrays::possible(count) || !Arrays::possible(d)) return;
        const double* const z = arrays_.numbers(count);
        write(4 * count, [&](double* out) {
            return tepui_activation_evaluate(context_.get(), sigma, count, z, out, out + count,
                                             out + 2 * count, out + 3 * count);
        });
        const double* const matrix = arrays_.numbers(count * d * d);
        write(count * d * (d + 1), [&](double* out) {
            return tepui_symmetric_eigen(context_.get(), count, d, matrix, out, out + count * d);
        });
        const double* const x = arrays_.numbers(count * d);
        const double* const c = arrays_.numbers(count * 2);
        write(2 * d * d, [&](double* out) {
            return tepui_weighted_gram(context_.get(), count, d, x, d, 2, c, count, out);
        });
        const double* const w = arrays_.numbers(2 * d);
        write(2 * count, [&](double* out) {
            return tepui_hidden_layer(context_.get(), sigma, count, d, x, d, 2, w, d, nullptr, out, nullptr,
                                      nullptr, count);
        });
    }
    // Every question to one handle of each kind.
    void ask() {
        const Questions questions(context_.get(), bytes_, arrays_);
        questions.ask(analyses_.pick(bytes_));
        questions.ask(verdicts_.pick(bytes_));
        questions.ask(network_verdicts_.pick(bytes_));
        questions.ask(reductions_.pick(bytes_));
        questions.ask(solutions_.pick(bytes_));
        questions.ask(sets_.pick(bytes_));
        questions.ask(directionals_.pick(bytes_));
        questions.ask(embeddings_.pick(bytes_));
        questions.ask(several_.pick(bytes_));
        questions.ask(certificates_.pick(bytes_));
        questions.ask(traces_.pick(bytes_));
    }
    // Data sets stay: what was found about them needs them.
    void drop() {
        activations_.drop(bytes_);
        networks_.drop(bytes_);
        if (bytes_.next() % 2 == 0) {
            analyses_.drop(bytes_);
            verdicts_.drop(bytes_);
            solutions_.drop(bytes_);
        }
    }
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    Sequence(bytes).run();
    return 0;
}
