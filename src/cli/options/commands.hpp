// What each subcommand does. Returns the exit status; throws UserError or LibraryError.
#pragma once
#include "cli/options/options.hpp"

namespace tepui::cli {

int run_analyze(const AnalyzeOptions& options);
int run_classify(const ClassifyOptions& options);
int run_reduce(const ReduceOptions& options);
int run_embed(const EmbedOptions& options);
int run_plateau(const PlateauOptions& options);
int run_info(bool json);

}  // namespace tepui::cli
