#include "cli/run_command.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <new>

#include "cli/command_line.hpp"
#include "cli/data/mapped_npy.hpp"
#include "cli/options/commands.hpp"
#include "cli/support/blas_environment.hpp"
#include "cli/support/handles.hpp"
#include "cli/support/interrupt.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/process.hpp"
#include "cli/support/ranks.hpp"
#include "cli/support/text_streams.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

constexpr const char* description =
    "Finds stationary points of a two-layer neural network on a table, and says for every neuron what\n"
    "splitting it into copies does: local minimum, saddle, and the way down.";

constexpr const char* footer = "\"tepui COMMAND --help\" explains each command, with examples.";

// One line on standard error, whatever the message holds.
int fail(const std::string& message, int status) {
    std::string line = message;
    for (char& c : line)
        if (c == '\n') c = ' ';
    complain(line);
    return status;
}

int run(int count, char** arguments) {
    CLI::App app(description, "tepui");
    app.footer(footer);
    app.set_version_flag("--version", std::string("tepui ") + tepui_version());
    CommandLine line(app);
    try {
        app.parse(count, arguments);
    } catch (const CLI::Success& help) {
        TextWriter text;
        app.exit(help, text);
        show(text.str());
        return exit_ok;
    } catch (const CLI::RequiredError& error) {
        if (app.get_subcommands().empty() && count > 1)
            return fail(std::string(arguments[1][0] == '-' ? "unknown option \"" : "unknown command \"") +
                            arguments[1] + "\"; tepui --help lists them",
                        exit_bad_input);
        return fail(std::string(error.what()) + " (see tepui --help)", exit_bad_input);
    } catch (const CLI::ParseError& error) {
        return fail(std::string(error.what()) + " (see tepui --help)", exit_bad_input);
    }
    if (app.got_subcommand("info")) return run_info(line.info_as_json);
    if (app.got_subcommand("embed")) return run_embed(line.embed);
    start_with_good_blas_kernels(arguments);
    if (ranks().size > 1 && !app.got_subcommand("analyze") && !app.got_subcommand("classify"))
        return fail("several ranks run analyze and classify; the other commands are tepui's", exit_bad_input);
    if (app.got_subcommand("analyze")) return run_analyze(line.analyze);
    if (app.got_subcommand("classify")) return run_classify(line.classify);
    if (app.got_subcommand("reduce")) return run_reduce(line.reduce);
    if (app.got_subcommand("plateau")) return run_plateau(line.plateau);
    if (app.got_subcommand("critical-set")) return run_critical_set(line.critical_set);
    return run_trace(line.trace);
}

}  // namespace

int run_command(int count, char** arguments) {
    prepare_process(mapped_file_at);
    try {
        return run(count, arguments);
    } catch (const UserError& error) {
        return fail(error.what(), exit_bad_input);
    } catch (const LibraryError& error) {
        if (error.status == TEPUI_ERROR_CANCELLED) return fail("interrupted", interrupted_status());
        const bool input = error.status == TEPUI_ERROR_INVALID_VALUE ||
                           error.status == TEPUI_ERROR_INVALID_SIZE ||
                           error.status == TEPUI_ERROR_NOT_FINITE || error.status == TEPUI_ERROR_UNSUPPORTED;
        return fail(error.what(), input ? exit_bad_input : exit_library);
    } catch (const std::bad_alloc&) {
        return fail("out of memory", exit_library);
    } catch (const std::exception& error) {
        return fail(error.what(), exit_library);
    }
}

}  // namespace tepui::cli
