#include "cli/options/options.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cmath>

#include <tepui/tepui.h>

#include "cli/options/option_checks.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"
#include "vocabulary/methods.hpp"

namespace tepui::cli {
namespace {

constexpr const char* analyze_examples =
    R"(Examples:
  tepui analyze diabetes.csv --target progression --width 2
  tepui analyze table.csv --target y --features age,bmi --width 3 --activation tanh --no-output-bias --json
  tepui analyze X.npy --y y.npy --width 4 --activation softplus --starts 40 --seed 7 --out results
  tepui analyze X.npy --target -1 --width 2 --no-standardize --find stationary
  tepui analyze iris.csv --target species --width 2 --decay 0.1
  tepui analyze linnerud.csv --target weight,waist,pulse --width 2
  tepui analyze diabetes.csv --target progression --features bmi --width 2 --activation tanh --draw-end end.svg

Without being told the search standardises, gives neurons and outputs biases, takes the loss that goes with the
targets (numbers: squared; words: logistic for two kinds, softmax for more), gelu and 16 starts; the report says
what was chosen so.

Exit status: 0 report given, 2 bad input, 3 nothing found to judge, 4 failure of the library,
128 + the signal when interrupted (Ctrl-C: 130, SIGTERM: 143; what was found until then is reported).)";

constexpr const char* classify_examples =
    R"(Examples:
  tepui classify diabetes.csv --target progression --activation tanh --bias --standardize \
      --weights results/point_1_W.npy results/point_1_a.npy --gamma 0.3,0.7 --gamma 1.5,-0.5
  tepui classify --data X.npy --y y.npy --activation silu --weights W.npy a.npy --polish
  tepui classify iris.csv --target species --loss softmax --bias --standardize --weights results/point_1.npz
  tepui classify table.csv --target y --activation erf --weights W.npy a.npy --neuron 1 --gamma 1/3,1/3,1/3

W.npy holds one row per neuron, as wide as there are inputs (the bias last); a.npy one value per neuron, or one row
of as many as there are outputs; b.npy a bias for each output, C.npy a row of weights of the inputs for each. In an
archive NET.npz the arrays are called W, a, b and C. Neurons are numbered from 0, as the rows of W. With --standardize the weights are taken to belong to the data
standardised by this very table.

Exit status: 0 report given, 2 bad input, 3 the point is not stationary, 4 failure of the library,
128 + the signal when interrupted (Ctrl-C: 130, SIGTERM: 143).)";

// One of the names of an enumeration.
template <class Enum>
void add_choice(CLI::App& command, const std::string& name, std::int32_t& choice, const std::string& kind,
                const std::string& description) {
    command
        .add_option_function<std::string>(
            name,
            [&choice](const std::string& given) {
                choice = static_cast<std::int32_t>(*value_named<Enum>(given));
            },
            description)
        ->check(CLI::IsMember(public_names<Enum>()))
        ->type_name(kind);
}

}  // namespace

