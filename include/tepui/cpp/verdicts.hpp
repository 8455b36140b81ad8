// Verdicts on points and on splits of their neurons; part of tepui.hpp.
#ifndef TEPUI_CPP_VERDICTS_HPP
#define TEPUI_CPP_VERDICTS_HPP

#include "results.hpp"

namespace tepui {

// A point and its neurons, all different, on inputs of full rank (classification.h).
class Analysis
    : public Verdict<tepui_analysis, tepui_analysis_verdict, tepui_analysis_rule, tepui_analysis_report> {
  public:
    Analysis(Context context, const Dataset& data, const Network& network) : Verdict(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(tepui_analyze(context_.get(), data.get(), network.get(), made));
            },
            tepui_analysis_destroy, data.shared());
    }
    // Borrowed from what `owner` holds.
    template <class Owner>
    Analysis(Context context, const std::shared_ptr<Owner>& owner, const tepui_analysis* analysis)
        : Verdict(std::move(context), owner, analysis) {}
    std::optional<Witness> witness() const { return borrowed(tepui_analysis_witness(get())); }
    std::optional<Witness> escape(std::int64_t neuron) const {
        return borrowed(tepui_analysis_escape(get(), neuron));
    }
};

// Splitting one neuron of an analysed point by gamma, of sum 1.
class Split : public Verdict<tepui_split_verdict, tepui_split_verdict_verdict, tepui_split_verdict_rule,
                             tepui_split_verdict_report> {
  public:
    Split(Context context, const Analysis& point, std::int64_t neuron, std::span<const double> gamma)
        : Verdict(std::move(context)) {
        own(
            [&](auto** made) {
                const auto r = static_cast<std::int64_t>(gamma.size());
                context_.check(
                    tepui_classify_split(context_.get(), point.get(), neuron, r, gamma.data(), made));
            },
            tepui_split_verdict_destroy, point.shared());
    }
    std::optional<Witness> witness() const { return borrowed(tepui_split_verdict_witness(get())); }
};

// Any network on any data, reduced first (network_verdict.h).
class NetworkVerdict : public Verdict<tepui_network_verdict, tepui_network_verdict_verdict,
                                      tepui_network_verdict_rule, tepui_network_verdict_report> {
  public:
    NetworkVerdict(Context context, const Dataset& data, const Network& network)
        : Verdict(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(tepui_classify_network(context_.get(), data.get(), network.get(), made));
            },
            tepui_network_verdict_destroy, data.shared());
    }
    std::optional<Witness> witness() const { return borrowed(tepui_network_verdict_witness(get())); }
    Network narrow() const { return Network(shared(), tepui_network_verdict_narrow(get())); }
    // Of the narrow network in the row space of the inputs; nothing where there is nothing to analyse.
    std::optional<Analysis> analysis() const {
        const tepui_analysis* narrow = tepui_network_verdict_analysis(get());
        if (narrow == nullptr) return std::nullopt;
        return Analysis(context_, shared(), narrow);
    }
};

// A layer of any network at a stationary point: its inputs h as samples, the gradients g as targets
// (layer.h).
class Layer : public Told<tepui_layer, tepui_layer_report> {
  public:
    Layer(Context context, const Dataset& data, const Network& weights,
          tepui_verdict narrow = TEPUI_VERDICT_UNDETERMINED, std::int64_t morse_index = -1,
          std::int64_t nullity = -1)
        : Told(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(tepui_inspect_layer(context_.get(), data.get(), weights.get(), narrow,
                                                   morse_index, nullity, made));
            },
            tepui_layer_destroy);
    }
    // Borrowed from what `owner` holds.
    template <class Owner>
    Layer(Context context, const std::shared_ptr<Owner>& owner, const tepui_layer* layer)
        : Told(std::move(context), owner, layer) {}
};

// Splitting one neuron of a layer, or of a point of any model.
class LayerSplit : public Verdict<tepui_layer_split, tepui_layer_split_verdict, tepui_layer_split_rule,
                                  tepui_layer_split_report> {
  public:
    LayerSplit(Context context, const Layer& layer, std::int64_t neuron, std::span<const double> gamma)
        : Verdict(std::move(context)) {
        own(
            [&](auto** made) {
                const auto r = static_cast<std::int64_t>(gamma.size());
                context_.check(
                    tepui_classify_layer_split(context_.get(), layer.get(), neuron, r, gamma.data(), made));
            },
            tepui_layer_split_destroy, layer.shared());
    }
};

// A point of a network of any layout, loss and weight decay (model_verdict.h).
class ModelVerdict : public Verdict<tepui_model_verdict, tepui_model_verdict_verdict,
                                    tepui_model_verdict_rule, tepui_model_verdict_report> {
  public:
    ModelVerdict(Context context, const Dataset& data, const Network& network) : Verdict(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(tepui_classify_model(context_.get(), data.get(), network.get(), made));
            },
            tepui_model_verdict_destroy);
    }
    std::optional<Witness> witness() const { return borrowed(tepui_model_verdict_witness(get())); }
    // Its distinct neurons, for LayerSplit.
    Layer layer() const { return Layer(context_, shared(), tepui_model_verdict_layer(get())); }
};

// What is proven of an analysed point, in ball arithmetic (certificate.h).
class Certificate : public Told<tepui_certificate, tepui_certificate_report> {
  public:
    Certificate(Context context, const Analysis& point) : Told(std::move(context)) {
        own([&](auto** made) { context_.check(tepui_certify(context_.get(), point.get(), made)); },
            tepui_certificate_destroy, point.shared());
    }
    // data: of the verdict.
    Certificate(Context context, const Dataset& data, const ModelVerdict& point) : Told(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(tepui_certify_model(context_.get(), data.get(), point.get(), made));
            },
            tepui_certificate_destroy);
    }
    bool is_complete() const { return tepui_certificate_is_complete(get()) != 0; }
    const char* verdict() const { return tepui_name(TEPUI_WORDS_VERDICT, tepui_certificate_verdict(get())); }
};

// A point of a network of relu, leaky_relu or abs neurons (directional.h).
class Directional : public Told<tepui_directional, tepui_directional_report> {
  public:
    Directional(Context context, const Dataset& data, const Network& network) : Told(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(tepui_classify_directional(context_.get(), data.get(), network.get(), nullptr,
                                                          nullptr, made));
            },
            tepui_directional_destroy, data.shared());
    }
    const char* verdict() const { return tepui_name(TEPUI_WORDS_VERDICT, tepui_directional_verdict(get())); }
    const char* rule() const {
        return tepui_name(TEPUI_WORDS_DIRECTIONAL_RULE, tepui_directional_rule_of(get()));
    }
    const char* why() const {
        return tepui_sentence(TEPUI_WORDS_DIRECTIONAL_RULE, tepui_directional_rule_of(get()));
    }
};

}  // namespace tepui

#endif
