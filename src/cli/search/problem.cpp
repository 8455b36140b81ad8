#include "cli/search/problem.hpp"

#include <algorithm>

#include "cli/report/point.hpp"
#include "cli/search/choices.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/ranks.hpp"
#include "cli/support/user_error.hpp"
#include "vocabulary/activation_names.hpp"

namespace tepui::cli {
namespace {

ActivationHandle make_activation(tepui_context* context, const std::string& name) {
    tepui_activation* raw = nullptr;
    const tepui_status status = tepui_activation_create_named(context, name.c_str(), &raw);
    if (status == TEPUI_ERROR_INVALID_VALUE)
        throw UserError("unknown activation \"" + name + "\"; accepted: " + activation_names() +
                        ", leaky_relu:SLOPE with a number for SLOPE");
    require(context, status);
    return ActivationHandle(raw);
}

std::int32_t read_chunk(void* user, std::int64_t first, std::int64_t count, double* x, double* y,
                        double* weights) {
    const auto& reader = *static_cast<const SampleReader*>(user);
    const std::int64_t begin = reader.inputs.first() + first;
    reader.inputs.read(begin, count, x);
    if (y != nullptr && reader.targets != nullptr) std::copy_n(reader.targets + begin, count, y);
    if (y != nullptr && reader.targets == nullptr) std::fill_n(y, count, 0.0);
    if (weights != nullptr) std::copy_n(reader.weights + begin, count, weights);
    return 0;
}

// Each rank gives its own samples.
DatasetHandle make_dataset(Problem& problem, bool bias, const Decay& decay) {
    tepui_context* context = problem.context.get();
    const Samples& samples = problem.samples;
    const Inputs& inputs = samples.inputs;
    const LossChoice& loss = samples.targets.loss;
    const std::int64_t first = inputs.first(), n = inputs.end() - first, d = std::int64_t(inputs.columns());
    const std::int64_t outputs = std::int64_t(samples.targets.outputs.size());
    const bool squared = loss.kind == LossKind::squared && outputs == 1;
    const double* targets = samples.targets.values.data();
    const double* all_y = squared ? targets : nullptr;  // others are given below
    const double* all_weights = samples.weights.empty() ? nullptr : samples.weights.data();
    const double* y = all_y == nullptr ? nullptr : all_y + first;
    const double* weights = all_weights == nullptr ? nullptr : all_weights + first;
    const tepui_dataset_flags flags = bias ? TEPUI_DATASET_BIAS : TEPUI_DATASET_BORROW;
    tepui_dataset* raw = nullptr;
    if (!inputs.in_file()) {
        require(context,
                tepui_dataset_create(context, n, d, inputs.values().data(), d, y, weights, flags, &raw));
    } else if (!inputs.in_place()) {
        problem.reader.reset(new SampleReader{inputs, all_y, all_weights});
        require(context, tepui_dataset_create_chunked(context, n, d, read_chunk, problem.reader.get(),
                                                      weights != nullptr ? 1 : 0, flags, &raw));
    } else {
        const MappedNpy& file = inputs.file();
        require(context, file.floats() != nullptr
                             ? tepui_dataset_create_f32(context, n, d, file.floats() + inputs.place(),
                                                        file.columns(), y, weights, flags, &raw)
                             : tepui_dataset_create(context, n, d, file.doubles() + inputs.place(),
                                                    file.columns(), y, weights, flags, &raw));
    }
    DatasetHandle dataset(raw);
    if (!squared) {
        const double parameter = loss.kind == LossKind::pseudo_huber ? loss.delta : 0.0;
        require(context, tepui_dataset_set_targets(context, raw, tepui_loss_kind(loss.kind), parameter,
                                                   outputs, targets + first * outputs));
    }
    if (decay.any())
        require(context,
                tepui_dataset_set_decay(context, raw, decay.w, decay.biases, decay.a, decay.biases, decay.c));
    return dataset;
}

}  // namespace

Problem open_model(const ModelOptions& model, const RunOptions& run, const Habits& habits) {
    Problem problem;
    problem.context = make_context();
    tepui_context* context = problem.context.get();
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_THREADS, run.threads));
    if (run.stationarity)
        require(context, tepui_context_set_real(context, TEPUI_OPTION_STATIONARITY, *run.stationarity));
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_NEURON_METHOD, run.neuron_method));
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_GRAM_PRECISION, run.precision));
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_HESSIAN_METHOD, run.hessian_method));
    require(context,
            tepui_context_set_integer(context, TEPUI_OPTION_ANALYSIS_SCOPE,
                                      run.neurons_only ? TEPUI_SCOPE_NEURONS : TEPUI_SCOPE_COMPLETE));
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL));
    if (run.certify) require_certificates(context);
    problem.activation = make_activation(context, model.activation.value_or(habits.activation));
    return problem;
}

