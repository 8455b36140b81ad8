// Options of the network, and where its weights come from.
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/options/option_checks.hpp"
#include "cli/options/options.hpp"
#include "cli/support/user_error.hpp"
#include "vocabulary/activation_names.hpp"

namespace tepui::cli {
namespace {

// A list over several lines: help is not wrapped by the parser.
std::string broken(std::string list) {
    std::size_t start = 0;
    for (std::size_t blank = 0; (blank = list.find(' ', blank + 1)) != std::string::npos;)
        if (blank - start > 50) {
            list[blank] = '\n';
            start = blank;
        }
    return list;
}

void add_decay_option(CLI::App& command, const char* name, std::optional<double>& lambda,
                      const char* of_what) {
    command.add_option(name, lambda, of_what)->check(nonnegative_number())->type_name("LAMBDA");
}

// The parser gives --weights all values that follow. DATA may be the last of them, where nothing else is.
void settle_weights(std::vector<std::string>& files, DataOptions* data, bool data_required) {
    const bool archive = !files.empty() && files[0].ends_with(".npz");
    const std::size_t least = files.empty() ? 0 : archive ? 1 : 2, most = archive ? 1 : 4;
    if (data && data->file.empty() && (data_required || data->any_but_file()) && files.size() > least) {
        data->file = files.back();
        files.pop_back();
    }
    if (data_required && data->file.empty()) throw UserError("DATA is required: the table (see --help)");
    if (files.size() >= least && files.size() <= most) return;
    std::string given;
    for (const std::string& file : files) given += " " + file;
    throw UserError(
        "--weights" + given +
        ": W.npy a.npy are expected, with b.npy, and C.npy behind it, where the network has them; or an "
        "archive NET.npz that holds W, a, b and C");
}

}  // namespace

void add_model_options(CLI::App& command, ModelOptions& model) {
    command
        .add_option("--activation", model.activation,
                    "One of:\n" + broken(activation_names()) +
                        "\n(default: gelu for a search, tanh for given weights)")
        ->type_name("NAME");
    add_choice_flag(command, "bias", model.bias,
                    "Add a constant-one input; its weight is the last of each neuron. Searches do so unless\n"
                    "--no-bias is given; for given weights it must be said");
    add_choice_flag(command, "output-bias", model.output_bias,
                    "Add a constant to every output. Searches do so unless\n"
                    "--no-output-bias is given");
    command.add_flag("--skip", model.skip, "Connect the inputs to the outputs, too");
    command
        .add_option("--decay", model.decay.all,
                    "Weight decay: adds 1/2 LAMBDA times the sum of the squares of all weights, biases left\n"
                    "alone, to the summed loss. nnet:DECAY is what R's nnet(decay = DECAY) does, biases\n"
                    "included, scikit-learn:ALPHA what MLPRegressor and MLPClassifier(alpha = ALPHA) do")
        ->check(not_empty())
        ->type_name("LAMBDA");
    add_decay_option(command, "--decay-w", model.decay.w, "The same for hidden weights alone");
    add_decay_option(command, "--decay-a", model.decay.a, "For output weights alone");
    add_decay_option(command, "--decay-c", model.decay.c, "For the weights of --skip alone");
    add_decay_option(command, "--decay-biases", model.decay.biases,
                     "For the weights of --bias and for --output-bias alone");
}

CLI::Option* add_weights_option(CLI::App& command, std::vector<std::string>& files, DataOptions* data,
                                bool data_required) {
    command.parse_complete_callback(
        [&files, data, data_required] { settle_weights(files, data, data_required); });
    return command
        .add_option("--weights,--weights-file", files,
                    "Hidden and output weights, with output biases b.npy and skip connections C.npy where\n"
                    "the network has them; or an archive NET.npz that holds W, a, b and C")
        ->expected(1, 4)
        ->type_name("W.npy a.npy [b.npy [C.npy]]");
}

}  // namespace tepui::cli
