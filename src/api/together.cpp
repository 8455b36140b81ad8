#include "api/together.hpp"

#include "kernels/isa.hpp"

namespace tepui::api {
namespace {

// Options change results; the number of threads does not.
void add_options(Signature& signature, Options options) {
    options.threads = 0;
    for (const Size value : options.integers()) signature.add(value);
    for (const double value : options.reals()) signature.add(value);
}

}  // namespace

Together::Together(tepui_context& context, const char* function)
    : context_(context), ranks_(context.collective.get()) {
    if (ranks_ == nullptr) return;
    context.has_all_samples = true;
    Signature signature;
    signature.add(function).add(tepui_version()).add(kernels::active_isa());
    add_options(signature, context.options);
    ranks_->begin(signature.value());
}

Together::~Together() {
    if (ranks_ != nullptr) ranks_->end();
}

std::int32_t Together::about(const Dataset& data, const Network* network, std::int32_t asks) {
    if (data.collective() != nullptr && data.collective().get() != ranks_) {
        throw Error(Status::invalid_value,
                    "dataset was made by ranks together, with another collective than this context has: the "
                    "same is expected");
    }
    if (ranks_ == nullptr) return asks;
    context_.has_all_samples = data.share() == nullptr;
    Signature signature;
    signature.add(data.samples()).add(data.inputs()).add(data.outputs());
    if (network != nullptr) {
        signature.add(network->parameter_count()).add(network->width).add(network->output_count);
        signature.add(network->activation.name());
        signature.add(network->parameters.data(), network->parameters.size() * sizeof(double));
    }
    Outcome outcome;
    outcome.signature = signature.value();
    outcome.asks = asks;
    ranks_->settle(outcome);
    return ranks_->asked();
}

std::int32_t Together::about(const tepui_dataset& dataset, const Network* network, std::int32_t asks) {
    return about(dataset.value, network, asks);
}

// Where every rank has all samples, one that was asked to stop may have found less than others.
void Together::finish() {
    if (ranks_ == nullptr) return;
    const bool knew = ranks_->stopped() && !context_.has_all_samples;
    if (ranks_->settle(Signature().add("end").value()) && !knew)
        throw Error(Status::cancelled, "cancelled on one of the ranks");
}

void Together::fail() {
    if (ranks_ != nullptr && !ranks_->told()) ranks_->settle(Outcome::failure());
    throw;
}

}  // namespace tepui::api
