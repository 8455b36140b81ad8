// Options of tepui reduce and tepui embed.
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/options/option_checks.hpp"
#include "cli/options/options.hpp"

namespace tepui::cli {
namespace {

constexpr const char* reduce_examples =
    R"(Examples:
  tepui reduce --weights W.npy a.npy --activation tanh
  tepui reduce --weights W.npy a.npy --activation gelu --weight-tolerance 1e-6 --out reduced
  tepui reduce diabetes.csv --target progression --bias --standardize --activation silu --weights W.npy a.npy

With data, weights count as equal when the samples cannot tell them apart. The bias, when there is one, is the last column
of W. Into --out go narrow_W.npy, narrow_a.npy, embedding.json (which tepui embed reads) and report.json.

Exit status: 0 report given, 2 bad input, 4 failure of the library,
128 + the signal when interrupted (Ctrl-C: 130, SIGTERM: 143).)";

constexpr const char* embed_examples =
    R"(Examples:
  tepui embed --weights reduced/narrow_W.npy reduced/narrow_a.npy --embedding reduced/embedding.json --out wide
  tepui embed --weights W.npy a.npy --split 0:0.3,0.7 --split 2:1/3,1/3,1/3 --out wide
  tepui embed --weights W.npy a.npy --split 0:1.5,-0.5 --null 0.2,-1.3,0.5 --out wide

Into --out go wide_W.npy, wide_a.npy and embedding.json. The function of the network stays what it is. Daughters
take the place of their parent, null neurons follow behind all others.

Exit status: 0 weights written, 2 bad input, 4 failure of the library.)";

void add_output_options(CLI::App& command, OutputOptions& output, const char* files, bool required) {
    command.add_flag("--json", output.json, "Write to standard output as JSON");
    command.add_option("--out", output.directory, files)
        ->required(required)
        ->check(not_empty())
        ->type_name("DIR");
}

}  // namespace

CLI::App* add_reduce_command(CLI::App& app, ReduceOptions& options) {
    CLI::App* command = app.add_subcommand(
        "reduce", "Merge equal and mirrored neurons of given weights, drop those that contribute nothing");
    add_data_options(*command, options.data, false);
    add_sample_weights_option(*command, options.data);
    add_model_options(*command, options.model);
    add_weights_option(*command, options.weight_files, &options.data, false)->required();
    command
        ->add_option("--weight-tolerance", options.weight_tolerance,
                     "Relative distance at which weights are equal (default 1e-9)")
        ->check(number_between(0.0, 0.5))
        ->type_name("TOL");
    command
        ->add_option(
            "--output-tolerance", options.output_tolerance,
            "|sum| over sum of sizes at which output weights of equal neurons cancel\n(default 1e-9)")
        ->check(number_between(0.0, 0.5))
        ->type_name("TOL");
    add_threads_option(*command, options.run);
    add_output_options(*command, options.output,
                       "Write the narrow weights (.npy), the embedding and the report into this directory",
                       false);
    command->footer(reduce_examples);
    return command;
}

CLI::App* add_embed_command(CLI::App& app, EmbedOptions& options) {
    CLI::App* command = app.add_subcommand(
        "embed", "Widen given weights without changing what the network computes: the inverse of reduce");
    add_weights_option(*command, options.weight_files, nullptr, false)->required();
    command
        ->add_option("--activation", options.activation,
                     "Activation (default: that of the embedding file); tells which neurons may be mirrored")
        ->type_name("NAME");
    command->add_option("--embedding", options.embedding_file, "Embedding as tepui reduce writes it")
        ->type_name("FILE.json");
    command
        ->add_option("--split", options.splits,
                     "Neuron, from 0, and the splitting coefficients of its daughters; may be repeated")
        ->allow_extra_args(false)
        ->type_name("I:G1,G2,...");
    command
        ->add_option("--null", options.nulls,
                     "Weights of a neuron to add with output weight 0; may be repeated")
        ->allow_extra_args(false)
        ->type_name("W1,W2,...");
    add_output_options(*command, options.output,
                       "Write the wide weights (.npy) and the embedding into this directory", true);
    command->footer(embed_examples);
    return command;
}

}  // namespace tepui::cli