Problem open_problem(const DataOptions& data, const ModelOptions& model, const RunOptions& run,
                     const Habits& habits, Report& report) {
    Problem problem = open_model(model, run, habits);
    problem.samples = read_samples(data);
    report.activation = tepui_activation_name(problem.activation.get());
    const Choices choices = choose(problem, data, model, habits, report);
    report.preprocessing =
        preprocess(problem.samples, data, choices.standardize, choices.bias, report.warnings);
    report.decay = decay_of(model.decay, problem.samples.targets.loss);
    problem.dataset = make_dataset(problem, choices.bias, report.decay);

    report.file = data.file;
    report.samples = problem.samples.count;
    report.features = problem.samples.features;
    report.target = problem.samples.targets.text();
    report.targets = problem.samples.targets.columns;
    report.outputs = problem.samples.targets.outputs;
    report.loss = problem.samples.targets.loss;
    report.skip = model.skip;
    report.output_bias = choices.output_bias;
    report.weight_column = problem.samples.weight_column;
    report.inputs = tepui_dataset_inputs(problem.dataset.get());
    report.bias = choices.bias;
    return problem;
}

namespace {

void require_inputs(const Weights& weights, const std::string& file, const Report& report) {
    const std::int64_t columns = weights.inputs;
    if (columns == report.inputs) return;
    const std::vector<std::string>& constant = report.preprocessing.dropped;
    std::string remedy;
    if (!report.bias && columns == report.inputs + 1)
        remedy = ". If the last column holds the bias weights, give --bias";
    else if (weights.width == report.inputs)
        remedy = ". It looks transposed: one row per neuron is expected; save W.T";
    else if (report.bias && columns + 1 == report.inputs)
        remedy =
            ". The column of the bias weights is missing: it is the last one (append it, or leave out "
            "--bias if the network has none)";
    else if (!constant.empty() && columns == report.inputs + std::int64_t(constant.size()))
        remedy = ". " + counted(std::int64_t(constant.size()), "constant column") +
                 " of the data are left out; --keep-constant keeps them";
    throw UserError(file + ": has " + std::to_string(columns) + " columns where the data gives " +
                    counted(report.inputs, "input") + " (" +
                    counted(std::int64_t(report.features.size()), "feature") +
                    (report.bias ? " and the bias)" : ", no --bias)") + remedy);
}

void require_outputs(const Weights& weights, const std::string& file, const Report& report) {
    if (weights.outputs == report.output_count()) return;
    throw UserError(
        file + ": has weights of " + counted(weights.outputs, "output") + " where " +
        (report.loss.kind == LossKind::softmax && report.targets.size() == 1
             ? "the target has " + std::to_string(report.output_count()) + " classes, an output each"
             : counted(report.output_count(), "target") + " are given by --target"));
}

// C may be given for the features alone: the output bias is then its column of the bias.
void complete_skip(Weights& weights, bool bias) {
    const auto outputs = std::size_t(weights.outputs), columns = weights.c.size() / outputs;
    if (!bias || columns + 1 != std::size_t(weights.inputs)) return;
    std::vector<double> complete;
    for (std::size_t o = 0; o < outputs; ++o) {
        complete.insert(complete.end(), weights.c.begin() + std::ptrdiff_t(o * columns),
                        weights.c.begin() + std::ptrdiff_t((o + 1) * columns));
        complete.push_back(weights.b.empty() ? 0.0 : weights.b[o]);
    }
    weights.c = std::move(complete);
    weights.b.clear();
}

}  // namespace

Weights read_fitting_weights(const std::vector<std::string>& files, const ModelOptions& model,
                             Report& report) {
    Weights weights;
    ranks().together([&] { weights = read_weights(files); });
    const std::string& last = files.size() == 1 ? files[0] : files[1];
    require_inputs(weights, files[0], report);
    require_outputs(weights, last, report);
    if (!weights.c.empty()) complete_skip(weights, report.bias);
    if (!weights.c.empty() && weights.c.size() != std::size_t(weights.outputs * weights.inputs))
        throw UserError(files.back() + ": skip connections C of " +
                        counted(std::int64_t(weights.c.size()) / weights.outputs, "column") + " where " +
                        counted(weights.inputs, "input") + " are given; give --bias if one is the bias");
    if (model.skip && weights.c.empty())
        throw UserError("--skip: the weights have no C; give C.npy behind the others, or an archive with C");
    if (model.output_bias.value_or(false) && weights.b.empty() && !(report.bias && !weights.c.empty()))
        throw UserError(
            "--output-bias: the weights have no b; give b.npy behind a.npy, or an archive with b");
    report.weight_files = files;
    report.width = weights.width;
    report.output_bias = !weights.b.empty();
    report.skip = !weights.c.empty();
    return weights;
}

void require_neuron(std::int64_t neuron, const Report& report) {
    if (neuron < report.width) return;
    throw UserError("--neuron " + std::to_string(neuron) + ": the network has " +
                    counted(report.width, "neuron") + ", numbered from 0");
}

void show_warnings(Report& report) {
    if (report.parameter_count() > report.samples)
        report.warnings.push_back("more parameters (" + std::to_string(report.parameter_count()) +
                                  ") than samples (" + std::to_string(report.samples) +
                                  "): expect degenerate Hessians and points of zero loss");
    for (const std::string& warning : report.warnings) warn(warning);
}

}  // namespace tepui::cli