void add_data_options(CLI::App& command, DataOptions& data, bool required) {
    command
        .add_option("data,--data", data.file,
                    "Table: CSV with a header line, or a 2-D array [samples][columns] in .npy, or in\n"
                    ".npz as FILE.npz:NAME")
        ->required(required)
        ->type_name("DATA");
    command
        .add_option("--target", data.target,
                    "Columns to predict, comma-separated: their names; without names their indices from 0\n"
                    "(-1: the last). Each is an output; under --loss softmax one column may hold labels of\n"
                    "classes, each of which is an output")
        ->type_name("NAME,...");
    command
        .add_option_function<std::string>(
            "--loss", [&data](const std::string& text) { data.loss = parse_loss(text); },
            "squared (default for numbers); logistic (default for words of two kinds; targets from 0 to\n"
            "1, or labels of two classes, the second of which, sorted, is 1); softmax (default for\n"
            "words of more kinds; labels, sorted, or a column of probabilities for each class);\n"
            "poisson (counts; outputs are their logarithms); pseudo_huber:DELTA (DELTA 1 unless\n"
            "given)")
        ->type_name("NAME");
    command.add_option("--y", data.targets_file, "Targets in a file of their own (for .npy and .npz data)")
        ->type_name("FILE.npy");
    command
        .add_option("--features", data.features,
                    "Columns to use as inputs, comma-separated (default: every other column)")
        ->check(not_empty())
        ->type_name("A,B,...");
    command
        .add_option("--categorical", data.categorical,
                    "Columns of text or codes, comma-separated: each of its values becomes a 0/1 column,\n"
                    "such as colour=red. None is left out as the reference: inputs of deficient rank are\n"
                    "judged in their row space")
        ->check(not_empty())
        ->type_name("A,B,...");
    command
        .add_option_function<std::string>(
            "--missing", [&data](const std::string& what) { data.drop_missing = what == "drop"; },
            "Rows with missing values (empty, NA, NaN, ?, null): refuse them (default), or drop\n"
            "them; the report counts them")
        ->check(CLI::IsMember({"refuse", "drop"}))
        ->type_name("WHAT");
    command
        .add_option_function<std::string>(
            "--delimiter", [&data](const std::string& name) { data.delimiter = delimiter_of(name); },
            "What separates the fields of a CSV: a character, TAB (or \\t), or SPACE for any white\n"
            "space (default: found out among , ; tabs and white space)")
        ->check(delimiter_name())
        ->type_name("C");
    command.add_flag("--decimal-comma", data.decimal_comma, "Numbers in the CSV are written like 1,5");
    CLI::Option* const header = command.add_flag(
        "--header", data.header, "The first line of the CSV holds column names even if all are numbers");
    command
        .add_flag("--no-header", data.no_header,
                  "The CSV begins with its first row; columns go by index, from 0 (-1: the last)")
        ->excludes(header);
    add_choice_flag(
        command, "standardize", data.standardize,
        "Give features, and targets that are numbers, mean 0 and standard deviation 1 before\n"
        "anything else; classes, probabilities and counts (--loss) stay as they are. Searches do\n"
        "so unless --no-standardize is given; for given weights it must be said");
    command.add_flag("--keep-constant", data.keep_constant,
                     "Keep constant columns even where they repeat the bias or carry nothing");
}

void add_sample_weights_option(CLI::App& command, DataOptions& data) {
    command
        .add_option("--sample-weights", data.sample_weights,
                    "Column with sample weights >= 0 (default: all 1)")
        ->type_name("NAME");
}

void refuse_weights_option(CLI::App& command) {
    command
        .add_option_function<std::vector<std::string>>(
            "--weights,--weights-file",
            [&command](const std::vector<std::string>&) {
                throw UserError("--weights means a network's weights, and tepui " + command.get_name() +
                                " takes none: a column with sample weights is named by --sample-weights; "
                                "given weights are judged by tepui classify");
            })
        ->expected(0, 2)
        ->group("");  // not in the help
}

void add_threads_option(CLI::App& command, RunOptions& run) {
    command
        .add_option("--threads", run.threads, "Threads (default 0: all cores); results do not depend on it")
        ->check(whole_number(0, 4096))
        ->type_name("T");
}

void add_stationarity_option(CLI::App& command, RunOptions& run) {
    command
        .add_option("--stationarity", run.stationarity,
                    "Largest gradient component, over the sum of its absolute terms, that counts as\n"
                    "stationary (default 1e-8)")
        ->check(positive_number(1.0))
        ->type_name("TOL");
}

void add_search_options(CLI::App& command, SolveOptions& solve) {
    // Each start is reported: half a kilobyte and some lines.
    command.add_option("--starts", solve.starts, "Number of random starts (default 16, at most 100000)")
        ->check(whole_number(1, 100000))
        ->type_name("K");
    command.add_option("--seed", solve.seed, "Seed of the starts (default 1)")
        ->check(whole_number(0))
        ->type_name("S");
    command.add_option("--max-iterations", solve.max_iterations, "Newton steps per start")
        ->check(whole_number(1, 1000000000))
        ->type_name("N");
    command
        .add_option_function<std::string>(
            "--find", [&solve](const std::string& what) { solve.saddles = what == "stationary"; },
            "minimum: descend to local minima (default); stationary: the point nearby, saddles too")
        ->check(CLI::IsMember({"minimum", "stationary"}))
        ->type_name("WHAT");
}

