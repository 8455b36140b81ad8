// Random calls about networks of any layout, loss and decay, and about layers.
#pragma once
#include "fuzz/call_callbacks.hpp"
#include "fuzz/call_handles.hpp"

namespace tepui::test {

class ModelCalls : protected Handles {
  public:
    explicit ModelCalls(Bytes& bytes) : Handles(bytes) {}

  protected:
    // Targets, classes or a loss of the caller's and decay before anybody has used the data.
    void make_model_data() {
        const std::int64_t n = 3 * (1 + bytes_.next() % 5), d = 1 + bytes_.next() % 3;
        const double* const x = arrays_.numbers(n * d);
        const tepui_dataset_flags flags = bytes_.next() % 8;
        tepui_dataset* data = nullptr;
        if (!check(tepui_dataset_create(context_.get(), n, d, x, d, nullptr, nullptr, flags, &data))) return;
        const std::uint8_t how = bytes_.next();
        const std::int64_t outputs = arrays_.size();
        const std::int64_t count = Arrays::possible(outputs) ? n * outputs : -1;
        if (how % 4 == 3) {
            std::vector<std::int64_t> labels;
            for (std::int64_t k = 0; k < n; ++k)
                labels.push_back(std::int64_t(bytes_.next() % 5) - (how > 250));
            check(tepui_dataset_set_classes(context_.get(), data, outputs, arrays_.integers(labels)));
        } else if (how % 4 == 2) {
            check(tepui_dataset_set_custom_loss(context_.get(), data, squares, behaviour(how), how % 2,
                                                outputs, arrays_.numbers(count)));
        } else {
            const tepui_loss_kind loss = 1 + bytes_.next() % 6;
            const double parameter = loss == TEPUI_LOSS_PSEUDO_HUBER ? arrays_.number() : 0.0;
            check(tepui_dataset_set_targets(context_.get(), data, loss, parameter, outputs,
                                            arrays_.numbers(count)));
        }
        if (bytes_.next() % 4 == 0)
            check(tepui_dataset_set_decay(context_.get(), data, arrays_.number(), arrays_.number(),
                                          arrays_.number(), 0.0, 0.0));
        datasets_.add(data);
    }
    void make_model_network() {
        const tepui_activation* const sigma = activations_.pick(bytes_);
        const std::int64_t m = bytes_.next() % 4, d = 1 + bytes_.next() % 4, outputs = arrays_.size();
        const tepui_model_flags flags = bytes_.next() % 5;
        const std::int64_t features = m + (flags & 1) + ((flags & 2) != 0 ? d : 0);
        const double* const parameters =
            arrays_.numbers(Arrays::possible(outputs) ? m * d + features * outputs : -1);
        tepui_network* network = nullptr;
        if (!check(tepui_network_create_model(context_.get(), sigma, m, d, outputs, flags, parameters,
                                              &network)))
            return;
        if (bytes_.next() % 4 == 0)
            check(tepui_network_set_activation(context_.get(), network, arrays_.size(),
                                               activations_.pick(bytes_)));
        networks_.add(network);
    }
    void solve_like() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        make<tepui_solution>(
            solutions_, [&](auto** made) { return tepui_solve_like(context_.get(), data, network, made); });
    }
    void trace_like() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        const std::int64_t steps = arrays_.samples();
        const double scale = arrays_.number();
        make<tepui_trace>(traces_, [&](auto** made) {
            return tepui_trace_like(context_.get(), data, network, scale, steps, made);
        });
    }
    // A point of a search as a network of its own, with all it has.
    void take_model_point() {
        const tepui_solution* const solution = solutions_.pick(bytes_);
        const tepui_activation* const sigma = activations_.pick(bytes_);
        const tepui_network* const point = tepui_solution_point(solution, arrays_.size());
        if (point == nullptr) return;
        make<tepui_network>(networks_, [&](auto** made) {
            return tepui_network_create_model(context_.get(), sigma, tepui_network_width(point),
                                              tepui_network_inputs(point), tepui_network_outputs(point),
                                              tepui_network_flags(point), tepui_network_parameters(point),
                                              made);
        });
    }
    void classify_model() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        if (tepui_network_parameter_count(network) > 200) return;
        tepui_model_verdict* verdict = nullptr;
        if (!check(tepui_classify_model(context_.get(), data, network, &verdict))) {
            require_that(verdict == nullptr, "a refusal makes no handle");
            return;
        }
        const std::unique_ptr<tepui_model_verdict, Destroyer<tepui_model_verdict_destroy>> owned(verdict);
        ask(verdict);
        ask(tepui_model_verdict_layer(verdict));
        certify_model(data, verdict);
        const double first = arrays_.number(), second = arrays_.number();
        const double gammas[4] = {first, 1.0 - first, second, 1.0 - second};
        const std::int64_t neurons[2] = {arrays_.size(), arrays_.size()}, offsets[3] = {0, 2, 4};
        tepui_model_verdict* split = nullptr;
        if (!check(tepui_classify_model_splits(context_.get(), data, verdict, 1 + bytes_.next() % 2, neurons,
                                               offsets, gammas, &split)))
            return;
        const std::unique_ptr<tepui_model_verdict, Destroyer<tepui_model_verdict_destroy>> also(split);
        ask(split);
    }
    void certify_model(const tepui_dataset* data, const tepui_model_verdict* verdict) {
        if (tepui_network_parameter_count(tepui_model_verdict_narrow(verdict)) > 60) return;
        make<tepui_certificate>(certificates_, [&](auto** made) {
            return tepui_certify_model(context_.get(), data, verdict, made);
        });
    }
    void inspect_layer() {
        const tepui_dataset* const data = datasets_.pick(bytes_);
        const tepui_network* const network = networks_.pick(bytes_);
        const tepui_verdict narrow = bytes_.next() % 6;
        const std::int64_t index = arrays_.size(), nullity = arrays_.size();
        tepui_layer* layer = nullptr;
        if (!check(tepui_inspect_layer(context_.get(), data, network, narrow, index, nullity, &layer)))
            return;
        const std::unique_ptr<tepui_layer, Destroyer<tepui_layer_destroy>> owned(layer);
        ask(layer);
    }

  private:
    // (f - y)^2 / 2.
    static std::int32_t squares(void* user, std::int64_t count, std::int64_t outputs, const double* f,
                                const double* y, double* value, double* gradient, double* hessian) {
        const int how = *static_cast<const int*>(user);
        for (std::int64_t k = 0; k < count; ++k) {
            value[k] = 0.0;
            for (std::int64_t o = 0; o < outputs; ++o) {
                const std::int64_t at = k * outputs + o;
                gradient[at] = how == not_a_number ? std::nan("") : f[at] - y[at];
                value[k] += 0.5 * gradient[at] * gradient[at];
                for (std::int64_t p = 0; p < outputs; ++p) hessian[at * outputs + p] = o == p ? 1.0 : 0.0;
            }
        }
        return how == failing ? 1 : 0;
    }
    void ask(const tepui_model_verdict* verdict) {
        require_that(tepui_name(TEPUI_WORDS_VERDICT, tepui_model_verdict_verdict(verdict)) != nullptr,
                     "a verdict has a name");
        require_that(tepui_sentence(TEPUI_WORDS_RULE, tepui_model_verdict_rule(verdict)) != nullptr,
                     "a rule has a sentence");
        read(tepui_model_verdict_report, verdict);
        const tepui_witness* const way = tepui_model_verdict_witness(verdict);
        if (way == nullptr) return;
        tepui_network* there = nullptr;
        if (check(tepui_witness_network(context_.get(), way, 0.5, &there))) networks_.add(there);
    }
    void ask(const tepui_layer* layer) {
        read(tepui_layer_report, layer);
        const std::int64_t neuron = arrays_.size(), r = arrays_.size();
        const double* const gamma = arrays_.shares(r);
        tepui_layer_split* split = nullptr;
        if (check(tepui_classify_layer_split(context_.get(), layer, neuron, r, gamma, &split))) {
            const std::unique_ptr<tepui_layer_split, Destroyer<tepui_layer_split_destroy>> owned(split);
            read(tepui_layer_split_report, split);
        }
        double predicted = 0.0;
        check(tepui_layer_way_down(context_.get(), layer, neuron, r, gamma, arrays_.number(), nullptr,
                                   nullptr, &predicted));
    }
    template <class Handle>
    void read(tepui_status (*report_of)(tepui_context*, const Handle*, const tepui_report**),
              const Handle* handle) {
        const tepui_report* report = nullptr;
        const char* text = nullptr;
        if (check(report_of(context_.get(), handle, &report)) &&
            check(tepui_report_json(context_.get(), report, &text)))
            require_that(text != nullptr && text[0] == '{', "a report is an object");
    }
};

}  // namespace tepui::test