namespace {

void add_run_options(CLI::App& command, RunOptions& run, OutputOptions& output) {
    add_threads_option(command, run);
    add_stationarity_option(command, run);
    add_choice<NeuronMethod>(
        command, "--neuron-method", run.neuron_method, "HOW",
        "How inner Hessians are judged: automatic (default), spectrum, inertia, or matrix_free, which\n"
        "proves indefinite ones without forming them; the verdicts are the same");
    add_choice<HessianMethod>(
        command, "--hessian-method", run.hessian_method, "HOW",
        "How the Hessian of the point is judged: dense, matrix_free (products alone: saddles are\n"
        "proven, minima indicated), or automatic (default): dense up to 6000 parameters");
    add_choice<GramPrecision>(
        command, "--precision", run.precision, "WHAT",
        "What inner Hessians are summed in: double (default), or single; its error bound is\n"
        "part of tau, and what it leaves unclear is summed again in double. Single saves up to a\n"
        "sixth of the time with --neurons-only, many neurons and inner Hessians far from\n"
        "singular; elsewhere it may cost some");
    command.add_flag("--neurons-only", run.neurons_only,
                     "Leave the Hessian of the point alone: what splitting each neuron does as far as\n"
                     "stationarity and its inner Hessian tell (for large networks)");
    command.add_flag("--certify", run.certify,
                     "Prove the verdict on the point and on the splits of its neurons in ball arithmetic\n"
                     "(up to 512 parameters; needs MPFR when tepui is built)");
    command.add_flag("--json", output.json, "Write the report to standard output as JSON");
    command.add_flag("--timings", output.timings, "Also report where the time went, phase by phase");
    command
        .add_option("--out", output.directory,
                    "Write report.json, each point's weights and those to which each way down leads (.npy,\n"
                    "and .npz with what else one needs to use the network) into this directory, and remove\n"
                    "what an earlier run of tepui wrote there")
        ->check(not_empty())
        ->type_name("DIR");
}

}  // namespace

CLI::App* add_analyze_command(CLI::App& app, AnalyzeOptions& options) {
    CLI::App* command = app.add_subcommand(
        "analyze", "Find stationary points of a network on a table and say what splitting each neuron does");
    add_data_options(*command, options.data, true);
    add_sample_weights_option(*command, options.data);
    refuse_weights_option(*command);
    add_model_options(*command, options.model);
    command->add_option("--width", options.solve.width, "Number of hidden neurons")
        ->required()
        ->check(whole_number(1, most_neurons))
        ->type_name("M");
    add_search_options(*command, options.solve);
    add_run_options(*command, options.run, options.output);
    command
        ->add_option(
            "--draw-end", options.picture.file,
            "Draw an end at infinity into this file (.svg, .pdf or .png): how the loss comes to that of\n"
            "the limit, and, for a single feature, what the limit network computes")
        ->check(not_empty())
        ->type_name("FILE");
    command
        ->add_option("--end", options.picture.number,
                     "Which of the ends found --draw-end draws, from 1 by rising loss (default 1)")
        ->check(whole_number(1))
        ->type_name("K");
    command->footer(analyze_examples);
    return command;
}

CLI::App* add_classify_command(CLI::App& app, ClassifyOptions& options) {
    CLI::App* command = app.add_subcommand(
        "classify", "The verdict on weights brought from elsewhere, however wide, and on given splits");
    add_data_options(*command, options.data, false);
    add_sample_weights_option(*command, options.data);
    add_model_options(*command, options.model);
    add_weights_option(*command, options.weight_files, &options.data, true)->required();
    command
        ->add_option("--gamma", options.gammas,
                     "Splitting coefficients with sum 1, e.g. 0.3,0.7 or 1/3,1/3,1/3; may be repeated")
        ->allow_extra_args(false)
        ->type_name("G1,G2,...");
    command
        ->add_option("--neuron", options.neuron,
                     "Neuron that --gamma splits, from 0; daughters of one neuron are taken for that "
                     "neuron (default: each in turn)")
        ->check(whole_number(0))
        ->type_name("I");
    command
        ->add_option("--split", options.splits,
                     "Split neuron I by these coefficients; repeated for other neurons, all at once:\n"
                     "--split 0:0.3,0.7 --split 2:1.5,-0.5")
        ->allow_extra_args(false)
        ->type_name("I:G1,G2,...");
    command->add_flag("--polish", options.polish,
                      "First move the weights to the stationary point nearby (how far is reported)");
    add_run_options(*command, options.run, options.output);
    command->footer(classify_examples);
    return command;
}

std::vector<double> parse_gamma(const std::string& option, const std::string& text) {
    std::vector<double> gamma;
    for (const std::string& item : split_list(text)) {
        const std::size_t slash = item.find('/');
        const std::optional<double> above = parse_number(item.substr(0, slash));
        const std::optional<double> below =
            slash == std::string::npos ? std::optional(1.0) : parse_number(item.substr(slash + 1));
        if (!above || !below || !std::isfinite(*above / *below))
            throw UserError(option + ": \"" + item + "\" is not a number");
        gamma.push_back(*above / *below);
    }
    if (gamma.size() < 2) throw UserError(option + ": a split needs at least two coefficients, e.g. 0.3,0.7");
    return gamma;
}

}  // namespace tepui::cli
